import assert from 'node:assert/strict';
import { consentChange, wordingHash } from '#shared/consent/change.ts';
import { recordConsents } from '#shared/consent/record.ts';
import { openReview } from '#shared/consent/review-queue.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { evidenceOf, verifyBundle } from './bundle.ts';
import type { Entry } from './entry.ts';
import { evidencePage } from './page.ts';

const PERSON = phoneNumber('+14155550101');
const OURS = '+14155550199';
const WORDING = 'I agree to get recurring messages from Elm County Health. Reply STOP to end them.';
const NASTY = `<script>alert("x")</script> & 'more' \u202Eright to left`;
const produced = { now: new Date('2026-11-26T12:00:00Z'), by: 'ann', pseudonyms: testPseudonyms };
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const day = (time: string): string => `2026-11-20T${time}.000Z`;

describe('Evidence about a person', () => {
  let database: TestDatabase;
  let pool: Pool;

  before(async () => {
    database = await createDatabase();
    pool = database.adminPool;
    await record(1, { status: 'opted_in', method: 'web', at: '09:00:00' });
    await message(10, 'marketing', 'Flu shots at the fair', '10:00:00', '10:00:02', 'delivered');
    await decision(20, 10, 'send', 'allowed', '10:00:01');
    await text(30, NASTY, '11:00:00');
    await record(2, { status: 'opted_out', method: 'sms', at: '11:00:00', originalMessage: NASTY });
    await openReview(pool, {
      reviewId: id(2),
      phoneNumber: PERSON,
      originalMessage: NASTY,
      rule: 'en_stop_messages',
      changeId: id(2),
      requestedAt: new Date(day('11:00:00')),
      deadline: '2026-12-07',
    });
    await message(11, 'opt_out_confirmation', 'You will get no more.', '11:00:01', '11:04:59', 'delivered');
    // Of one claim; ids say nothing about order.
    await decision(26, 10, 'hold', 'quiet_hours', '12:00:00');
    await decision(25, 10, 'block', 'expires_first', '12:00:00');
    await record(3, { status: 'opted_out', method: 'sms', at: '13:00:00', originalMessage: 'STOP' });
    await message(12, 'opt_out_confirmation', 'You will get no more.', '13:00:01', '13:05:01', 'sent');
    await record(4, { status: 'opted_out', method: 'sms', at: '14:00:00', phone: '+14155550102' });
  });
  after(() => database.drop());

  async function record(
    n: number,
    what: {
      status: 'opted_in' | 'opted_out';
      method: 'web' | 'sms';
      at: string;
      originalMessage?: string;
      phone?: string;
    },
  ) {
    const change = consentChange({
      changeId: id(n),
      phoneNumber: phoneNumber(what.phone ?? PERSON),
      status: what.status,
      method: what.method,
      requestedAt: new Date(day(what.at)),
      originalMessage: what.originalMessage ?? null,
      cause: `test ${n}`,
      ...(what.status === 'opted_in'
        ? {
            granted: ['informational', 'marketing_in_writing'],
            evidence: {
              wording: WORDING,
              affirmativeAction: 'ticked',
              url: 'https://elm.example.org/?a=1&b="2"',
              ip: '192.0.2.7',
              userAgent: null,
            },
          }
        : {}),
    });
    await inTransaction(pool, (tx) =>
      recordConsents(tx, [change], { teller: null, now: produced.now, pseudonyms: testPseudonyms }),
    );
  }
  async function message(
    n: number,
    intent: string,
    body: string,
    at: string,
    sentAt: string,
    status: string,
  ) {
    await pool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id,
                            created_at, state)
       VALUES ($1, $2, $3, 'replies', $4, $5, $6, gen_random_uuid(), gen_random_uuid(), $7, 'sent')`,
      [id(n), PERSON, n, intent, OURS, body, day(at)],
    );
    await pool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, carrier_message_id)
       VALUES ($1, $2, $3, 'twilio', $4, 'accepted', $5, $6)`,
      [id(100 + n), id(n), PERSON, OURS, day(sentAt), `SM${n}`],
    );
    await pool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, message_id, attempt_id,
                                status, status_rank, status_at)
       VALUES (gen_random_uuid(), 'twilio', $1, 'outbound', $2, $3, $4, $5, 9, $6)`,
      [`SM${n}`, PERSON, id(n), id(100 + n), status, day(sentAt)],
    );
  }
  const text = (n: number, body: string, at: string) =>
    pool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, body, status,
                                status_rank, status_at, occurred_at)
       VALUES ($1, 'twilio', $2, 'inbound', $3, $4, $5, 'received', 2, $6, $6)`,
      [id(n), `SM${n}`, PERSON, OURS, body, day(at)],
    );
  async function decision(n: number, messageNumber: number, verdict: string, rule: string, at: string) {
    await pool.query(
      `INSERT INTO decision_inputs (hash, inputs) VALUES ('h', '{"zone":"America/Los_Angeles"}') ON CONFLICT DO NOTHING`,
    );
    await pool.query(
      `INSERT INTO decision (decision_id, decided_at, message_id, phone_number, channel, verdict, rule, rules_version, inputs_hash)
       VALUES ($1, $2, $3, $4, 'sms', $5, $6, '2026-11-26', 'h')`,
      [id(n), day(at), id(messageNumber), PERSON, verdict, rule],
    );
  }
  const entries = async (): Promise<Entry[]> =>
    (await evidenceOf(pool, PERSON, produced)).links.map(({ entry }) => entry);

  it('holds what was said, sent and decided, in order, and nothing of anybody else', async () => {
    const told = (await entries()).filter(({ kind }) => kind !== 'review');
    assert.deepEqual(
      told.map(({ kind, at }) => `${at.slice(11, 19)} ${kind}`),
      [
        '09:00:00 consent',
        '10:00:00 message',
        '10:00:01 decision',
        '11:00:00 text_received',
        '11:00:00 consent',
        '11:00:01 message',
        '12:00:00 decision',
        '12:00:00 decision',
        '13:00:00 consent',
        '13:00:01 message',
      ],
    );
    assert.equal((await entries()).filter(({ kind }) => kind === 'review').length, 1);
  });

  it('has the wording shown, word for word, what was granted and what proves it', async () => {
    const [first] = await entries();
    assert.ok(first?.kind === 'consent');
    assert.equal(first.wording, WORDING);
    assert.equal(first.wordingSha256, wordingHash(WORDING));
    assert.deepEqual(first.granted, ['informational', 'marketing_in_writing']);
    assert.deepEqual([first.affirmativeAction, first.ip], ['ticked', '192.0.2.7']);
  });

  it('has every message with its final status, and every decision with its inputs', async () => {
    const found = await entries();
    const sent = found.find((entry) => entry.kind === 'message' && entry.id === id(10));
    assert.ok(sent?.kind === 'message');
    assert.deepEqual(
      sent.attempts.map(({ status, carrierMessageId }) => [status, carrierMessageId]),
      [['delivered', 'SM10']],
    );
    const decided = found.find(({ kind }) => kind === 'decision');
    assert.ok(decided?.kind === 'decision');
    assert.deepEqual([decided.rule, decided.inputs], ['allowed', { zone: 'America/Los_Angeles' }]);
  });

  it('has decisions of one instant in the order in which they were made', async () => {
    const rules = (await entries()).flatMap((entry) => (entry.kind === 'decision' ? entry.rule : []));
    assert.deepEqual(rules, ['allowed', 'quiet_hours', 'expires_first']);
  });

  it('says of a confirmation whether it came within five minutes: 4:59 is in time, 5:01 is late', async () => {
    const confirmations = (await entries()).flatMap((entry) =>
      entry.kind === 'message' && entry.intent === 'opt_out_confirmation'
        ? [[entry.afterRevocationMs, entry.late]]
        : [],
    );
    assert.deepEqual(confirmations, [
      [299_000, false],
      [301_000, true],
    ]);
  });

  it('is intact in its file, and names the entry that was altered', async () => {
    const bundle = await evidenceOf(pool, PERSON, produced);
    const file = JSON.stringify(bundle, null, 2);
    assert.deepEqual(verifyBundle(file, bundle.lastHash), { kind: 'intact' });
    const altered = verifyBundle(file.replace('Flu shots at the fair', 'Flu shots for free'), null);
    assert.ok(altered.kind === 'altered');
    assert.equal(altered.position, 2);
    const turned = verifyBundle(
      file.replace('"status": "opted_out",\n        "since"', '"status": "opted_in",\n        "since"'),
      null,
    );
    assert.deepEqual(turned.kind === 'altered' && turned.position, 0);
    assert.throws(() => verifyBundle('{"head":{}}', null));
  });

  it('is a page on which nothing of what a person wrote is HTML, or fetched, or run', async () => {
    const bundle = await evidenceOf(pool, PERSON, { ...produced, by: '<b>ann</b>' });
    const page = evidencePage(bundle);
    assert.ok(
      page.includes(
        '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39; [U+202E]right to left',
      ),
    );
    assert.ok(page.includes('&lt;b&gt;ann&lt;/b&gt;'));
    assert.doesNotMatch(page, /<script|<b>|<img|<link|\u202E|url\(|@import/i);
    assert.match(page, /default-src 'none'/);
    assert.ok(page.includes(bundle.lastHash));
    for (const { hash } of bundle.links) assert.ok(page.includes(hash));
    assert.ok(page.includes(WORDING));
    assert.match(page, /<span class="tag strong">late<\/span>/);
  });

  it('shows a call with what became of it, and key 9 in it as the opt-out that it is', async () => {
    const called = phoneNumber('+14155550103');
    await pool.query(
      `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                            state, channel)
       VALUES ($1, $2, 1, 'bulk', 'marketing', $3, 'This is Elm County Health.', $1, $1, $4, 'sent', 'voice')`,
      [id(40), called, OURS, day('15:00:00')],
    );
    await pool.query(
      `INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at, channel, carrier_message_id)
       VALUES ($1, $2, $3, 'twilio', $4, 'accepted', $5, 'voice', 'CA40')`,
      [id(140), id(40), called, OURS, day('15:00:01')],
    );
    await pool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, message_id, attempt_id,
                                status, status_rank, status_at)
       VALUES ($1, 'twilio', 'CA40', 'outbound', $2, $3, $4, 'completed', 9, $5)`,
      [id(240), called, id(40), id(140), day('15:00:20')],
    );
    await pool.query(
      `INSERT INTO call_log (log_id, outcome, answered_by, seconds, keys) VALUES ($1, 'opted_out', 'human', 9, '{9}')`,
      [id(240)],
    );
    const change = consentChange({
      changeId: id(41),
      phoneNumber: called,
      status: 'opted_out',
      method: 'voice',
      originalMessage: 'key 9',
      cause: 'twilio CA40 with +14155550199',
      rule: 'key_press',
      requestedAt: new Date(day('15:00:10')),
    });
    await inTransaction(pool, (tx) =>
      recordConsents(tx, [change], { teller: null, now: produced.now, pseudonyms: testPseudonyms }),
    );
    const bundle = await evidenceOf(pool, called, produced);
    const [call, key, ...others] = bundle.links.map(({ entry }) => entry);
    assert.deepEqual(others, []);
    assert.ok(call?.kind === 'message' && key?.kind === 'consent');
    assert.deepEqual(
      [call.channel, call.attempts.map((attempt) => attempt.call)],
      ['voice', [{ outcome: 'opted_out', answeredBy: 'human', seconds: 9, keys: ['9'] }]],
    );
    assert.deepEqual([key.method, key.originalMessage, key.channels], ['voice', 'key 9', ['sms', 'voice']]);
    const page = evidencePage(bundle);
    assert.match(page, /Call \(marketing\)<span class="tag">opted out</);
    assert.match(page, /<dt>Keys pressed<\/dt><dd>9<\/dd><dt>Lasted<\/dt><dd>9 s<\/dd>/);
    assert.match(page, /Revoked consent<span class="tag strong">on a call</);
  });

  it('about somebody of whom nothing is known says so', async () => {
    const bundle = await evidenceOf(pool, phoneNumber('+14155550190'), produced);
    assert.deepEqual(bundle.links, []);
    assert.match(evidencePage(bundle), /Nothing is on record about this number/);
    assert.deepEqual(verifyBundle(JSON.stringify(bundle), bundle.lastHash), { kind: 'intact' });
  });
});
