import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { consentChange, wordingHash } from '#shared/consent/change.ts';
import { recordConsents } from '#shared/consent/record.ts';
import { verifyBundle } from '#shared/evidence/bundle.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type Answer, startTestApi, type TestApi } from '../test-api.ts';

const PHONE = '+14155550101';
const WORDING = 'I agree to texts from Elm County. Msg & data rates may apply.';
const form = {
  phoneNumber: '(415) 555-0101',
  granted: ['informational', 'marketing_in_writing'],
  wording: WORDING,
  affirmativeAction: 'ticked the box',
  url: 'https://elm.example/join',
};

describe('Consent through the API', () => {
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
      `phone, consent_change, consent_disclosure, consent_standing, consent_review, suppression, outbox,
       audit_entry, attempt, message, decision, decision_inputs`,
    ),
  );

  const rows = async (sql: string): Promise<unknown[]> => (await database.adminPool.query(sql)).rows;
  const optOut = (more: object = {}, phone = PHONE) =>
    api.send('POST', `/v1/consents/${phone}/opt-out`, {
      body: { method: 'email', originalMessage: 'take me off', ...more },
    });
  const record = async (phone: string, more: Partial<Parameters<typeof consentChange>[0]> = {}) => {
    const changeId = randomUUID();
    await inTransaction(database.adminPool, (tx) =>
      recordConsents(
        tx,
        [
          consentChange({
            changeId,
            phoneNumber: phoneNumber(phone),
            status: 'opted_out',
            method: 'sms',
            requestedAt: api.clock.now(),
            cause: 'twilio SM1',
            ...more,
          }),
        ],
        { teller: null, now: api.clock.now(), pseudonyms: testPseudonyms },
      ),
    );
    return changeId;
  };

  it('is of the number that contacts have, however it is written in an address', async () => {
    for (const [written, meant] of [
      ['+4402079460018', '+442079460018'],
      ['+114155550101', '+14155550101'],
    ] as const) {
      const { body, status } = await optOut({}, encodeURIComponent(written));
      assert.deepEqual([status, body.phoneNumber], [201, meant]);
      const { body: standing } = await api.send('GET', `/v1/consents/${encodeURIComponent(written)}`);
      assert.equal(standing.phoneNumber, meant);
    }
    assert.deepEqual(await rows('SELECT DISTINCT phone_number FROM consent_change ORDER BY 1'), [
      { phone_number: '+14155550101' },
      { phone_number: '+442079460018' },
    ]);
  });

  describe('given on a form', () => {
    it('is kept with what was shown word for word and who did what where', async () => {
      const { status, body } = await api.send('POST', '/v1/consents', {
        body: form,
        headers: { 'user-agent': 'a browser' },
      });
      assert.equal(status, 201);
      assert.equal(body.wordingSha256, wordingHash(WORDING));
      assert.equal(body.blocked, false);
      const known = await api.send('GET', `/v1/consents/${PHONE}`);
      assert.deepEqual(known.body.standings, [
        {
          scope: 'sender',
          status: 'opted_in',
          granted: ['informational', 'marketing_in_writing'],
          since: api.clock.now().toISOString(),
          changeId: body.changeId,
          revokedAt: null,
          deadline: null,
        },
      ]);
      const [change] = known.body.history;
      assert.deepEqual(
        [change.wording, change.affirmativeAction, change.url, change.userAgent, change.actor, change.method],
        [WORDING, 'ticked the box', form.url, 'a browser', 'the admin', 'web'],
      );
      assert.match(change.ip, /127\.0\.0\.1/);
    });

    it('takes the address and the browser of the person where whoever relays it says them', async () => {
      await api.send('POST', '/v1/consents', {
        body: { ...form, ip: '203.0.113.7', userAgent: 'their browser' },
      });
      assert.deepEqual(await rows('SELECT ip, user_agent FROM consent_change'), [
        { ip: '203.0.113.7', user_agent: 'their browser' },
      ]);
    });

    it('lifts a stop, and not one that was asked for after it', async () => {
      const earlier = new Date(api.clock.now().getTime() - 1_000).toISOString();
      await optOut();
      const late = await api.send('POST', '/v1/consents', { body: { ...form, givenAt: earlier } });
      assert.deepEqual([late.status, late.body.lifted, late.body.blocked], [201, false, true]);
      const fresh = await api.send('POST', '/v1/consents', { body: form });
      assert.deepEqual([fresh.status, fresh.body.lifted, fresh.body.blocked], [201, true, false]);
      assert.deepEqual(await rows('SELECT FROM suppression'), []);
    });

    it('is refused without its proof, with a number that is none, or from the future', async () => {
      const { phoneNumber: _, wording: __, ...rest } = form;
      const without = await api.send('POST', '/v1/consents', {
        body: { ...rest, phoneNumber: '12', ip: 'here' },
      });
      assert.equal(without.status, 400);
      assert.deepEqual(without.body.faults.map(({ pointer }: { pointer: string }) => pointer).sort(), [
        '/ip',
        '/phoneNumber',
        '/wording',
      ]);
      const givenAt = new Date(api.clock.now().getTime() + 1).toISOString();
      const ahead = await api.send('POST', '/v1/consents', { body: { ...form, givenAt } });
      assert.equal(ahead.body.faults[0].pointer, '/givenAt');
      assert.deepEqual(await rows('SELECT FROM consent_change'), []);
    });

    it('sent again under its Idempotency-Key is on record once', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const first = await api.send('POST', '/v1/consents', { body: form, headers });
      const second = await api.send('POST', '/v1/consents', { body: form, headers });
      assert.deepEqual(second.body, first.body);
      assert.equal((await rows('SELECT FROM consent_change')).length, 1);
    });
  });

  describe('taken back by the person', () => {
    it('blocks at once, with a deadline for the rest, and the dialog is told', async () => {
      const { status, body } = await optOut({ trackingId: 'T-7' });
      assert.equal(status, 201);
      // Ten business days after Thanksgiving, 26 November 2026, the day of receipt.
      assert.equal(body.deadline, '2026-12-10');
      assert.equal(body.blocked, true);
      assert.equal((await rows('SELECT FROM suppression')).length, 1);
      assert.deepEqual(
        await rows("SELECT producer, body::jsonb -> 'payload' ->> 'status' AS status FROM outbox"),
        [{ producer: 'api', status: 'pending_opt_out' }],
      );
    });

    it('is carried through once, and due until then', async () => {
      await optOut();
      const listed = await api.send('GET', '/v1/consents?status=pending_opt_out&dueWithin=14');
      assert.deepEqual(
        listed.body.items.map((item: { phoneNumber: string; deadline: string }) => [
          item.phoneNumber,
          item.deadline,
        ]),
        [[PHONE, '2026-12-10']],
      );
      assert.deepEqual((await api.send('GET', '/v1/consents?dueWithin=13')).body.items, []);
      const complete = () =>
        api.send('POST', `/v1/consents/${PHONE}/complete`, { body: { note: 'told the mailing house' } });
      const done = await complete();
      assert.deepEqual([done.status, done.body.standings[0].status], [200, 'opted_out']);
      const again = await complete();
      assert.deepEqual([again.status, again.body.code], [409, 'conflict']);
      assert.deepEqual((await api.send('GET', '/v1/consents')).body.items, []);
    });

    it('blocks what waits for them, and is answered when requests on their way have ended', async () => {
      const [messageId, attemptId] = [randomUUID(), randomUUID()];
      await database.adminPool.query('INSERT INTO phone (phone_number, last_ordinal) VALUES ($1, 1)', [
        PHONE,
      ]);
      await database.adminPool.query(
        `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                              created_at)
         VALUES ($1, $2, 1, 'bulk', 'transactional', '+14155550100', 'x', $1, $1, now())`,
        [messageId, PHONE],
      );
      await database.adminPool.query(
        `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state)
         VALUES ($1, $2, $3, 'twilio', '+14155550100', 'posting')`,
        [attemptId, messageId, PHONE],
      );
      const ask = (): Promise<Answer> =>
        api.send('POST', `/v1/consents/${PHONE}/opt-out`, {
          body: { method: 'manual', originalMessage: 'asked by telephone', status: 'opted_out' },
          headers: { 'idempotency-key': 'stopped-by-telephone' },
        });
      // The repetition waits as well: whoever answered first may have died while it did.
      for (const repeated of [false, true]) {
        await database.adminPool.query("UPDATE attempt SET state = 'posting'");
        const others = api.clock.sleeping;
        let answered = false;
        const answer = ask().finally(() => {
          answered = true;
        });
        // The wait looks again and again, on the clock of the test.
        while (!answered && api.clock.sleeping === others)
          await new Promise((resolve) => setImmediate(resolve));
        assert.equal(answered, false);
        assert.equal((await rows('SELECT FROM suppression')).length, 1, 'it is committed before the wait');
        await database.adminPool.query("UPDATE attempt SET state = 'accepted'");
        await api.clock.advance(1_000);
        const { status, body, headers } = await answer;
        assert.deepEqual([status, body.deadline, body.messagesBlocked], [201, null, 1]);
        assert.equal(headers.get('idempotency-replayed'), repeated ? 'true' : null);
      }
    });

    it('by text is lifted by nobody else; what one of us recorded is, as a clerical error, once', async () => {
      const said = await record(PHONE);
      const restore = (changeId: string, phone = PHONE) =>
        api.send('POST', `/v1/consents/${phone}/restore`, {
          body: { changeId, reason: 'clerical_error', explanation: 'typed the wrong number' },
        });
      const refused = await restore(said);
      assert.deepEqual([refused.status, refused.body.code], [409, 'conflict']);
      assert.match(refused.body.detail, /only START from the person, or new consent/);
      const ours = (await optOut({}, '+14155550102')).body.changeId;
      assert.equal((await restore(ours)).status, 404, 'it is of another person');
      assert.equal((await restore(randomUUID())).status, 404);
      const restored = await restore(ours, '+14155550102');
      assert.deepEqual([restored.status, restored.body.blocked], [200, false]);
      assert.equal((await restore(ours, '+14155550102')).status, 409);
      const { body } = await api.send('GET', '/v1/consents/+14155550102');
      assert.deepEqual(
        body.history.map((change: { reverses: string; reversedBy: string }) => [
          change.reverses,
          change.reversedBy,
        ]),
        [
          [ours, null],
          [null, body.history[0].id],
        ],
      );
    });
  });

  it('has a history that is read page by page, newest first', async () => {
    for (let n = 0; n < 5; n += 1) await record(PHONE, { cause: `change ${n}` });
    const causes: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await api.send('GET', `/v1/consents/${PHONE}${query}`);
      causes.push(...body.history.map(({ cause }: { cause: string }) => cause));
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    assert.deepEqual(causes, ['change 4', 'change 3', 'change 2', 'change 1', 'change 0']);
  });

  it('is listed page by page, also where deadlines are equal, and refuses a cursor of another list', async () => {
    for (const n of [1, 2, 3, 4, 5]) await optOut({}, `+1415555010${n}`);
    const phones: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await api.send('GET', `/v1/consents${query}`);
      phones.push(...body.items.map((item: { phoneNumber: string }) => item.phoneNumber));
      if (body.nextCursor === null) break;
      query = `?limit=2&cursor=${body.nextCursor}`;
    }
    assert.deepEqual(
      phones,
      [1, 2, 3, 4, 5].map((n) => `+1415555010${n}`),
    );
    const other = await api.send('GET', `/v1/consents/${PHONE}?limit=1`);
    assert.equal(other.status, 200);
    const wrong = await api.send('GET', '/v1/consents?cursor=eyJwb3NpdGlvbiI6MX0');
    assert.deepEqual([wrong.status, wrong.body.faults[0].pointer], [400, 'cursor']);
    const twice = await api.send('GET', '/v1/consents?status=opted_out&dueWithin=3');
    assert.deepEqual([twice.status, twice.body.faults[0].pointer], [400, 'dueWithin']);
  });

  it('of somebody unknown is an empty history', async () => {
    const { status, body } = await api.send('GET', `/v1/consents/${PHONE}`);
    assert.equal(status, 200);
    assert.deepEqual(body, {
      phoneNumber: PHONE,
      blocked: false,
      standings: [],
      history: [],
      nextCursor: null,
    });
  });

  it('is proved by a record that verifies, as JSON and as a page for printing', async () => {
    await api.send('POST', '/v1/consents', { body: { ...form, wording: '<b>I agree</b>' } });
    const { body } = await api.send('GET', `/v1/consents/${PHONE}/evidence`);
    assert.deepEqual(verifyBundle(JSON.stringify(body), body.lastHash), { kind: 'intact' });
    assert.equal(body.head.producedBy, 'the admin');
    const page = await api.send('GET', `/v1/consents/${PHONE}/evidence?format=html`);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(page.body, /&lt;b&gt;I agree&lt;\/b&gt;/);
    assert.equal((await api.send('GET', `/v1/consents/${PHONE}/evidence?format=pdf`)).status, 400);
  });

  it('leaves as CSV in which nothing is a formula', async () => {
    await api.send('POST', '/v1/consents', { body: { ...form, affirmativeAction: '=1+1' } });
    const { body, headers } = await api.send('GET', '/v1/consents/export');
    assert.match(headers.get('content-type') ?? '', /^text\/csv/);
    const [head, line] = body.split('\r\n');
    assert.match(head, /^phone_number,scope,requested_at,granted/);
    assert.match(line, /^\+14155550101,sender,.*,'=1\+1,/);
  });

  it('is audited with where the person stood before and after, and changed by no viewer', async () => {
    const key = await api.key('viewer');
    assert.equal((await api.send('POST', '/v1/consents', { body: form, key })).status, 403);
    assert.equal((await api.send('GET', `/v1/consents/${PHONE}`, { key })).status, 200);
    await api.send('POST', '/v1/consents', { body: form });
    await optOut();
    const { body } = await api.send(
      'GET',
      `/v1/audit?subject=consent&subjectId=${encodeURIComponent(PHONE)}`,
    );
    assert.deepEqual(
      body.items.map((entry: { action: string; before: object; after: { sender: string } }) => [
        entry.action,
        entry.before,
        entry.after.sender,
      ]),
      [
        ['opt-out-recorded', { sender: 'opted_in' }, 'pending_opt_out'],
        ['captured', {}, 'opted_in'],
      ],
    );
    assert.ok(!JSON.stringify(body).includes('take me off'), 'what the person wrote is in the audit log');
  });
});
