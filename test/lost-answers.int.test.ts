import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { supersede } from '#shared/messages/supersede.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../apps/api/test-api.ts';
import { followAnswers, nextAnswerLook } from '../apps/inbox/follow-answers.ts';
import { texting, wrongConversations } from '../apps/inbox/test-inbox.ts';

/** Area code 212: New York, where it is seven in the morning at noon in UTC. */
const ANA = '+12125550000';

describe('An answer by hand that never reaches the person', () => {
  let database: TestDatabase;
  let pool: Pool;
  let api: TestApi;
  let hears: ReturnType<typeof texting>;

  before(async () => {
    database = await createDatabase();
    pool = createPool(database.configFor('inbox'), () => undefined);
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await pool.end();
    await database.drop();
  });
  beforeEach(() => clear());

  async function clear(): Promise<void> {
    hears = texting(pool, api.clock);
    await emptyTables(
      database.adminPool,
      `reply, reply_verdict, conversation, message, phone, attempt, message_log, suppression, event_position, outbox,
       audit_entry, decision`,
    );
  }
  const conversation = async () => {
    const { body } = await api.send('GET', '/v1/conversations');
    return body.items[0];
  };
  async function answer(body = 'Hello!'): Promise<string> {
    const { id } = await conversation();
    const sent = await api.send('POST', `/v1/conversations/${id}/reply`, { body: { body } });
    assert.notEqual(sent.body.verdict, 'blocked');
    return sent.body.id;
  }
  const close = async (): Promise<void> => {
    const { id } = await conversation();
    const { headers } = await api.send('GET', `/v1/conversations/${id}`);
    const closed = await api.send('PATCH', `/v1/conversations/${id}`, {
      body: { state: 'closed' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    assert.equal(closed.status, 200);
  };
  const ends = (messageId: string, state: string): Promise<unknown> =>
    database.adminPool.query('UPDATE message SET state = $2, due_at = NULL WHERE message_id = $1', [
      messageId,
      state,
    ]);
  /** The carrier took the message, and has said this of it since. */
  async function isSent(messageId: string, status: string, rank: number): Promise<void> {
    await ends(messageId, 'sent');
    const attemptId = randomUUID();
    await database.adminPool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, channel)
       VALUES ($1, $2, $3, 'twilio', '+14155550199', 'accepted', 'sms')`,
      [attemptId, messageId, ANA],
    );
    await database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, message_id, attempt_id, status, status_rank, status_at)
       VALUES (gen_random_uuid(), 'twilio', $1, $2, $3, $4, now())`,
      [messageId, attemptId, status, rank],
    );
  }
  const follow = (minutes = 0) =>
    followAnswers({
      pool,
      pseudonyms: testPseudonyms,
      now: new Date(api.clock.now().getTime() + minutes * 60_000),
      limit: 100,
    });
  const standing = async () => {
    const { needsReply, state, unread, waiting } = await conversation();
    return { needsReply, state, unread, waiting };
  };
  const wanted = { needsReply: true, state: 'open', unread: 0, waiting: 1 };
  const answered = { needsReply: false, state: 'open', unread: 0, waiting: 0 };

  it('leaves a question that wants an answer again: held over night, it made way for what the dialog answers', async () => {
    await hears('when are you open?', { minutesAgo: 60 });
    const messageId = await answer();
    await follow();
    assert.deepEqual(await standing(), answered);
    await hears('MENU', { as: 'dialog' });
    const { rows } = await database.adminPool.query<{ batch_id: string }>(
      `SELECT batch_id FROM message WHERE message_id = $1 AND state = 'held' AND intent = 'reply'`,
      [messageId],
    );
    await inTransaction(database.adminPool, (tx) =>
      supersede(tx, [{ phoneNumber: ANA, batchId: rows[0]?.batch_id ?? '' }], api.clock.now()),
    );
    assert.deepEqual(await follow(1), { looked: 1, lost: 1 });
    assert.deepEqual(await standing(), wanted);
    assert.deepEqual(await follow(1), { looked: 0, lost: 0 });
    const page = await api.send('GET', `/v1/conversations/${(await conversation()).id}/messages`);
    const question = page.body.items.find((each: { body: string }) => each.body === 'when are you open?');
    assert.deepEqual([question.inbound.needsReply, question.inbound.answeredAt], [true, null]);
  });

  for (const state of ['failed', 'cancelled', 'unknown']) {
    it(`wants one again when the message ends as ${state}, also where the conversation was closed meanwhile`, async () => {
      await hears('hello?');
      const messageId = await answer();
      await close();
      await ends(messageId, state);
      assert.deepEqual(await follow(), { looked: 1, lost: 1 });
      assert.deepEqual(await standing(), wanted);
      assert.equal(await nextAnswerLook(pool), null);
    });
  }

  it('wants one again when the carrier took it and it was not delivered, which the conversation shows', async () => {
    await hears('hello?');
    const messageId = await answer();
    await isSent(messageId, 'sent', 50);
    assert.deepEqual(await follow(), { looked: 1, lost: 0 });
    assert.deepEqual(await standing(), answered);
    assert.ok(await nextAnswerLook(pool));
    await database.adminPool.query(`UPDATE message_log SET status = 'undelivered', status_rank = 90`);
    assert.deepEqual(await follow(), { looked: 0, lost: 0 }, 'it is not due yet');
    assert.deepEqual(await follow(1), { looked: 1, lost: 1 });
    const { id, ...then } = await conversation();
    assert.deepEqual([then.needsReply, then.state], [true, 'open']);
    const page = await api.send('GET', `/v1/conversations/${id}/messages`);
    const [ours] = page.body.items.filter((each: { outbound: unknown }) => each.outbound !== null);
    assert.deepEqual([ours.outbound.state, ours.outbound.status], ['sent', 'undelivered']);
  });

  it('is looked for no more once it is there', async () => {
    await hears('hello?');
    await isSent(await answer(), 'delivered', 100);
    assert.deepEqual(await follow(), { looked: 1, lost: 0 });
    assert.equal(await nextAnswerLook(pool), null);
    assert.deepEqual(await standing(), answered);
  });

  it('wants somebody also where another answer to the same text has arrived', async () => {
    await hears('hello?');
    await isSent(await answer('You are to come on Monday.'), 'delivered', 100);
    await ends(await answer('On Tuesday, that is.'), 'failed');
    assert.deepEqual(await follow(), { looked: 2, lost: 1 });
    assert.deepEqual(await standing(), wanted);
  });

  it('wants nobody where a later answer to the same text has arrived', async () => {
    await hears('hello?');
    const first = await answer('You are to come on Monday.');
    await isSent(await answer('On Monday at nine.'), 'delivered', 100);
    await ends(first, 'failed');
    assert.deepEqual(await follow(), { looked: 2, lost: 0 });
    assert.deepEqual(await standing(), answered);
    assert.equal(await nextAnswerLook(pool), null);
  });

  it('wants somebody when the later answer to the same text is lost as well, whichever is known first', async () => {
    await hears('hello?');
    const [first, second] = [await answer('Monday.'), await answer('At nine.')];
    await ends(first, 'failed');
    assert.deepEqual(await follow(), { looked: 2, lost: 0 }, 'the second is on its way');
    await ends(second, 'failed');
    assert.deepEqual(await follow(1), { looked: 1, lost: 1 });
    assert.deepEqual(await standing(), wanted);
  });

  it('wants somebody where the later answer was to another text', async () => {
    await hears('hello?');
    const first = await answer('Monday.');
    await hears('and where?');
    await isSent(await answer('Main Street.'), 'delivered', 100);
    await ends(first, 'failed');
    assert.deepEqual(await follow(), { looked: 2, lost: 1 });
    assert.deepEqual(await standing(), wanted);
  });

  it('wants nothing of whoever has stopped since: nothing may go to them', async () => {
    await hears('hello?');
    const messageId = await answer();
    await database.adminPool.query(
      `INSERT INTO suppression (phone_number, change_id, source, reason, added_at, scope)
       VALUES ($1, gen_random_uuid(), 'user_opt_out', 'STOP', now(), 'sender')`,
      [ANA],
    );
    await ends(messageId, 'blocked');
    assert.deepEqual(await follow(), { looked: 1, lost: 0 });
    assert.deepEqual(await standing(), answered);
    assert.equal(await nextAnswerLook(pool), null);
  });

  it('waits for whoever holds the conversation, and is found by one of several tasks', async () => {
    await hears('hello?');
    await ends(await answer(), 'failed');
    await inTransaction(database.adminPool, async (tx) => {
      await tx.query('SELECT FROM conversation FOR UPDATE');
      assert.deepEqual(await follow(), { looked: 0, lost: 0 });
    });
    const all = await Promise.all([follow(), follow(), follow()]);
    assert.equal(
      all.reduce((sum, { lost }) => sum + lost, 0),
      1,
    );
    assert.deepEqual(await standing(), wanted);
  });

  it('makes wait exactly what it was to answer, whatever happens in whatever order', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('text' as const),
        as: fc.constantFrom<('people' | 'dialog' | null)[]>('people', 'dialog', null),
      }),
      fc.constant({ kind: 'answer' as const }),
      fc.constant({ kind: 'close' as const }),
      fc.record({ kind: fc.constant('ends' as const), which: fc.nat(3), lost: fc.boolean() }),
      fc.constant({ kind: 'follow' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        await clear();
        /** Every text: whether it is for people, whether it counts as answered, and by which message. */
        const texts: { people: boolean; answered: boolean; by: string | null }[] = [];
        /** Every answer: what became of it, and the newest text when it was written. */
        const answers = new Map<string, { fate: 'underway' | 'gone' | 'lost' | 'known'; newest: number }>();
        let minutes = 0;
        const text = async (as: 'people' | 'dialog' | null): Promise<void> => {
          await hears('and?', { as });
          texts.push({ people: as === 'people', answered: false, by: null });
        };
        await text('people');
        for (const each of [...steps, { kind: 'follow' as const }]) {
          if (each.kind === 'text') await text(each.as);
          else if (each.kind === 'answer' || each.kind === 'close') {
            const by = each.kind === 'answer' ? await answer() : await close().then(() => null);
            if (by !== null) answers.set(by, { fate: 'underway', newest: texts.length - 1 });
            for (const open of texts.filter(({ answered }) => !answered))
              Object.assign(open, { answered: true, by });
          } else if (each.kind === 'ends') {
            const [messageId, message] = [...answers][each.which] ?? [];
            if (messageId === undefined || message?.fate !== 'underway') continue;
            message.fate = each.lost ? 'lost' : 'gone';
            await (each.lost ? ends(messageId, 'failed') : isSent(messageId, 'delivered', 100));
          } else {
            minutes += 60;
            await follow(minutes);
            const all = [...answers];
            for (const [n, [messageId, message]] of all.entries()) {
              if (message.fate !== 'lost') continue;
              const instead = all.findLast(
                ([, { fate, newest }], later) =>
                  later > n && newest === message.newest && (fate === 'underway' || fate === 'gone'),
              );
              const asked = texts.filter(
                ({ by }, each) => by === messageId || (!instead && each === message.newest),
              );
              for (const lost of asked) {
                if (instead) lost.by = instead[0];
                else Object.assign(lost, { answered: false, by: null });
              }
            }
            for (const [, message] of all) if (message.fate === 'lost') message.fate = 'known';
          }
          const { waiting } = await conversation();
          assert.equal(waiting, texts.filter(({ answered, people }) => people && !answered).length);
          assert.deepEqual(await wrongConversations(database.adminPool), []);
        }
      }),
      { numRuns: runs(40) },
    );
  });
});
