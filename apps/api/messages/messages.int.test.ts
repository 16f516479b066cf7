import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { messageLogId } from '#shared/identity.ts';
import { slotOf } from '#shared/outbox/write.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { DEFAULT_SENDER, startTestApi, type TestApi } from '../test-api.ts';
import { searchLog } from './store.ts';

/** Area code 415: Pacific Time. The clock begins at 04:00 there, on Thanksgiving. */
const PHONE = '+14155550101';
const NIGHT = new Date('2026-11-26T12:00:00.000Z');
const MORNING = new Date('2026-11-26T16:00:00.000Z');
const NOON = new Date('2026-11-26T20:00:00.000Z');

describe('Messages through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() =>
    emptyTables(
      database.adminPool,
      `phone, consent_change, consent_disclosure, consent_standing, suppression, outbox, audit_entry, attempt,
       message, message_log, decision, decision_inputs, contact`,
    ),
  );

  const goTo = (at: Date): void => api.clock.skip(at.getTime() - api.clock.now().getTime());
  const rows = async (sql: string): Promise<unknown[]> => (await database.adminPool.query(sql)).rows;
  const consent = (granted = ['informational']) =>
    api.send('POST', '/v1/consents', {
      body: {
        phoneNumber: PHONE,
        granted,
        wording: 'I agree',
        affirmativeAction: 'ticked',
        givenAt: '2026-01-01T00:00:00Z',
      },
    });
  const send = (more: object = {}, headers: Record<string, string> = {}) =>
    api.send('POST', '/v1/messages', {
      body: { phoneNumber: PHONE, body: 'The clinic is open.', intent: 'transactional', ...more },
      headers,
    });

  describe('sent one at a time', () => {
    it('are kept and get their phone a turn, when the gate lets them go', async () => {
      goTo(NOON);
      await consent();
      const { status, body, headers } = await send({ topic: 'flu' });
      assert.equal(status, 201);
      assert.deepEqual([body.verdict, body.rule, body.heldUntil], ['queued', 'allowed', null]);
      assert.equal(headers.get('location'), `/v1/messages/${body.id}`);
      assert.deepEqual(await rows('SELECT state, lane, intent, topic, sender_number, ordinal FROM message'), [
        {
          state: 'queued',
          lane: 'bulk',
          intent: 'transactional',
          topic: 'flu',
          sender_number: DEFAULT_SENDER,
          ordinal: 1,
        },
      ]);
      assert.deepEqual(
        await rows("SELECT producer, partition, target, body::jsonb FROM outbox WHERE kind = 'queue'"),
        [
          {
            producer: 'api',
            partition: slotOf(PHONE),
            target: 'sms-bulk.fifo',
            body: { phoneNumber: PHONE, messageId: body.id, generation: 0 },
          },
        ],
      );
      const known = await api.send('GET', `/v1/messages/${body.id}`);
      assert.deepEqual(
        known.body.decisions.map((each: { verdict: string; rule: string }) => [each.verdict, each.rule]),
        [['send', 'allowed']],
      );
      assert.equal(known.body.outgoing.body, 'The clinic is open.');
    });

    it('are held at night, until the morning of the person, without a turn', async () => {
      goTo(NIGHT);
      await consent();
      const { status, body } = await send();
      assert.equal(status, 201);
      assert.deepEqual(
        [body.verdict, body.rule, body.heldUntil],
        ['held', 'quiet_hours', MORNING.toISOString()],
      );
      assert.match(body.says, /^Outside the hours/);
      assert.deepEqual(await rows("SELECT FROM outbox WHERE kind = 'queue'"), []);
      assert.deepEqual(await rows('SELECT state, due_at FROM message'), [{ state: 'held', due_at: MORNING }]);
      const known = await api.send('GET', `/v1/messages/${body.id}`);
      assert.deepEqual(
        [known.body.outgoing.state, known.body.outgoing.heldUntil, known.body.decisions[0].verdict],
        ['held', MORNING.toISOString(), 'hold'],
      );
    });

    it('to somebody who was never written to are held by the night where their contact says that they are', async () => {
      goTo(NOON);
      await api.send('POST', '/v1/contacts', { body: { phoneNumber: PHONE, timeZone: 'Europe/Berlin' } });
      await consent();
      const { body } = await send();
      assert.deepEqual(
        [body.verdict, body.rule, body.heldUntil],
        ['held', 'quiet_hours', '2026-11-27T07:00:00.000Z'],
      );
      assert.deepEqual(await rows('SELECT time_zone FROM phone'), [{ time_zone: 'Europe/Berlin' }]);
    });

    it('are blocked for who stopped, and say so in words', async () => {
      goTo(NOON);
      await consent();
      await api.send('POST', `/v1/consents/${PHONE}/opt-out`, {
        body: { method: 'web', originalMessage: 'STOP', status: 'opted_out' },
      });
      const { status, body } = await send();
      assert.equal(status, 201);
      assert.deepEqual([body.verdict, body.rule], ['blocked', 'suppressed']);
      assert.match(body.says, /opted out/);
      assert.deepEqual(await rows('SELECT state, rule FROM message'), [
        { state: 'blocked', rule: 'suppressed' },
      ]);
      assert.deepEqual(await rows("SELECT FROM outbox WHERE kind = 'queue'"), []);
    });

    it('are blocked as marketing without consent in writing, and for who never consented', async () => {
      goTo(NOON);
      assert.equal((await send()).body.rule, 'no_consent');
      await consent();
      assert.equal((await send({ intent: 'marketing' })).body.rule, 'no_written_consent');
    });

    it('and that wait are blocked by a stop that comes after', async () => {
      goTo(NOON);
      await consent();
      const { body } = await send();
      const stop = await api.send('POST', `/v1/consents/${PHONE}/opt-out`, {
        body: { method: 'web', originalMessage: 'STOP' },
      });
      assert.equal(stop.body.messagesBlocked, 1);
      const known = await api.send('GET', `/v1/messages/${body.id}`);
      assert.equal(known.body.outgoing.state, 'blocked');
      assert.match(known.body.outgoing.says, /opted out/);
    });

    it('again under the same Idempotency-Key are one message', async () => {
      goTo(NOON);
      await consent();
      const headers = { 'idempotency-key': randomUUID() };
      const first = await send({}, headers);
      const second = await send({}, headers);
      assert.deepEqual([second.status, second.body], [201, first.body]);
      assert.equal(second.headers.get('idempotency-replayed'), 'true');
      assert.equal((await rows('SELECT FROM message')).length, 1);
      const other = await send({ body: 'Another text' }, headers);
      assert.equal(other.status, 422);
    });

    it('at the same time get ordinals of their own', async () => {
      goTo(NOON);
      await consent();
      const answers = await Promise.all(Array.from({ length: 5 }, () => send()));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
      assert.deepEqual(
        await rows('SELECT ordinal FROM message ORDER BY ordinal'),
        [1, 2, 3, 4, 5].map((ordinal) => ({ ordinal })),
      );
    });

    it('are refused with nothing in them, from a number of nobody, or as an answer', async () => {
      for (const [more, pointer] of [
        [{ body: ' ' }, '/body'],
        [{ from: '+14155550177' }, '/from'],
        [{ intent: 'reply' }, '/intent'],
        [{ mediaUrls: ['http://pictures.example/1.png'] }, '/mediaUrls/0'],
        [{ body: 'x'.repeat(1_601) }, '/body'],
        [{ phoneNumber: '12' }, '/phoneNumber'],
      ] as const) {
        const { status, body } = await send(more);
        assert.equal(status, 400, pointer);
        assert.deepEqual(
          body.faults.map((fault: { pointer: string }) => fault.pointer),
          [pointer],
        );
      }
      assert.deepEqual(await rows('SELECT FROM message'), []);
    });

    it('are audited without their words, and sent by no viewer', async () => {
      const key = await api.key('viewer');
      const refused = await api.send('POST', '/v1/messages', {
        key,
        body: { phoneNumber: PHONE, body: 'x', intent: 'transactional' },
      });
      assert.equal(refused.status, 403);
      const { body } = await send();
      const log = await api.send('GET', `/v1/audit?subject=message&subjectId=${body.id}`);
      assert.deepEqual(log.body.items[0].after, {
        phoneNumber: PHONE,
        from: DEFAULT_SENDER,
        intent: 'transactional',
        topic: null,
        verdict: 'blocked',
        rule: 'no_consent',
      });
    });
  });

  describe('in the log', () => {
    /** Inbound and outbound by turns, a minute apart; every third came to nothing. */
    async function fill(count: number): Promise<string[]> {
      const ids: string[] = [];
      for (let n = 0; n < count; n += 1) {
        const carrierId = `SM${n}`;
        ids.push(messageLogId('twilio', carrierId));
        await database.adminPool.query(
          `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body,
                                    status, status_rank, status_at, occurred_at)
           VALUES ($1, 'twilio', $2, $3, $4, '+14155550100', $5, $6, 50, $7, $7)`,
          [
            messageLogId('twilio', carrierId),
            carrierId,
            n % 2 === 0 ? 'inbound' : 'outbound',
            `+1415555010${n % 3}`,
            `text ${n}`,
            n % 2 === 0 ? 'received' : n % 3 === 0 ? 'undelivered' : 'delivered',
            new Date(Date.UTC(2026, 10, 20, 12, n)),
          ],
        );
      }
      return ids;
    }
    const bodies = async (query: string): Promise<string[]> => {
      const found: string[] = [];
      let cursor = '';
      for (;;) {
        const { status, body } = await api.send('GET', `/v1/messages?${query}${cursor}`);
        assert.equal(status, 200, JSON.stringify(body));
        found.push(...body.items.map((item: { body: string }) => item.body));
        if (body.nextCursor === null) return found;
        cursor = `&cursor=${body.nextCursor}`;
      }
    };
    const texts = (...numbers: number[]) => numbers.map((n) => `text ${n}`);

    it('are found by number, direction, status, time and carrier id, page by page', async () => {
      await fill(10);
      assert.deepEqual(await bodies('limit=3'), texts(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      assert.deepEqual(await bodies('limit=1&phone=%2B14155550101'), texts(7, 4, 1));
      assert.deepEqual(await bodies('limit=2&direction=inbound'), texts(8, 6, 4, 2, 0));
      assert.deepEqual(await bodies('limit=1&status=undelivered'), texts(9, 3));
      assert.deepEqual(await bodies('since=2026-11-20T12:03:00Z&until=2026-11-20T12:05:00Z'), texts(4, 3));
      assert.deepEqual(await bodies('carrierMessageId=SM5'), texts(5));
      assert.deepEqual(await bodies('carrierMessageId=SM77'), []);
    });

    it('that happened in the same microsecond come once each', async () => {
      await fill(7);
      await database.adminPool.query("UPDATE message_log SET occurred_at = '2026-11-20T12:00:00.123456Z'");
      assert.deepEqual((await bodies('limit=2')).toSorted(), texts(0, 1, 2, 3, 4, 5, 6));
    });

    it('are looked through in bounded steps: a step may find nothing and still say where to go on', async () => {
      await fill(9);
      const search = (after: { at: string; logId: string } | null) =>
        searchLog(
          database.adminPool,
          {
            phone: null,
            logIds: null,
            direction: null,
            status: 'undelivered',
            since: null,
            until: null,
            after,
            limit: 2,
          },
          4,
        );
      const first = await search(null);
      assert.deepEqual([first.found, first.lookedTo?.logId], [[], messageLogId('twilio', 'SM5')]);
      const second = await search(first.lookedTo);
      assert.deepEqual(
        second.found.map(({ body }) => body),
        texts(3),
      );
      const third = await search(second.lookedTo);
      assert.deepEqual([third.found, third.lookedTo], [[], null]);
    });

    it('are got by their ids, what came in as well', async () => {
      const [inbound = ''] = await fill(1);
      const { status, body } = await api.send('GET', `/v1/messages/${inbound}`);
      assert.deepEqual(
        [status, body.direction, body.outgoing, body.log[0].body],
        [200, 'inbound', null, 'text 0'],
      );
      assert.equal((await api.send('GET', `/v1/messages/${randomUUID()}`)).status, 404);
      assert.equal((await api.send('GET', '/v1/messages/7')).status, 400);
      assert.equal((await api.send('GET', '/v1/messages?since=yesterday')).status, 400);
    });

    it('are found through indexes, however many there are', async () => {
      await database.adminPool.query(
        `INSERT INTO message_log (log_id, carrier, direction, phone_number, status, status_rank, status_at, occurred_at)
         SELECT gen_random_uuid(), 'twilio', 'inbound', '+1415555' || lpad((n % 5000)::text, 4, '0'), 'received', 210,
                now(), now() - n * interval '1 second'
           FROM generate_series(1, 50000) AS n`,
      );
      await database.adminPool.query('ANALYZE message_log');
      const planOf = async (where: string, values: unknown[]): Promise<string> => {
        const { rows: lines } = await database.adminPool.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN SELECT * FROM message_log
            WHERE occurred_at IS NOT NULL AND direction IS NOT NULL AND ${where}
            ORDER BY occurred_at DESC, log_id DESC LIMIT 51`,
          values,
        );
        return lines.map((line) => line['QUERY PLAN']).join('\n');
      };
      const all = await planOf('($1::text IS NULL OR phone_number = $1)', [null]);
      assert.match(all, /Index Scan Backward using message_log_time/);
      const one = await planOf('($1::text IS NULL OR phone_number = $1)', [PHONE]);
      assert.match(one, /message_log_phone/);
    });
  });
});
