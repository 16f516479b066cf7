import assert from 'node:assert/strict';
import { CAP_MARGIN_MS } from '#shared/compliance/case.ts';
import { HOUR_MS, MINUTE_MS } from '#shared/compliance/instant.ts';
import { type KeptDecision, readDecisions } from '#shared/decisions/read.ts';
import { silentLogger } from '#shared/logger.ts';
import { eventually } from '#test/eventually.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { NOON, SenderBench } from './test-bench.ts';
import { notSent, refusedWith } from './test-carrier.ts';

/** Area code 415: Pacific Time. Business time stands at Wednesday noon there. */
const PHONE = '+14155550101';
/** Area code 850: Florida, Eastern and Central Time, at most three marketing touches in 24 hours. */
const FLORIDA = '+18505550101';

describe('The gate in the claim of the sender', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());
  beforeEach(() => bench.reset());
  afterEach(async () => {
    await bench.stopAll();
    assert.deepEqual(bench.failures, []);
  });

  const isInState = (states: Record<string, string>, phone = PHONE) =>
    eventually(async () => assert.deepEqual(await bench.states(phone), states));
  const bodies = (phone = PHONE) => bench.carrier.bodiesTo(phone);
  const decisions = async (phone = PHONE): Promise<KeptDecision[]> =>
    readDecisions(bench.database.adminPool, { phoneNumber: phone }, { after: null, limit: 100 });
  /** A message is decided again when its request did not begin in time: what is said twice of one counts once. */
  const said = async (phone = PHONE): Promise<string[]> => [
    ...new Map(
      (await decisions(phone)).map(({ messageId, verdict, rule }) => [
        `${messageId} ${verdict} ${rule}`,
        `${verdict} ${rule}`,
      ]),
    ).values(),
  ];

  describe('of somebody who was erased', () => {
    const erasedStop = (version = 1) =>
      bench.database.adminPool.query(
        `WITH used AS (INSERT INTO erasure_key (key_version, proof) VALUES ($2, 'p'))
         INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
         VALUES ($1, gen_random_uuid(), 'user_opt_out', 'erased', now())`,
        [testPseudonyms.of(PHONE), version],
      );

    it('blocks everything that they stopped, by the hash of their number', async () => {
      await erasedStop();
      await bench.plan(PHONE, [
        { body: 'answer' },
        { body: 'planned', lane: 'bulk', intent: 'transactional' },
      ]);
      bench.start();
      await isInState({ answer: 'blocked', planned: 'blocked' });
      assert.deepEqual(await said(), ['block suppressed', 'block suppressed']);
      assert.deepEqual(bodies(), []);
    });

    it('lets nothing go where it does not have the key that somebody was erased under', async () => {
      await erasedStop(2);
      await bench.plan('+14155550102', [{ body: 'answer' }]);
      bench.start();
      await isInState({ answer: 'held' }, '+14155550102');
      assert.deepEqual(await said('+14155550102'), ['hold suppression_unknown']);
    });
  });

  describe('holds what is planned outside the hours of the person', () => {
    it('until they begin, and sends it then by itself', async () => {
      bench.goTo(NOON + 9 * HOUR_MS);
      await bench.plan(PHONE, [{ body: 'planned', lane: 'bulk', intent: 'transactional' }]);
      bench.start();
      await isInState({ planned: 'held' });
      const { rows } = await bench.database.adminPool.query(
        'SELECT rule, due_at, rules_version FROM message',
      );
      const morning = new Date('2026-03-05T16:00:00.000Z');
      assert.deepEqual(rows[0]?.due_at, morning);
      assert.equal(rows[0]?.rule, 'quiet_hours');
      bench.goTo(morning.getTime() - 2_000);
      await isInState({ planned: 'sent' });
      assert.ok((bench.carrier.messages[0]?.createdAt ?? 0) !== 0);
      assert.ok(bench.clock.now() >= morning);
      assert.deepEqual(await said(), ['hold quiet_hours', 'send allowed']);
    });

    it('also when the process dies meanwhile', async () => {
      bench.goTo(NOON + 9 * HOUR_MS);
      await bench.plan(PHONE, [{ body: 'planned', lane: 'bulk', intent: 'transactional' }]);
      bench.start().kill();
      const next = bench.start();
      await isInState({ planned: 'held' });
      next.kill();
      bench.start();
      bench.goTo(NOON + 21 * HOUR_MS);
      await isInState({ planned: 'sent' });
      assert.deepEqual(bodies(), ['planned']);
    });

    it('and answers people who write at night', async () => {
      bench.goTo(NOON + 14 * HOUR_MS);
      await bench.plan(PHONE, [{ body: 'planned', lane: 'bulk', intent: 'transactional' }]);
      await bench.plan(PHONE, [{ body: 'answer' }]);
      bench.start();
      await isInState({ planned: 'held', answer: 'sent' });
    });

    it('and an answer that is no longer one, because its text came more than 15 minutes ago', async () => {
      bench.goTo(NOON + 14 * HOUR_MS);
      const causedAt = new Date(bench.clock.now().getTime() - 15 * MINUTE_MS);
      await bench.plan(PHONE, [{ body: 'late', causedAt }]);
      bench.start();
      await isInState({ late: 'held' });
    });

    it('where every zone of the area code counts, unless the phone has one of its own', async () => {
      // Half past seven in the evening in Pensacola, half past eight in Tallahassee.
      bench.goTo(Date.parse('2026-03-05T01:30:00.000Z'));
      await bench.plan(FLORIDA, [{ body: 'somewhere', lane: 'bulk', intent: 'transactional' }]);
      await bench.plan('+18505550102', [{ body: 'in Pensacola', lane: 'bulk', intent: 'transactional' }]);
      await bench.database.adminPool.query(
        `UPDATE phone SET time_zone = 'America/Chicago' WHERE phone_number = '+18505550102'`,
      );
      bench.start();
      await isInState({ somewhere: 'held' }, FLORIDA);
      await isInState({ 'in Pensacola': 'sent' }, '+18505550102');
    });
  });

  it('tells the carrier how long it may keep a message: never past the end of the hours', async () => {
    // 19:30 in San Francisco; the hours end at 20:00, a minute early.
    bench.goTo(NOON + 7.5 * HOUR_MS);
    await bench.plan(PHONE, [{ body: 'planned', lane: 'bulk', intent: 'transactional' }]);
    await bench.plan('+14155550102', [
      {
        body: 'worth it for ten minutes',
        lane: 'bulk',
        intent: 'transactional',
        notAfter: new Date(NOON + 7.5 * HOUR_MS + 10 * MINUTE_MS),
      },
    ]);
    bench.start();
    await isInState({ planned: 'sent' });
    await isInState({ 'worth it for ten minutes': 'sent' }, '+14155550102');
    const valid = (body: string) =>
      bench.carrier.requests.find((request) => request.body === body)?.validForSeconds ?? 0;
    assert.ok(valid('planned') <= 29 * 60 && valid('planned') > 28 * 60);
    assert.ok(valid('worth it for ten minutes') <= 600 && valid('worth it for ten minutes') > 540);
  });

  it('blocks what is worth nothing any more, what nobody consented to, and goes on with what is behind', async () => {
    const past = new Date(NOON - MINUTE_MS);
    await bench.plan(PHONE, [
      ...Array.from({ length: 12 }, (_, i) => ({
        body: `expired ${i}`,
        lane: 'bulk' as const,
        intent: 'transactional' as const,
        notAfter: past,
      })),
      { body: 'good', lane: 'bulk', intent: 'transactional' },
    ]);
    await bench.consent('+14155550103', ['informational']);
    await bench.plan('+14155550103', [
      { body: 'advertising', lane: 'bulk', intent: 'marketing' },
      { body: 'information', lane: 'bulk', intent: 'transactional' },
    ]);
    bench.start();
    await eventually(async () => assert.deepEqual(bodies(), ['good']));
    await isInState({ advertising: 'blocked', information: 'sent' }, '+14155550103');
    // One claim decided both, at one instant: there is no order between them.
    assert.deepEqual((await said('+14155550103')).sort(), ['block no_written_consent', 'send allowed']);
    assert.deepEqual((await said()).filter((each) => each === 'block expired').length, 12);
  });

  it('blocks by topic what was refused by topic', async () => {
    await bench.plan(PHONE, [
      { body: 'news', lane: 'bulk', intent: 'transactional', topic: 'news' },
      { body: 'lessons', lane: 'bulk', intent: 'transactional', topic: 'lessons' },
    ]);
    await bench.database.adminPool.query(
      `INSERT INTO suppression (phone_number, scope, change_id, source, reason, added_at)
       VALUES ($1, 'news', gen_random_uuid(), 'user_opt_out', 'STOP NEWS', now())`,
      [PHONE],
    );
    bench.start({ gate: { ...bench.gate, revocationScope: 'topic' } });
    await isInState({ news: 'blocked', lessons: 'sent' });
    assert.deepEqual((await said()).sort(), ['block suppressed', 'send allowed']);
  });

  describe('counts marketing towards the caps of a state', () => {
    const four = [1, 2, 3, 4].map((n) => ({
      body: `ad ${n}`,
      lane: 'bulk' as const,
      intent: 'marketing' as const,
    }));

    it('and holds what is too much until the first has left the last 24 hours', async () => {
      await bench.plan(FLORIDA, four);
      bench.start();
      await isInState({ 'ad 1': 'sent', 'ad 2': 'sent', 'ad 3': 'sent', 'ad 4': 'held' }, FLORIDA);
      const { rows } = await bench.database.adminPool.query<{ due_at: Date; first: Date; rule: string }>(
        `SELECT due_at, rule, (SELECT min(touched_at) FROM attempt) AS first FROM message WHERE state = 'held'`,
      );
      const [held] = rows;
      assert.equal(held?.rule, 'frequency_cap');
      const waits = (held?.due_at.getTime() ?? 0) - (held?.first.getTime() ?? 0);
      assert.ok(waits >= 24 * HOUR_MS && waits <= 24 * HOUR_MS + CAP_MARGIN_MS + 1_000, String(waits));
      bench.goTo((held?.due_at.getTime() ?? 0) + 1);
      await isInState({ 'ad 1': 'sent', 'ad 2': 'sent', 'ad 3': 'sent', 'ad 4': 'sent' }, FLORIDA);
    });

    it('but not what the carrier did not take', async () => {
      let left = 2;
      bench.carrier.behave = () => {
        left -= 1;
        return left === 1 ? notSent : left === 0 ? refusedWith('30007') : undefined;
      };
      await bench.plan(FLORIDA, four);
      bench.start();
      await isInState({ 'ad 1': 'failed', 'ad 2': 'sent', 'ad 3': 'sent', 'ad 4': 'sent' }, FLORIDA);
    });

    it('nor what answers or informs them', async () => {
      await bench.plan(FLORIDA, four.slice(1));
      await bench.plan(FLORIDA, [
        { body: 'answer' },
        { body: 'info', lane: 'bulk', intent: 'transactional' },
      ]);
      bench.start();
      await isInState(
        { 'ad 2': 'sent', 'ad 3': 'sent', 'ad 4': 'sent', answer: 'sent', info: 'sent' },
        FLORIDA,
      );
    });
  });

  describe('lets one confirmation of an opt-out go', () => {
    const confirmation = { intent: 'opt_out_confirmation' as const };

    it('within five minutes, and blocks one that is late', async () => {
      const minutesAgo = (minutes: number) => new Date(NOON - minutes * MINUTE_MS);
      await bench.suppress(PHONE);
      await bench.suppress('+14155550102');
      await bench.plan(PHONE, [{ ...confirmation, body: 'in time', causedAt: minutesAgo(4) }]);
      await bench.plan('+14155550102', [{ ...confirmation, body: 'late', causedAt: minutesAgo(5.1) }]);
      bench.start();
      await isInState({ 'in time': 'sent' });
      await isInState({ late: 'blocked' }, '+14155550102');
      assert.deepEqual(await said('+14155550102'), ['block confirmation_late']);
    });

    it('and one whose opt-out seems to lie ahead as soon as it no longer does', async () => {
      await bench.suppress(PHONE);
      await bench.plan(PHONE, [{ ...confirmation, body: 'ahead', causedAt: new Date(NOON + 3 * MINUTE_MS) }]);
      bench.start();
      await isInState({ ahead: 'held' });
      assert.deepEqual(await said(PHONE), ['hold cause_ahead']);
      bench.goTo(NOON + 2 * MINUTE_MS);
      await isInState({ ahead: 'sent' });
    });

    it('and no second one of the same text', async () => {
      await bench.suppress(PHONE);
      await bench.plan(PHONE, [
        { ...confirmation, body: 'first' },
        { ...confirmation, body: 'second' },
      ]);
      bench.start();
      await isInState({ first: 'sent', second: 'blocked' });
      assert.deepEqual(await said(), ['send allowed', 'block answered_already']);
    });
  });

  it('keeps a decision for every touch, with what it was made from', async () => {
    const campaignId = '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11';
    await bench.database.adminPool.query(
      `INSERT INTO campaign (campaign_id, name, type, intent, definition, status, created_by, created_at, updated_at)
       VALUES ($1, 'A campaign', 'sms', 'transactional', $2, 'active', 'test', now(), now())`,
      [campaignId, { windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }] }],
    );
    const [id] = await bench.plan(PHONE, [
      { body: 'planned', lane: 'bulk', intent: 'transactional', campaignId },
    ]);
    bench.start();
    await isInState({ planned: 'sent' });
    const [decision, ...others] = await readDecisions(
      bench.database.adminPool,
      { campaignId },
      { after: null, limit: 10 },
    );
    assert.deepEqual(others, []);
    assert.equal(decision?.messageId, id);
    assert.deepEqual(decision?.until, new Date('2026-03-05T03:59:00.000Z'));
    const inputs = JSON.parse(JSON.stringify(decision?.inputs));
    assert.deepEqual(inputs.location.zones, ['America/Los_Angeles']);
    assert.equal(inputs.consent, 'opted_in');
  });

  it('sends nothing to a person of whom it cannot be read what is known, and loses nothing', async () => {
    const admin = bench.database.adminPool;
    await bench.plan(PHONE, [{ body: 'planned', lane: 'bulk', intent: 'transactional' }]);
    await admin.query('ALTER TABLE consent_standing RENAME TO consent_standing_away');
    try {
      const failed: string[] = [];
      const logger = { ...silentLogger, warn: (_: object, message: string) => failed.push(message) };
      bench.start({ logger });
      await eventually(async () => assert.match(failed.join(), /consent_standing/));
      assert.deepEqual(bench.carrier.requests, []);
      assert.deepEqual(await bench.states(PHONE), { planned: 'queued' });
    } finally {
      await admin.query('ALTER TABLE consent_standing_away RENAME TO consent_standing');
    }
    await isInState({ planned: 'sent' });
  });
});
