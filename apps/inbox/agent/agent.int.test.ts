import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AgentMode } from '#shared/agent/modes.ts';
import { type Question, type Responder, ResponderFault } from '#shared/agent/responder.ts';
import { systemClock } from '#shared/clock.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { erasePerson } from '#shared/erasure/erase.ts';
import { agentMessageId } from '#shared/identity.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { builtInTexts } from '#shared/texts/texts.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { followAnswers } from '../follow-answers.ts';
import {
  applyBatch,
  batchAbout,
  inboundText,
  OURS,
  testConsumers,
  texting,
  wrongConversations,
} from '../test-inbox.ts';
import { type Claimed, claimDue, nextDue } from './claim.ts';
import { settle } from './settle.ts';
import { type AgentParts, answerText } from './start.ts';

/** Area code 212: New York. */
const ANA = '+12125550101';
const NOON = new Date('2026-11-26T17:00:00Z');

/** What the next questions are answered; then the same over and over. */
type Says = (question: Question, signal: AbortSignal) => Promise<string>;

describe('The agent', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  let hears: ReturnType<typeof texting>;
  let asked: Question[];
  let says: Says;
  let parts: AgentParts;
  const never = new AbortController().signal;

  before(async () => {
    database = await createDatabase();
    // With the rights of the service.
    pool = createPool(database.configFor('inbox'), () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      `reply, reply_verdict, conversation, message, attempt, phone, contact, suppression, event_position, erased_phone, outbox,
       agent_answer, agent_mode, whatsapp_window`,
    );
    clock = new ManualClock(NOON);
    hears = texting(pool, clock);
    asked = [];
    says = async () => 'We are **open** until five.';
    parts = partsWith(responder());
    await turn('automatic');
  });

  const responder = (repeatable = true): Responder => ({
    source: repeatable ? 'rules' : 'bedrock',
    repeatable,
    respond: async (question, signal) => {
      asked.push(question);
      const text = await says(question, signal);
      const outcome =
        text === '[NOTHING]'
          ? ({ kind: 'nothing' } as const)
          : text === '[PERSON]'
            ? ({ kind: 'hand_over', reason: 'wants_person', topic: 'nurse' } as const)
            : ({ kind: 'answer', text, topic: 'hours' } as const);
      return { outcome, firstMs: 7, usage: { inputTokens: 30, outputTokens: 4 }, version: null };
    },
  });

  function partsWith(who: Responder, mine: Pool = pool): AgentParts {
    return {
      pool: mine,
      clock,
      pseudonyms: testPseudonyms,
      gate: defaultGateConfig,
      producer: 'inbox',
      limits: { answersPerHour: 3 },
      responder: who,
      organisation: { organisation: 'Clinic', contact: '415-555-0100' },
      timeoutMs: 5_000,
      mostSegments: 2,
      mostPerDay: 1_000,
      atOnce: 20,
      metrics: noMetrics,
      logger: silentLogger,
      changed: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    };
  }

  const turn = (mode: AgentMode): Promise<unknown> =>
    database.adminPool.query(
      `INSERT INTO agent_mode (our_number, mode, updated_at, updated_by) VALUES ($1, $2, now(), 'ann')
       ON CONFLICT (our_number) DO UPDATE SET mode = excluded.mode`,
      [OURS, mode],
    );
  const claim = (limit = 20): Promise<Claimed[]> =>
    claimDue(pool, { claim: randomUUID(), forMs: 60_000, limit, now: clock.now() });
  const work = async (by: AgentParts = parts): Promise<number> => {
    const claimed = await claim();
    await Promise.all(claimed.map((each) => answerText(each, by, never)));
    return claimed.length;
  };
  /** As when a task has ended. */
  const claimsAreOver = () =>
    database.adminPool.query(
      `UPDATE agent_answer SET claimed_until = now() - interval '1 s' WHERE state = 'due'`,
    );

  const answers = async (): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ body: string; state: string; reason: string | null }>(
      `SELECT reply.body, agent_answer.state, reason FROM agent_answer JOIN reply USING (reply_id) ORDER BY position`,
    );
    return rows.map(({ body, reason, state }) => `${body}: ${state}${reason === null ? '' : ` ${reason}`}`);
  };
  const sent = async (): Promise<string[]> => {
    const { rows } = await database.adminPool.query<{ body: string }>(
      'SELECT body FROM message ORDER BY ordinal',
    );
    return rows.map(({ body }) => body);
  };
  const conversation = async (phone = ANA) => {
    const { rows } = await database.adminPool.query<{
      conversation_id: string;
      state: string;
      unread: number;
      waiting: number;
    }>('SELECT conversation_id, state, unread, waiting FROM conversation WHERE phone_number = $1', [phone]);
    const [row] = rows;
    assert.ok(row);
    return row;
  };
  const stands = async (): Promise<[string, number]> => {
    const { state, waiting } = await conversation();
    assert.deepEqual(await wrongConversations(database.adminPool), []);
    return [state, waiting];
  };
  const setConversation = (set: string) => database.adminPool.query(`UPDATE conversation SET ${set}`);
  const suppress = () =>
    database.adminPool.query(
      `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
       VALUES ($1, 'sender', gen_random_uuid(), 'user_opt_out', 'STOP', now())`,
      [ANA],
    );

  it('answers a text that nothing else handled, as a person would, and keeps what was asked and said', async () => {
    const replyId = await hears('are you open?', { from: ANA });
    assert.deepEqual(await stands(), ['pending', 1]);
    assert.equal(await work(), 1);
    assert.deepEqual(await stands(), ['closed', 0]);
    const { rows } = await database.adminPool.query(
      `SELECT message_id, lane, intent, sender_number, body, cause_id, state FROM message`,
    );
    assert.deepEqual(rows, [
      {
        message_id: agentMessageId(replyId),
        lane: 'replies',
        intent: 'reply',
        sender_number: OURS,
        body: 'We are open until five.',
        cause_id: replyId,
        state: 'queued',
      },
    ]);
    const { rows: turns } = await database.adminPool.query(
      'SELECT producer, target, ordering_key FROM outbox',
    );
    assert.deepEqual(turns, [{ producer: 'inbox', target: 'sms-replies.fifo', ordering_key: ANA }]);
    const { rows: kept } = await database.adminPool.query(
      `SELECT state, source, topic, input, output, body, first_ms, input_tokens, output_tokens, message_id,
              answer_ms IS NOT NULL AS timed FROM agent_answer`,
    );
    assert.deepEqual(kept, [
      {
        state: 'sent',
        source: 'rules',
        topic: 'hours',
        input: 'are you open?',
        output: 'We are **open** until five.',
        body: 'We are open until five.',
        first_ms: 7,
        input_tokens: 30,
        output_tokens: 4,
        message_id: agentMessageId(replyId),
        timed: true,
      },
    ]);
    const { rows: by } = await database.adminPool.query('SELECT answered_by FROM conversation_answer');
    assert.deepEqual(by, [{ answered_by: 'agent' }]);
  });

  it('is told what was said before, what is known of the person, and whom it answers for', async () => {
    await database.adminPool.query(
      `INSERT INTO contact (contact_id, phone_number, name, language, created_at, updated_at)
       VALUES (gen_random_uuid(), $1, 'Ana', 'es', now(), now())`,
      [ANA],
    );
    await hears('hello', { from: ANA });
    await work();
    await database.adminPool.query(`UPDATE message SET state = 'sent'`);
    await clock.advance(1_000);
    await hears('and on sunday?', { from: ANA });
    await work();
    const { conversation_id } = await conversation();
    assert.deepEqual(asked[1], {
      text: 'and on sunday?',
      turns: [
        { from: 'them', text: 'hello' },
        { from: 'us', text: 'We are open until five.' },
      ],
      session: `${conversation_id}.1`,
      language: 'es',
      facts: { organisation: 'Clinic', contact: '415-555-0100', campaign: null, ourNumber: OURS },
    });
  });

  describe('given a picture without words', () => {
    const media = [{ url: 'https://media.example.org/1', contentType: 'image/jpeg' }];
    const WORDS = builtInTexts.en?.wordsOnly ?? '';

    it('asks for words, once, without a responder; the next one is for people', async () => {
      await hears('', { from: ANA, media });
      await work();
      assert.deepEqual([await sent(), await stands(), asked], [[WORDS], ['closed', 0], []]);
      await database.adminPool.query(`UPDATE message SET state = 'sent'`);
      await clock.advance(1_000);
      await hears('', { from: ANA, media });
      await work();
      assert.deepEqual([await sent(), await stands()], [[WORDS], ['open', 1]]);
      assert.deepEqual(await answers(), [': sent', ': handed_over no_words']);
    });

    it('asks for words once when ten come together, and keeps all of them', async () => {
      for (let n = 0; n < 10; n += 1) await hears('', { from: ANA, media });
      await work();
      assert.deepEqual([await sent(), await stands()], [[WORDS], ['closed', 0]]);
      const { rows } = await database.adminPool.query('SELECT FROM reply WHERE cardinality(media_urls) = 1');
      assert.equal(rows.length, 10);
    });

    it('asks in the language of the person', async () => {
      await database.adminPool.query(
        `INSERT INTO contact (contact_id, phone_number, name, language, created_at, updated_at)
         VALUES (gen_random_uuid(), $1, 'Ana', 'es-MX', now(), now())`,
        [ANA],
      );
      await hears('', { from: ANA, media });
      await work();
      assert.deepEqual(await sent(), [builtInTexts.es?.wordsOnly]);
    });

    for (const [name, prepare] of [
      ['who has stopped', suppress],
      ['whom a person has taken over', () => setConversation(`state = 'open'`)],
      ['whom somebody looks after', () => setConversation(`assignee = 'bo'`)],
      ['where it only makes drafts', () => turn('draft')],
    ] as const) {
      it(`says nothing to somebody ${name}`, async () => {
        await hears('', { from: ANA, media });
        await prepare();
        await work();
        assert.deepEqual(await sent(), []);
      });
    }

    it('with words beside it leaves it to people', async () => {
      await hears('is this the form?', { from: ANA, media });
      await work();
      assert.deepEqual([await sent(), await answers()], [[], ['is this the form?: handed_over no_words']]);
    });

    it('behind words that nobody has answered leaves both to people', async () => {
      await turn('off');
      await hears('my leg looks like this', { from: ANA });
      await turn('automatic');
      await setConversation(`state = 'closed'`);
      await hears('', { from: ANA, media });
      await work();
      assert.deepEqual(await sent(), []);
    });
  });

  for (const [name, prepare] of [
    ['that is open', () => setConversation(`state = 'open'`)],
    ['that is put off', () => setConversation(`state = 'snoozed', snoozed_until = '2027-01-01'`)],
    ['that somebody has in hand', () => setConversation(`state = 'pending'`)],
    ['with an assignee', () => setConversation(`assignee = 'bo'`)],
    ['to a number where it is off', () => turn('off')],
  ] as const) {
    it(`is not given a conversation ${name}`, async () => {
      await hears('menu', { from: ANA, as: 'dialog' });
      await prepare();
      await hears('are you open?', { from: ANA });
      assert.equal(await work(), 0);
      assert.deepEqual(await answers(), []);
    });
  }

  it('is given nothing that the dialog answers, and nothing of which it says nothing', async () => {
    for (const as of ['lesson', 'dialog', null] as const) await hears(`text ${as}`, { from: ANA, as });
    assert.deepEqual(await answers(), []);
  });

  it('is given a text that the dialog had spoken of before it came, once', async () => {
    const text = inboundText(1, clock.now(), { from: ANA, body: 'are you open?' });
    const consumers = testConsumers(clock);
    await applyBatch(pool, consumers.dialog, [batchAbout(text, 1, 'people')]);
    await applyBatch(pool, consumers.texts, [text], true);
    await applyBatch(pool, consumers.texts, [text]);
    await applyBatch(pool, consumers.texts, [text]);
    await work();
    assert.deepEqual(await answers(), ['are you open?: sent']);
  });

  it('answers the newest of several texts, and the others with it', async () => {
    await hears('hi', { from: ANA });
    await hears('are you open?', { from: ANA, minutesAgo: -0.1 });
    await clock.advance(10_000);
    await work();
    assert.deepEqual(await answers(), ['hi: overtaken newer_text', 'are you open?: sent']);
    assert.deepEqual([asked.length, await stands()], [1, ['closed', 0]]);
  });

  for (const [first, reason] of [
    ['leave me alone', 'may_be_opt_out'],
    ['wrong number', 'may_be_opt_out'],
    ['???', 'no_words'],
  ] as const) {
    it(`answers nothing behind "${first}", which people have with what came after it`, async () => {
      await hears(first, { from: ANA });
      await hears('who is this?', { from: ANA, minutesAgo: -0.1 });
      await clock.advance(10_000);
      await work();
      assert.deepEqual(await answers(), [
        `${first}: overtaken newer_text`,
        `who is this?: handed_over ${reason}`,
      ]);
      assert.deepEqual([asked.length, await stands(), await sent()], [0, ['open', 2], []]);
    });
  }

  it('answers nothing behind a possible opt-out that came before it was turned on, and drafts nothing', async () => {
    await turn('off');
    await hears('leave me alone', { from: ANA });
    await turn('draft');
    await hears('who is this?', { from: ANA, minutesAgo: -0.1 });
    await work();
    assert.deepEqual(await answers(), ['who is this?: handed_over may_be_opt_out']);
    assert.deepEqual([asked.length, await stands()], [0, ['open', 2]]);
  });

  it('leaves a conversation as somebody decided while it made a draft', async () => {
    await turn('draft');
    await hears('are you open?', { from: ANA });
    await setConversation(`state = 'pending'`);
    await work();
    assert.deepEqual(await answers(), ['are you open?: drafted']);
    assert.deepEqual(await stands(), ['pending', 1]);
  });

  it('keeps what cannot be stored out of what it keeps', async () => {
    says = async () => 'Yes.\0';
    await hears('are you open?', { from: ANA });
    await work();
    assert.deepEqual([await answers(), await sent()], [['are you open?: sent'], ['Yes.']]);
  });

  it('goes by what is said of the conversation before anything else', async () => {
    await turn('off');
    await hears('hello?', { from: ANA });
    await setConversation(`agent_mode = 'draft'`);
    await hears('are you open?', { from: ANA });
    await work();
    assert.deepEqual(await answers(), ['are you open?: drafted']);
    await turn('automatic');
    await setConversation(`agent_mode = 'off'`);
    await hears('and tomorrow?', { from: ANA });
    await work();
    assert.deepEqual(await answers(), ['are you open?: drafted']);
  });

  it('goes by the mode of the campaign where that has one', async () => {
    await turn('off');
    const campaignId = randomUUID();
    await database.adminPool.query(
      `INSERT INTO agent_mode (campaign_id, mode, updated_at, updated_by) VALUES ($1, 'draft', now(), 'ann')`,
      [campaignId],
    );
    await hears('are you open?', { from: ANA, as: null });
    await database.adminPool.query('UPDATE reply SET campaign_id = $1', [campaignId]);
    const { rows } = await database.adminPool.query<{ reply_id: string }>('SELECT reply_id FROM reply');
    const text = inboundText(1, clock.now(), { from: ANA });
    await applyBatch(pool, testConsumers(clock).dialog, [
      { ...batchAbout(text, 1, 'people'), commandId: rows[0]?.reply_id ?? '' },
    ]);
    await work();
    assert.deepEqual(await answers(), ['are you open?: drafted']);
  });

  describe('sends nothing', () => {
    const rows: readonly [string, string, Says, string][] = [
      ['where it fails', 'are you open?', () => Promise.reject(new Error('no model')), 'handed_over failed'],
      [
        'where it takes too long',
        'are you open?',
        () => Promise.reject(new ResponderFault('timed_out', 'too late')),
        'handed_over timed_out',
      ],
      ['where it wants a person', 'are you open?', async () => '[PERSON]', 'handed_over wants_person'],
      ['where it says nothing that can be sent', 'are you open?', async () => '**', 'handed_over empty'],
    ];
    for (const [name, text, what, became] of rows) {
      it(`${name}: a person has the text, and what comes after it`, async () => {
        says = what;
        await hears(text, { from: ANA });
        await work();
        assert.deepEqual(await answers(), [`${text}: ${became}`]);
        assert.deepEqual([await stands(), await sent()], [['open', 1], []]);
        says = async () => 'Yes.';
        await hears('hello?', { from: ANA, minutesAgo: -1 });
        assert.equal(await work(), 0);
      });
    }

    for (const [text, reason] of [
      ['i want out of this', 'may_be_opt_out'],
      ['the answer is stop', 'may_be_opt_out'],
      ['Automatic reply: I am away', 'machine'],
      ['???', 'no_words'],
    ] as const) {
      it(`to "${text}", and asks nobody: ${reason}`, async () => {
        await hears(text, { from: ANA });
        await work();
        assert.deepEqual([await answers(), asked.length], [[`${text}: handed_over ${reason}`], 0]);
        assert.deepEqual([await stands(), await sent()], [['open', 1], []]);
      });
    }

    it('to a text that wants no answer, and nobody has to look at it', async () => {
      says = async () => '[NOTHING]';
      await hears('see you there', { from: ANA });
      await work();
      assert.deepEqual([await answers(), await sent()], [['see you there: silent'], []]);
      assert.deepEqual(await stands(), ['closed', 0]);
    });

    it('to a text that came too long ago', async () => {
      await hears('are you open?', { from: ANA, minutesAgo: 15 });
      await work();
      assert.deepEqual([await answers(), asked.length], [['are you open?: handed_over too_late'], 0]);
    });

    it('more than so often in an hour', async () => {
      for (let n = 0; n < 4; n += 1) {
        await hears(`question ${n}`, { from: ANA });
        await work();
        await clock.advance(60_000);
      }
      assert.equal((await sent()).length, 3);
      assert.equal((await answers())[3], 'question 3: handed_over too_many');
      await setConversation(`state = 'closed'`);
      await clock.advance(3_600_000);
      await hears('question 4', { from: ANA });
      await work();
      assert.equal((await sent()).length, 4);
    });

    it('those beyond as many as may be asked about in 24 hours, of whomever, and nobody is asked about them', async () => {
      for (const from of ['+12125550101', '+12125550102', '+12125550103']) {
        await hears('are you open?', { from });
        await work({ ...parts, mostPerDay: 2 });
      }
      assert.equal(asked.length, 2);
      assert.equal((await answers())[2], 'are you open?: handed_over too_many');
      await clock.advance(24 * 3_600_000);
      await hears('are you open now?', { from: '+12125550104' });
      await work({ ...parts, mostPerDay: 2 });
      assert.equal(asked.length, 3);
    });
  });

  describe('answers by WhatsApp', () => {
    const THERE = 'whatsapp:+14155550110';
    /** When the person wrote there last, as the gateway has noted it; null: it has noted nothing. */
    const asksThere = async (hoursAgo: number | null): Promise<void> => {
      await database.adminPool.query(
        `INSERT INTO agent_mode (our_number, mode, updated_at, updated_by) VALUES ($1, 'automatic', now(), 'ann')`,
        [THERE],
      );
      if (hoursAgo !== null) {
        await database.adminPool.query(
          `INSERT INTO whatsapp_window (phone_number, sender_number, heard_at, heard_on)
           VALUES ($1, $2, clock_timestamp() - $3 * interval '1 hour', $4)`,
          [ANA, THERE, hoursAgo, new Date(clock.now().getTime() - hoursAgo * 3_600_000)],
        );
      }
      await hears('are you open?', { from: ANA, to: THERE });
      await work();
    };

    it('from the number there, while the window of the person is open', async () => {
      await asksThere(0);
      assert.deepEqual(await answers(), ['are you open?: sent']);
      const { rows } = await database.adminPool.query('SELECT sender_number FROM message');
      assert.deepEqual(rows, [{ sender_number: THERE }]);
    });

    for (const [when, hoursAgo] of [
      ['is not known to be open', null],
      ['has closed meanwhile', 24],
    ] as const) {
      it(`not where that ${when}: a person has the text, and reads why`, async () => {
        await asksThere(hoursAgo);
        assert.deepEqual([await answers(), await sent()], [['are you open?: handed_over gate'], []]);
        const { rows } = await database.adminPool.query('SELECT detail FROM agent_answer');
        assert.deepEqual([rows, await stands()], [[{ detail: 'whatsapp_window' }], ['open', 1]]);
      });
    }
  });

  describe('sends no late answer', () => {
    const meanwhile = (what: () => Promise<unknown>): void => {
      says = async () => {
        says = async () => 'The second.';
        await what();
        return 'The first.';
      };
    };

    it('when the person wrote again: that text is answered', async () => {
      meanwhile(() => hears('i mean sunday', { from: ANA, minutesAgo: -0.1 }));
      await hears('are you open?', { from: ANA });
      await work();
      await clock.advance(10_000);
      await work();
      assert.deepEqual(await answers(), ['are you open?: overtaken newer_text', 'i mean sunday: sent']);
      assert.deepEqual([await sent(), await stands()], [['The second.'], ['closed', 0]]);
    });

    it('when the person wrote something that the dialog answers: a person has the question', async () => {
      const consumers = testConsumers(clock);
      const later = inboundText(77, new Date(NOON.getTime() + 1_000), { from: ANA, body: 'b' });
      meanwhile(() => applyBatch(pool, consumers.texts, [later]));
      await hears('are you open?', { from: ANA });
      await work();
      assert.deepEqual(await answers(), ['are you open?: due']);
      assert.deepEqual(await nextDue(pool), new Date(NOON.getTime() + 1_000));
      await applyBatch(pool, consumers.dialog, [batchAbout(later, 2, 'lesson')]);
      await clock.advance(1_000);
      await work();
      assert.deepEqual(await answers(), ['are you open?: handed_over wrote_again']);
      assert.deepEqual([await sent(), await stands(), asked.length], [[], ['open', 1], 1]);
    });

    for (const [name, what, became, state] of [
      [
        'somebody took the conversation',
        () => setConversation(`state = 'open'`),
        'overtaken taken_over',
        'open',
      ],
      ['somebody was given it', () => setConversation(`assignee = 'bo'`), 'overtaken taken_over', 'open'],
      ['the person has stopped', suppress, 'overtaken stopped', 'open'],
      ['it was turned off', () => turn('off'), 'overtaken turned_off', 'open'],
      [
        'it was turned off in the conversation',
        () => setConversation(`agent_mode = 'off'`),
        'overtaken turned_off',
        'open',
      ],
      ['it is to draft only', () => turn('draft'), 'drafted', 'open'],
    ] as const) {
      it(`when ${name}`, async () => {
        meanwhile(what);
        await hears('are you open?', { from: ANA });
        await work();
        assert.deepEqual([await answers(), await sent()], [[`are you open?: ${became}`], []]);
        assert.equal((await conversation()).state, state);
      });
    }

    it('when the person was erased, of whom nothing is left', async () => {
      meanwhile(() =>
        erasePerson(database.adminPool, {
          phone: phoneNumber(ANA),
          reason: 'asked',
          by: 'ann',
          pseudonyms: testPseudonyms,
          clock: systemClock(),
        }),
      );
      await hears('are you open?', { from: ANA });
      await work();
      const { rows } = await database.adminPool.query(
        'SELECT phone_number, state, reason, input, output, body FROM agent_answer',
      );
      assert.deepEqual(rows, [
        {
          phone_number: testPseudonyms.of(phoneNumber(ANA)),
          state: 'overtaken',
          reason: 'erased',
          input: null,
          output: null,
          body: null,
        },
      ]);
      const { rowCount } = await database.adminPool.query('SELECT FROM phone WHERE phone_number = $1', [ANA]);
      assert.equal(rowCount, 0);
    });
  });

  it('drafts, where it is to draft, also in a conversation that somebody has', async () => {
    await turn('draft');
    await hears('are you open?', { from: ANA });
    await work();
    assert.deepEqual([await answers(), await sent()], [['are you open?: drafted'], []]);
    assert.deepEqual(await stands(), ['open', 1]);
    await setConversation(`assignee = 'bo'`);
    await hears('on sunday?', { from: ANA, minutesAgo: -1 });
    await clock.advance(60_000);
    await work();
    assert.deepEqual(await answers(), ['are you open?: overtaken newer_text', 'on sunday?: drafted']);
  });

  describe('when a task ends', () => {
    it('after the answer and before the commit, has another one answer: once', async () => {
      await hears('are you open?', { from: ANA });
      const [first] = await claim();
      assert.ok(first);
      assert.deepEqual(await claim(), []);
      await claimsAreOver();
      await work();
      assert.deepEqual(await answers(), ['are you open?: sent']);
      // The first was not dead after all.
      assert.equal(await settle(first, null, parts), 'lost');
      await answerText(first, parts, never);
      assert.equal((await sent()).length, 1);
    });

    it('while a responder is asked that must not be asked twice, has a person answer', async () => {
      await hears('are you open?', { from: ANA });
      const once = partsWith(responder(false));
      const [first] = await claim();
      assert.ok(first);
      const isAsked = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<string>();
      says = () => {
        isAsked.resolve();
        return answer.promise;
      };
      const dying = answerText(first, once, never);
      await isAsked.promise;
      await claimsAreOver();
      await work(once);
      assert.deepEqual([await answers(), asked.length], [['are you open?: handed_over interrupted'], 1]);
      answer.resolve('Too late.');
      await dying;
      assert.deepEqual([await sent(), await stands()], [[], ['open', 1]]);
    });

    for (const [repeatable, became] of [
      [true, 'due'],
      [false, 'handed_over interrupted'],
    ] as const) {
      it(`by being told to, leaves what it asked ${repeatable ? 'to another task' : 'to people'}`, async () => {
        await hears('are you open?', { from: ANA });
        const [first] = await claim();
        assert.ok(first);
        const stopping = new AbortController();
        says = (_, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
            stopping.abort();
          });
        await answerText(first, partsWith(responder(repeatable)), stopping.signal);
        assert.deepEqual(await answers(), [`are you open?: ${became}`]);
        assert.equal((await claim()).length, repeatable ? 1 : 0);
      });
    }

    it('each time that it has a text, leaves that to people', async () => {
      await hears('are you open?', { from: ANA });
      for (let n = 0; n < 3; n += 1) {
        assert.equal((await claim()).length, 1);
        await claimsAreOver();
      }
      await work();
      assert.deepEqual([await answers(), asked.length], [['are you open?: handed_over failed'], 0]);
    });
  });

  it('of two tasks answers every text once', async () => {
    const other = createPool(database.configFor('inbox'), () => undefined);
    const phones = Array.from({ length: 24 }, (_, n) => `+121255501${String(n).padStart(2, '0')}`);
    for (const from of phones) await hears(`open? ${from}`, { from });
    const theirs = partsWith(responder(), other);
    const each = async (by: AgentParts): Promise<void> => {
      for (;;) {
        const claimed = await claimDue(by.pool, {
          claim: randomUUID(),
          forMs: 60_000,
          limit: 3,
          now: clock.now(),
        });
        if (claimed.length === 0) return;
        await Promise.all(claimed.map((one) => answerText(one, by, never)));
      }
    };
    await Promise.all([each(parts), each(theirs), each(parts), each(theirs)]);
    await other.end();
    assert.equal((await sent()).length, phones.length);
    assert.equal(new Set(asked.map(({ text }) => text)).size, phones.length);
    assert.equal(asked.length, phones.length);
    assert.deepEqual(await wrongConversations(database.adminPool), []);
  });

  it('is no answer where its message does not arrive: the text wants a person', async () => {
    await hears('are you open?', { from: ANA });
    await work();
    await database.adminPool.query(`UPDATE message SET state = 'failed'`);
    await followAnswers({ pool, pseudonyms: testPseudonyms, now: clock.now(), limit: 10 });
    assert.deepEqual(await stands(), ['open', 1]);
  });
});
