import assert from 'node:assert/strict';
import fc from 'fast-check';
import { consentChange } from '#shared/consent/change.ts';
import { recordRevocations } from '#shared/consent/record.ts';
import { CarillonError } from '#shared/errors.ts';
import { carrierOptOutId, inboundCommandId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Transaction } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { OURS, PERSON, startTestGateway, type TestGateway } from './test-gateway.ts';

describe('consent changed by text', () => {
  let database: TestDatabase;
  let gateway: TestGateway;

  before(async () => {
    database = await createDatabase();
  });
  after(async () => {
    await database.drop();
  });
  beforeEach(async () => {
    gateway = await startTestGateway(database);
    await emptyTables(
      database.adminPool,
      'phone, message, consent_change, consent_standing, consent_word_seen, suppression, attempt, outbox',
    );
  });
  afterEach(async () => {
    await gateway.stop();
  });

  const suppressed = async (): Promise<boolean> =>
    (await database.adminPool.query('SELECT FROM suppression WHERE phone_number = $1', [PERSON])).rowCount ===
    1;
  const changes = async (): Promise<string[]> =>
    (
      await database.adminPool.query<{ status: string }>(
        'SELECT status FROM consent_change WHERE phone_number = $1 ORDER BY recorded_at',
        [PERSON],
      )
    ).rows.map(({ status }) => status);

  /** What the commands that were put say about consent. */
  const heard = (): (string | null)[] =>
    gateway.streams.commands.map((command) =>
      command.type === 'INBOUND_SMS' ? command.payload.consent : assert.fail('not a text'),
    );
  const recordRevocationOf = (tx: Transaction, requestedAt: Date) =>
    recordRevocations(
      tx,
      [
        {
          ...consentChange({
            changeId: inboundCommandId('twilio', 'SM3'),
            phoneNumber: phoneNumber(PERSON),
            method: 'sms',
            requestedAt,
            cause: 'twilio SM3',
            status: 'opted_out',
          }),
          status: 'opted_out',
        },
      ],
      testPseudonyms,
    );

  it('to STOP suppresses before the command is put', async () => {
    let suppressedAtPut = false;
    gateway.streams.onPut = async () => {
      suppressedAtPut = await suppressed();
    };
    assert.equal((await gateway.text('SM1', 'Stop.')).status, 200);
    assert.equal(suppressedAtPut, true);
    const { rows } = await database.adminPool.query(
      'SELECT c.change_id, c.method, c.original_message, s.source, s.change_id AS behind FROM consent_change c JOIN suppression s USING (phone_number)',
    );
    const changeId = inboundCommandId('twilio', 'SM1');
    assert.deepEqual(rows, [
      {
        change_id: changeId,
        method: 'sms',
        original_message: 'Stop.',
        source: 'user_opt_out',
        behind: changeId,
      },
    ]);
    assert.equal(gateway.metrics.sums.OptOuts, 1);
  });

  it('to STOP stands although the stream is away; the repetition is harmless and completes it', async () => {
    gateway.streams.away = true;
    assert.equal((await gateway.text('SM1', 'STOP')).status, 503);
    assert.equal(await suppressed(), true);
    gateway.streams.away = false;
    assert.equal((await gateway.text('SM1', 'STOP')).status, 200);
    assert.deepEqual(await changes(), ['opted_out']);
    assert.equal(gateway.streams.commands.length, 1);
    assert.equal(gateway.metrics.sums.OptOuts, 1);
  });

  it('to STOP is answered with 503, and put nowhere, when the database is away', async () => {
    await gateway.pool.end();
    assert.equal((await gateway.text('SM1', 'STOP')).status, 503);
    assert.deepEqual(gateway.streams.commands, []);
    assert.equal(await suppressed(), false);
    gateway.pool.end = async () => undefined;
  });

  it('is followed by the verdict of the carrier, whatever the words', async () => {
    await gateway.text('SM1', 'Enough of this', { OptOutType: 'STOP' });
    assert.equal(await suppressed(), true);
    await gateway.text('SM2', 'I changed my mind', { OptOutType: 'START' });
    assert.equal(await suppressed(), false);
    await gateway.text('SM3', 'STOP', { OptOutType: 'HELP' });
    assert.equal(await suppressed(), false);
  });

  it('by a word that agrees is an opt-in only while the person is opted out', async () => {
    await gateway.text('SM1', 'YES');
    assert.deepEqual(await changes(), []);
    await gateway.text('SM2', 'STOP');
    await gateway.text('SM3', 'YES');
    assert.deepEqual(await changes(), ['opted_out', 'opted_in']);
    assert.equal(await suppressed(), false);
  });

  it('by a word that agreed to nothing, delivered again after a later STOP, does not lift it', async () => {
    await gateway.text('SM1', 'yes');
    await gateway.text('SM2', 'STOP');
    await gateway.text('SM1', 'yes');
    assert.equal(await suppressed(), true);
    assert.deepEqual(await changes(), ['opted_out']);
  });

  it('by a word that agreed to nothing does not become an opt-in by a verdict that the carrier adds later', async () => {
    await gateway.text('SM1', 'yes');
    await gateway.text('SM2', 'STOP');
    await gateway.text('SM1', 'yes', { OptOutType: 'START' });
    assert.equal(await suppressed(), true);
  });

  it('by a word that agrees is judged by what the person is under the lock', async () => {
    await database.adminPool.query('INSERT INTO phone (phone_number) VALUES ($1)', [PERSON]);
    const stop = await database.adminPool.connect();
    try {
      await stop.query('BEGIN');
      await stop.query('SELECT FROM phone WHERE phone_number = $1 FOR UPDATE', [PERSON]);
      await stop.query(
        `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
         VALUES ($1, gen_random_uuid(), 'user_opt_out', 'test', now())`,
        [PERSON],
      );
      const answer = gateway.text('SM1', 'YES');
      await eventually(async () => {
        const { rowCount } = await database.adminPool.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        assert.equal(rowCount, 1);
      });
      await stop.query('COMMIT');
      assert.equal((await answer).status, 200);
      assert.deepEqual(await changes(), ['opted_in']);
    } finally {
      stop.release();
    }
  });

  it('is not touched by other texts', async () => {
    await gateway.text('SM1', 'please stop by at 5');
    await gateway.text('SM2', 'HELP');
    assert.deepEqual(await changes(), []);
    assert.equal(gateway.streams.commands.length, 2);
  });

  it('is said in the command, as it was recorded and not as the words are', async () => {
    for (const [sid, body] of [
      ['SM1', 'START'],
      ['SM2', 'yes'],
      ['SM3', 'leave me out: take me off your list'],
      ['SM4', 'HELP'],
      ['SM5', 'yes'],
      ['SM6', 'hello'],
    ] as const)
      await gateway.text(sid, body);
    assert.deepEqual(heard(), [null, null, 'opted_out', 'help', 'opted_in', null]);
  });

  it('to START is an opt-in also for somebody whom a list suppressed, and whom no dialog knows', async () => {
    await gateway.text('SM1', 'STOP');
    await database.adminPool.query('DELETE FROM dialog_state');
    await gateway.text('SM2', 'START');
    assert.deepEqual(heard(), ['opted_out', 'opted_in']);
  });

  it('to STOP is not undone by a START that was written before it and is recorded after it', async () => {
    const clock = new ManualClock();
    await gateway.stop();
    gateway = await startTestGateway(database, { clock });
    await gateway.text('SM1', 'STOP');
    clock.advance(1_000);
    const recorded = inTransaction(database.adminPool, async (tx) => {
      await tx.query('SELECT FROM phone WHERE phone_number = $1 FOR UPDATE', [PERSON]);
      const start = gateway.text('SM2', 'START');
      await eventually(async () => {
        const { rowCount } = await database.adminPool.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        assert.equal(rowCount, 1);
      });
      // The STOP comes a second later, and gets hold of the phone first.
      await recordRevocationOf(tx, new Date(clock.now().getTime() + 1_000));
      return { start };
    });
    assert.equal((await (await recorded).start).status, 200);
    assert.equal(await suppressed(), true);
    assert.deepEqual(heard(), ['opted_out', null]);
  });

  describe('to START without a time, right after a STOP', () => {
    const at = (ms: number): Date => new Date(ms);
    /** A gateway whose carrier received texts then; null: it cannot be asked. */
    const carrierSays = async (dates: Record<string, Date | null>): Promise<string[]> => {
      const asked: string[] = [];
      await gateway.stop();
      gateway = await startTestGateway(database, {
        clock: new ManualClock(),
        inboundDate: async (sid) => {
          asked.push(sid);
          const date = dates[sid] ?? null;
          if (date === null) throw new CarillonError('unavailable', 'the carrier cannot be asked');
          return date;
        },
      });
      return asked;
    };
    const now = new ManualClock().now().getTime();

    it('does not lift it where the carrier received the START before: its first try was refused', async () => {
      const asked = await carrierSays({ SM1: at(now - 3_000) });
      await gateway.text('SM2', 'STOP');
      assert.equal((await gateway.text('SM1', 'START')).status, 200);
      assert.equal(await suppressed(), true);
      assert.deepEqual(heard(), ['opted_out', null]);
      assert.equal((await gateway.text('SM1', 'START')).status, 200);
      assert.equal(await suppressed(), true);
      assert.deepEqual(asked, ['SM1'], 'what is known is not asked again');
    });

    it('lifts it where the carrier received the START after it, or in the same second', async () => {
      await carrierSays({ SM2: at(Math.floor(now / 1_000) * 1_000), SM4: at(now + 2_000) });
      for (const [stop, start] of [
        ['SM1', 'SM2'],
        ['SM3', 'SM4'],
      ] as const) {
        await gateway.text(stop, 'STOP');
        await gateway.text(start, 'START');
        assert.equal(await suppressed(), false, start);
      }
    });

    it('is not taken in while the carrier cannot be asked, so that it is brought again', async () => {
      const dates: Record<string, Date | null> = { SM2: null };
      await carrierSays(dates);
      await gateway.text('SM1', 'STOP');
      assert.equal((await gateway.text('SM2', 'START')).status, 503);
      assert.equal(await suppressed(), true);
      assert.deepEqual(await changes(), ['opted_out']);
      dates.SM2 = at(now + 2_000);
      assert.equal((await gateway.text('SM2', 'START')).status, 200);
      assert.equal(await suppressed(), false);
      assert.deepEqual(heard(), ['opted_out', 'opted_in']);
    });

    it('asks nothing of who did not stop, nor of a YES that means something else', async () => {
      const asked = await carrierSays({});
      await gateway.text('SM1', 'START');
      await gateway.text('SM2', 'YES');
      assert.deepEqual(asked, []);
    });
  });

  it('to START, delivered again after a later STOP, does not lift it', async () => {
    await gateway.text('SM1', 'STOP');
    await gateway.text('SM2', 'START');
    assert.equal(await suppressed(), false);
    await gateway.text('SM3', 'STOP');
    await gateway.text('SM2', 'START');
    assert.equal(await suppressed(), true);
    assert.deepEqual(await changes(), ['opted_out', 'opted_in', 'opted_out']);
  });

  it('ends as the first deliveries say, in the order in which they came, for any order and repetition of deliveries', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ sid: fc.integer({ min: 0, max: 5 }), fails: fc.boolean() }, { noNullPrototype: true }),
          { minLength: 1, maxLength: 10 },
        ),
        fc.array(fc.constantFrom('STOP', 'START', 'unsubscribe', 'YES', 'yes!'), {
          minLength: 6,
          maxLength: 6,
        }),
        async (deliveries, words) => {
          run += 1;
          await emptyTables(
            database.adminPool,
            'consent_change, consent_standing, consent_word_seen, suppression',
          );
          const delivered = new Set<string>();
          let out = false;
          let changed = 0;
          for (const { sid, fails } of deliveries) {
            const word = words[sid] ?? '';
            const id = `SM${run}-${sid}`;
            // A delivery that the stream refuses has already changed consent.
            gateway.streams.away = fails;
            await gateway.text(id, word);
            if (delivered.has(id)) continue;
            delivered.add(id);
            const agrees = word.startsWith('Y') || word.startsWith('y');
            if (!agrees || out) changed += 1;
            out = word === 'STOP' || word === 'unsubscribe';
          }
          assert.equal(await suppressed(), out);
          assert.equal((await changes()).length, changed);
          const said = new Map<string, Set<string | null>>();
          for (const command of gateway.streams.commands) {
            if (command.type !== 'INBOUND_SMS' || !command.payload.carrierMessageId.startsWith(`SM${run}-`))
              continue;
            const before = said.get(command.commandId) ?? new Set();
            said.set(command.commandId, before.add(command.payload.consent));
          }
          for (const each of said.values()) assert.equal(each.size, 1, 'one text, two readings');
        },
      ),
      { numRuns: runs(60) },
    );
  });

  it('by many deliveries of one STOP at the same time is one change', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.text('SM1', 'STOP')));
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(8).fill(200),
    );
    assert.deepEqual(await changes(), ['opted_out']);
  });

  it('waits for whoever holds the lock on the phone', async () => {
    await database.adminPool.query('INSERT INTO phone (phone_number) VALUES ($1)', [PERSON]);
    const claim = await database.adminPool.connect();
    try {
      await claim.query('BEGIN');
      await claim.query('SELECT FROM phone WHERE phone_number = $1 FOR UPDATE', [PERSON]);
      const answer = gateway.text('SM1', 'STOP');
      await eventually(async () => {
        const { rowCount } = await database.adminPool.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        assert.equal(rowCount, 1);
      });
      assert.equal(await suppressed(), false);
      await claim.query('COMMIT');
      assert.equal((await answer).status, 200);
      assert.equal(await suppressed(), true);
    } finally {
      claim.release();
    }
  });

  describe('of somebody for whom messages wait', () => {
    let ordinal = 0;
    /** A message of this intent in this state; its name is its body. */
    const message = (body: string, intent: string, state: string, phone = PERSON): Promise<unknown> => {
      ordinal += 1;
      return database.adminPool.query(
        `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                              created_at, state, due_at)
         VALUES (gen_random_uuid(), $1, $2, 'replies', $3, $4, $5, gen_random_uuid(), gen_random_uuid(), now(), $6,
                 CASE WHEN $6 = 'held' THEN now() + interval '1 hour' END)`,
        [phone, ordinal, intent, OURS, body, state],
      );
    };
    const states = async (): Promise<Record<string, string>> => {
      const { rows } = await database.adminPool.query<{ body: string; state: string }>(
        'SELECT body, state FROM message ORDER BY ordinal',
      );
      return Object.fromEntries(rows.map(({ body, state }) => [body, state]));
    };

    it('blocks what has not gone out, for good: a later START does not let it go', async () => {
      await message('queued', 'reply', 'queued');
      await message('held', 'marketing', 'held');
      await message('on its way', 'reply', 'posting');
      await message('in doubt', 'reply', 'ambiguous');
      await message('gone', 'reply', 'sent');
      await message('help', 'help', 'queued');
      await message('of somebody else', 'reply', 'queued', '+14155550102');
      const afterStop = {
        queued: 'blocked',
        held: 'blocked',
        'on its way': 'posting',
        'in doubt': 'ambiguous',
        gone: 'sent',
        help: 'queued',
        'of somebody else': 'queued',
      };
      await gateway.text('SM1', 'STOP');
      assert.deepEqual(await states(), afterStop);
      assert.equal(gateway.metrics.sums.MessagesBlocked, 2);
      const { rows } = await database.adminPool.query(
        "SELECT DISTINCT rule, due_at, settled_at IS NOT NULL AS settled FROM message WHERE state = 'blocked'",
      );
      assert.deepEqual(rows, [{ rule: 'suppressed', due_at: null, settled: true }]);
      await gateway.text('SM2', 'START');
      assert.deepEqual(await states(), afterStop);
    });

    it('blocks what came in between a STOP and a START', async () => {
      await gateway.text('SM1', 'STOP');
      await message('planned', 'marketing', 'queued');
      await gateway.text('SM2', 'START');
      assert.deepEqual(await states(), { planned: 'blocked' });
    });

    it('withdraws the confirmation of a STOP that a START has lifted, and nothing else', async () => {
      await gateway.text('SM1', 'STOP');
      await message('waits', 'opt_out_confirmation', 'queued');
      await message('is held', 'opt_out_confirmation', 'held');
      await message('is on its way', 'opt_out_confirmation', 'posting');
      await message('help', 'help', 'queued');
      await message('of somebody else', 'opt_out_confirmation', 'queued', '+14155550102');
      await gateway.text('SM2', 'YES');
      const afterStart = {
        waits: 'cancelled',
        'is held': 'cancelled',
        'is on its way': 'posting',
        help: 'queued',
        'of somebody else': 'queued',
      };
      assert.deepEqual(await states(), afterStart);
    });

    it('to STOP keeps its own confirmation, however often it and an older START are delivered', async () => {
      await gateway.text('SM1', 'STOP');
      await gateway.text('SM2', 'START');
      await gateway.text('SM3', 'STOP');
      await message('waits', 'opt_out_confirmation', 'queued');
      await gateway.text('SM2', 'START');
      await gateway.text('SM3', 'STOP');
      assert.deepEqual(await states(), { waits: 'queued' });
    });

    it('to START does not touch what waits for somebody who was not opted out', async () => {
      await message('waits', 'reply', 'queued');
      await gateway.text('SM1', 'START');
      assert.deepEqual(await states(), { waits: 'queued' });
    });
  });

  describe('to STOP, with requests to the carrier in flight,', () => {
    let clock: ManualClock;
    beforeEach(async () => {
      clock = new ManualClock();
      await gateway.stop();
      gateway = await startTestGateway(database, { clock });
    });

    async function posting(ageMs: number, phone = PERSON): Promise<void> {
      await database.adminPool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
         VALUES (gen_random_uuid(), gen_random_uuid(), $1, 'twilio', $2, 'posting',
                 clock_timestamp() - $3 * interval '1 millisecond')`,
        [phone, OURS, ageMs],
      );
    }
    /** Two sleepers: the deadline of the answer and the pause before the next look. */
    const waiting = (): Promise<void> => eventually(async () => assert.equal(clock.sleeping, 2));

    it('is not answered, nor put, before they are over', async () => {
      await posting(0);
      let answered = false;
      const answer = gateway.text('SM1', 'STOP').then((response) => {
        answered = true;
        return response.status;
      });
      await waiting();
      assert.equal(await suppressed(), true);
      await clock.advance(25);
      await waiting();
      assert.deepEqual([answered, gateway.streams.commands.length], [false, 0]);
      await database.adminPool.query("UPDATE attempt SET state = 'accepted'");
      await clock.advance(50);
      assert.equal(await answer, 200);
      assert.equal(gateway.streams.commands.length, 1);
    });

    it('waits for one that began a while ago: it may take seven seconds', async () => {
      await posting(4_000);
      const answer = gateway.text('SM1', 'STOP');
      await waiting();
      assert.deepEqual(gateway.streams.commands, []);
      await database.adminPool.query("UPDATE attempt SET state = 'accepted'");
      await clock.advance(25);
      assert.equal((await answer).status, 200);
    });

    it('waits again when it is delivered again', async () => {
      await gateway.text('SM1', 'STOP');
      await posting(0);
      const answer = gateway.text('SM1', 'STOP');
      await waiting();
      assert.equal(gateway.streams.commands.length, 1);
      await database.adminPool.query("UPDATE attempt SET state = 'refused'");
      await clock.advance(25);
      assert.equal((await answer).status, 200);
    });

    it('does not wait for attempts that a dead process left, nor for those of other people', async () => {
      await posting(7_001);
      await posting(0, '+14155550102');
      assert.equal((await gateway.text('SM1', 'STOP')).status, 200);
    });

    it('waits 8 s and no more', async () => {
      await posting(-60_000);
      const answer = gateway.text('SM1', 'STOP');
      for (let waited = 0; waited < 8_000; waited += 400) {
        await waiting();
        await clock.advance(400);
      }
      assert.equal((await answer).status, 200);
    });

    it('does not hold up a START', async () => {
      await posting(0);
      assert.equal((await gateway.text('SM1', 'START')).status, 200);
    });
  });

  describe('at the carrier', () => {
    const attemptId = '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11';
    const callback = (sid: string, errorCode: string, query = ''): Promise<Response> =>
      gateway.post(`/webhooks/twilio/status${query}`, {
        MessageSid: sid,
        MessageStatus: 'undelivered',
        ErrorCode: errorCode,
        From: OURS,
        To: PERSON,
      });

    it('suppresses here too, and tells the dialog', async () => {
      assert.equal((await callback('SM9', '21610')).status, 200);
      assert.equal(await suppressed(), true);
      const [command] = await gateway.outbox();
      assert.equal(command?.type, 'CONSENT_CHANGED');
      assert.equal(command?.type === 'CONSENT_CHANGED' && command.payload.status, 'opted_out');
      assert.equal(gateway.streams.log.length, 1);
    });

    it('is taken once: a repeated callback does not undo a later START', async () => {
      await callback('SM9', '21610');
      await gateway.text('SM10', 'START');
      await callback('SM9', '21610');
      assert.equal(await suppressed(), false);
      assert.equal((await gateway.outbox()).length, 1);
    });

    it('is the change that the sender made of it, where the attempt is known', async () => {
      await callback('SM9', '21610', `?attempt=${attemptId}`);
      assert.equal((await gateway.outbox())[0]?.commandId, carrierOptOutId(attemptId));
      const { rows } = await database.adminPool.query<{ change_id: string }>(
        'SELECT change_id FROM suppression',
      );
      assert.deepEqual(rows, [{ change_id: carrierOptOutId(attemptId) }]);
    });

    it('suppresses who blocked our sender on WhatsApp, and texts and calls with it', async () => {
      const status = await gateway.post('/webhooks/twilio/status', {
        MessageSid: 'SM9',
        MessageStatus: 'undelivered',
        ErrorCode: '63014',
        From: `whatsapp:${OURS}`,
        To: `whatsapp:${PERSON}`,
      });
      assert.equal(status.status, 200);
      assert.equal(await suppressed(), true);
      assert.equal((await gateway.outbox())[0]?.type, 'CONSENT_CHANGED');
    });

    it('is not read into other errors', async () => {
      await callback('SM9', '30003');
      assert.equal(await suppressed(), false);
      assert.deepEqual(await gateway.outbox(), []);
    });
  });
});
