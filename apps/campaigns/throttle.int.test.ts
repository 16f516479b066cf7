import assert from 'node:assert/strict';
import { readCampaign } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { createPool, inTransaction, isTransientDatabaseError, type Pool } from '#shared/postgres/pool.ts';
import { PERIOD_MS, type Period } from '#shared/throttle/rule.ts';
import { throttleReason } from '#shared/throttle/who-waits.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { takeTurn } from './orchestrate.ts';
import { takeOverReports } from './take-over.ts';
import {
  callQueued,
  insertCampaign,
  insertContacts,
  insertThrottleGroup,
  MORNING,
  ofCalls,
  passTime,
  report,
  statesOf,
  testParts,
  wrongCounts,
} from './test-campaigns.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('Throttle groups of campaigns', () => {
  let database: TestDatabase;
  let admin: Pool;
  let pool: Pool;
  let clock: ManualClock;
  let people: number;
  before(async () => {
    database = await createDatabase();
    admin = database.adminPool;
    pool = createPool({ ...database.configFor('campaigns'), max: 3, pipeline: true }, () => undefined);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    clock = new ManualClock(MORNING);
    people = 0;
    await emptyTables(
      admin,
      `campaign, campaign_contact, campaign_count, campaign_delivery, campaign_step, contact, contact_list, list_member, phone, message,
       attempt, outbox, consent_standing, suppression, decision, decision_inputs, sender, sender_pool, throttle_group, throttle_state,
       throttle_use, campaign_throttle`,
    );
  });

  /** Each turn may be another task's. */
  const turns = async (of = pool): Promise<void> => {
    while ((await takeTurn(of, testParts(clock))) !== null);
  };
  const pass = (ms: number) => passTime(clock, ms, { admin, pool, sends: true, turns: () => turns() });
  const begin = async (
    contacts: number,
    groups: readonly string[],
    definition: object = {},
    type = 'sms',
  ): Promise<string> => {
    const list = await insertContacts(admin, contacts, people);
    people += contacts;
    return insertCampaign(admin, clock.now(), {
      ...{ include: [list], type },
      definition: { ...definition, throttleGroups: groups },
    });
  };
  /** When each message of these campaigns, of all where none is named, was planned, in ms from the start, in order. */
  const planned = async (...campaigns: string[]): Promise<number[]> => {
    const { rows } = await admin.query<{ created_at: Date }>(
      `SELECT created_at FROM message WHERE $1::uuid[] = '{}' OR campaign_id = ANY ($1) ORDER BY created_at`,
      [campaigns],
    );
    return rows.map(({ created_at: at }) => at.getTime() - MORNING.getTime());
  };
  const assertWithin = (at: readonly number[], most: number, per: Period): void => {
    for (const [index, each] of at.entries()) {
      const before = at.slice(0, index + 1).filter((other) => other > each - PERIOD_MS[per]).length;
      assert.ok(before <= most, `${before} of ${most} up to ${each} ms`);
    }
  };
  const campaignOf = async (campaignId: string) => {
    const campaign = await readCampaign(admin, campaignId);
    assert.ok(campaign);
    return campaign;
  };
  const tell = (campaignId: string, command: 'pause' | 'resume') =>
    inTransaction(admin, (tx) => tellCampaign(tx, campaignId, command, { now: clock.now() }));

  it('are never passed, and nobody is left behind: all get it at even distances, and the campaign says what it waits for', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 40, per: 'hour' });
    const campaignId = await begin(50, [group]);
    await pass(20 * MINUTE);
    const { length } = await planned();
    assert.ok(length >= 12 && length <= 14, String(length));
    const reason = 'Waits for throttle group Front desk: 40 an hour.';
    assert.equal((await campaignOf(campaignId)).reason, reason);
    assert.equal(await throttleReason(admin, campaignId, clock.now()), reason);
    await pass(58 * MINUTE);
    const { reason: none, status } = await campaignOf(campaignId);
    assert.deepEqual([status, none, await statesOf(admin, campaignId)], ['completed', null, { sent: 50 }]);
    const at = await planned();
    assertWithin(at, 40, 'hour');
    for (const [index, each] of at.entries()) {
      const distance = each - (at[index - 1] ?? -90_000);
      assert.ok(distance >= 75_000 && distance <= 110_000, `${distance} ms before the ${index + 1}.`);
    }
    assert.equal(await throttleReason(admin, campaignId, clock.now()), null);
  });

  it('let through what their period has left at once where they are not to come evenly', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 30, per: 'minute', evenly: false });
    await begin(70, [group]);
    const counts: number[] = [];
    for (const seconds of [2, 58, 4, 70]) {
      await pass(seconds * 1_000);
      counts.push((await planned()).length);
    }
    assert.deepEqual(counts, [30, 30, 60, 70]);
    assertWithin(await planned(), 30, 'minute');
  });

  it('are shared by texts, calls and lessons of any campaign, and each campaign keeps to all that it names', async () => {
    const desk = await insertThrottleGroup(admin, clock.now(), { most: 12, per: 'minute' });
    const lines = await insertThrottleGroup(admin, clock.now(), { most: 3, per: 'minute', name: 'Lines' });
    const texts = await begin(60, [desk]);
    const calls = await begin(20, [lines, desk], ofCalls, 'voice');
    for (let second = 0; second < 300; second += 1) {
      await turns();
      await callQueued(admin);
      await clock.advance(1_000);
    }
    assertWithin(await planned(), 12, 'minute');
    assertWithin(await planned(calls), 3, 'minute');
    const [called, texted] = [(await planned(calls)).length, (await planned(texts)).length];
    // What calls do not take of the desk, texts do.
    assert.ok(called >= 13 && texted >= 40, `${called} calls, ${texted} texts`);
    assert.match((await campaignOf(calls)).reason ?? '', /throttle group .*Lines: 3 a minute/);
  });

  it('count repetitions, and every step of a ladder', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 6, per: 'hour', evenly: false });
    const campaignId = await begin(
      4,
      [group],
      {
        ...ofCalls,
        variants: [{ ...ofCalls.variants[0], bodies: { en: 'The clinic is open.' } }],
        ladder: [{ channel: 'sms' }, { channel: 'voice', after: ['undelivered'] }],
        maxAttempts: 3,
        retryDelayMinutes: 1,
      },
      'hybrid',
    );
    await pass(2_000);
    assert.equal((await planned()).length, 4);
    await report(admin, 'undelivered', { errorCode: '30003' });
    for (let second = 0; second < 120; second += 1) {
      while ((await takeOverReports(pool, { clock, prices: testParts(clock).prices })) !== null);
      await turns();
      await callQueued(admin);
      await clock.advance(1_000);
    }
    // Two of the calls that come for the texts; the others wait for the next hour.
    assert.equal((await planned()).length, 6);
    assert.match((await campaignOf(campaignId)).reason ?? '', /throttle group/);
    await pass(HOUR);
    assert.equal((await planned()).length, 8);
  });

  it('keep nobody of a channel that has no room for another reason, whatever room another channel has', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 20, per: 'hour', evenly: false });
    const campaignId = await begin(
      6,
      [group],
      {
        ...ofCalls,
        variants: [{ ...ofCalls.variants[0], bodies: { en: 'The clinic is open.' } }],
        call: { ...ofCalls.call, concurrentCalls: 1 },
        ladder: [{ channel: 'voice' }, { channel: 'sms', after: ['no_answer'] }],
        maxAttempts: 2,
      },
      'hybrid',
    );
    const passSeconds = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second += 1) {
        await turns();
        await clock.advance(1_000);
      }
    };
    await passSeconds(5);
    // Takes what the group has left.
    const other = await begin(30, [group]);
    await passSeconds(10);
    assert.deepEqual(await statesOf(admin, other), { queued: 18, pending: 12 });
    // Nobody calls: the others wait for a line, and nobody is due for a text.
    assert.deepEqual(await statesOf(admin, campaignId), { queued: 2, pending: 4 });
    assert.equal((await campaignOf(campaignId)).reason, null);
    assert.equal(await throttleReason(admin, campaignId, clock.now()), null);
    // With a line free it is the group that keeps them.
    await callQueued(admin);
    await report(admin, 'delivered');
    while ((await takeOverReports(pool, { clock, prices: testParts(clock).prices })) !== null);
    await passSeconds(10);
    assert.equal((await campaignOf(campaignId)).reason, 'Waits for throttle group Front desk: 20 an hour.');
  });

  it('are given to all alike that have people who wait, the big and the small, and a paused one lends its share', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 60, per: 'minute' });
    const big = await begin(600, [group]);
    const small = await begin(100, [group], { messagesPerSecond: 5 });
    await pass(MINUTE);
    const [first, second] = [(await planned(big)).length, (await planned(small)).length];
    assert.ok(Math.abs(first - second) <= 2 && first + second >= 55, `${first} and ${second}`);
    await tell(small, 'pause');
    await pass(MINUTE);
    const alone = (await planned(big)).length - first;
    assert.ok(alone >= 55, String(alone));
    assert.ok((await planned(small)).length <= second + 1);
    await tell(small, 'resume');
    await pass(MINUTE);
    const [both, again] = [
      (await planned(big)).length - first - alone,
      (await planned(small)).length - second,
    ];
    assert.ok(Math.abs(both - again) <= 4, `${both} and ${again}`);
    assertWithin(await planned(), 60, 'minute');
  });

  it('are given also to the campaign that names two of them, beside others that each name one', async () => {
    const limit = { most: 20, per: 'minute', evenly: false } as const;
    const one = await insertThrottleGroup(admin, clock.now(), limit);
    const two = await insertThrottleGroup(admin, clock.now(), { ...limit, name: 'Other' });
    const [ofOne, ofTwo, ofBoth] = [
      await begin(150, [one]),
      await begin(150, [two]),
      await begin(150, [one, two]),
    ];
    await pass(5 * MINUTE);
    const [a, b, both] = [
      (await planned(ofOne)).length,
      (await planned(ofTwo)).length,
      (await planned(ofBoth)).length,
    ];
    assert.ok(both >= 30 && a + both >= 80 && b + both >= 80, `${a}, ${b}, ${both} of both`);
    assertWithin(await planned(ofOne, ofBoth), limit.most, limit.per);
    assertWithin(await planned(ofTwo, ofBoth), limit.most, limit.per);
  });

  it('are changed while campaigns are under way, within seconds', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 1, per: 'day', evenly: false });
    const campaignId = await begin(40, [group]);
    await pass(MINUTE);
    assert.equal((await planned()).length, 1);
    await admin.query(`UPDATE throttle_group SET most = 20 WHERE throttle_group_id = $1`, [group]);
    await pass(6_000);
    assert.equal((await planned()).length, 20);
    await admin.query(`UPDATE throttle_group SET most = 5, per = 'hour' WHERE throttle_group_id = $1`, [
      group,
    ]);
    await pass(MINUTE);
    assert.equal((await planned()).length, 20);
    assert.equal((await campaignOf(campaignId)).reason, 'Waits for throttle group Front desk: 5 an hour.');
  });

  it('let nothing of a campaign through that names one which is not there any more', async () => {
    const campaignId = await begin(3, ['018f0000-0000-7000-8000-00000000dead']);
    await pass(MINUTE);
    assert.deepEqual(await planned(), []);
    const { reason, status } = await campaignOf(campaignId);
    assert.deepEqual([status, reason], ['active', 'Waits for a throttle group that is not there any more.']);
  });

  it('are asked nothing by a campaign that names none', async () => {
    const campaignId = await begin(3, []);
    const gone = createPool(database.configFor('campaigns'), () => undefined);
    await gone.end();
    for (let second = 0; second < 3; second += 1) {
      while ((await takeTurn(pool, testParts(clock, { shares: gone }))) !== null);
      await clock.advance(1_000);
    }
    assert.deepEqual(await statesOf(admin, campaignId), { queued: 3 });
  });

  it('keep back nobody who is held or blocked, and give back what was not used', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 10, per: 'hour', evenly: false });
    const campaignId = await begin(40, [group]);
    await admin.query(`UPDATE consent_standing SET consents = '[]' WHERE phone_number < '+12125550035'`);
    await pass(MINUTE);
    assert.deepEqual(await statesOf(admin, campaignId), { 'blocked:no_consent': 35, sent: 5 });
    const { rows } = await admin.query('SELECT sum(used)::int AS used FROM throttle_use');
    assert.deepEqual(rows, [{ used: 5 }]);
  });

  for (const [what, errcode, states] of [
    ['takes too long', '57014', { queued: 5 }],
    ['meets a deadlock', '40P01', { queued: 5 }],
    ['cannot be processed', '22023', { 'cancelled:failed': 5 }],
  ] as const) {
    it(`lose nothing to a turn that ${what}: what it took is given back`, async () => {
      const group = await insertThrottleGroup(admin, clock.now(), { most: 5, per: 'day', evenly: false });
      const campaignId = await begin(5, [group]);
      await admin.query(
        `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${errcode}'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION refuse()`,
      );
      const refused: unknown[] = [];
      try {
        for (let second = 0; second < 3; second += 1) {
          await turns().catch((error: unknown) => refused.push(error));
          await clock.advance(1_000);
        }
      } finally {
        await admin.query('DROP FUNCTION refuse CASCADE');
      }
      assert.equal(refused.length > 0, errcode === '40P01', String(refused));
      const { rows } = await admin.query('SELECT sum(used)::int AS used FROM throttle_use');
      assert.deepEqual(rows, [{ used: 0 }]);
      await clock.advance(30_000);
      await turns();
      assert.deepEqual(await statesOf(admin, campaignId), states);
    });
  }

  /** A clock by which so many ms pass between the beginning of a turn and whatever comes `after` so many looks at it. */
  const slow = (what: 'now' | 'monotonic', after: number, ms: number) => {
    let looks = 0;
    const read = <T>(at: (passed: number) => T): T => {
      looks += 1;
      return at(looks > after ? ms : 0);
    };
    return Object.assign(Object.create(clock) as ManualClock, {
      now: () => (what === 'now' ? read((passed) => new Date(clock.now().getTime() + passed)) : clock.now()),
      monotonic: () =>
        what === 'monotonic' ? read((passed) => clock.monotonic() + passed) : clock.monotonic(),
      machineTime: () => clock.machineTime(),
      newId: () => clock.newId(),
      random: () => clock.random(),
    });
  };

  it('count from when a share was taken, however long its turn lasted before', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 30, per: 'minute', evenly: false });
    await begin(30, [group]);
    await turns();
    await clock.advance(1_000);
    await takeTurn(pool, { ...testParts(clock), clock: slow('now', 1, 4_000) });
    assert.equal((await planned()).length, 30);
    const { rows } = await admin.query('SELECT until FROM throttle_use');
    assert.deepEqual(rows, [{ until: new Date(MORNING.getTime() + 6_000) }]);
  });

  it('have nothing planned with a share that is old by then, and get it back', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 30, per: 'minute', evenly: false });
    const campaignId = await begin(30, [group]);
    await turns();
    await clock.advance(1_000);
    const failed: unknown[] = [];
    const parts = testParts(clock, { failed: (_, error) => failed.push(error) });
    const turn = await takeTurn(pool, { ...parts, clock: slow('monotonic', 2, 11_000) });
    assert.equal(turn?.dispatched, null);
    assert.match(String(failed[0]), /took more than 10 s/);
    assert.deepEqual(await planned(), []);
    const { rows } = await admin.query('SELECT used FROM throttle_use');
    assert.deepEqual(rows, [{ used: 0 }]);
    await pass(MINUTE);
    assert.deepEqual(await statesOf(admin, campaignId), { sent: 30 });
  });

  it('are gone by with smaller batches where a share is too old each time, and with larger ones again when it is quick', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), {
      most: 1_000,
      per: 'minute',
      evenly: false,
    });
    const campaignId = await begin(60, [group]);
    await turns();
    await clock.advance(1_000);
    /** A turn that takes so long after it has taken its share, and what can be seen of it. */
    const turnOf = async (ms: number): Promise<unknown[]> => {
      const parts = { ...testParts(clock), batchSize: 60, clock: slow('monotonic', 2, ms) };
      const turn = await takeTurn(pool, parts);
      const { batchMost, reason } = await campaignOf(campaignId);
      await clock.advance(30_000);
      return [turn?.dispatched?.queued ?? 0, turn?.isNews, batchMost, reason];
    };
    const undone =
      'Its database is slow: what was planned last took too long and was undone. It is tried again with half as many people at a time.';
    const slowed = (most: number): string =>
      `Its database is slow: no more than ${most} people are planned at a time.`;
    assert.deepEqual(await turnOf(11_000), [0, true, 30, undone]);
    assert.deepEqual(await turnOf(11_000), [0, true, 15, undone]);
    assert.deepEqual(await turnOf(5_000), [15, true, 15, slowed(15)]);
    assert.deepEqual(await turnOf(1_000), [15, true, 30, slowed(30)]);
    assert.deepEqual(await turnOf(1_000), [30, true, null, null]);
  });

  it('do not stop a campaign for one message that never goes, and say so where many do not', async () => {
    const group = await insertThrottleGroup(admin, clock.now(), { most: 40, per: 'hour' });
    const campaignId = await begin(50, [group]);
    await turns();
    await admin.query(`UPDATE message SET state = 'ambiguous'`);
    await pass(10 * MINUTE);
    const { length } = await planned();
    assert.ok(length >= 6, String(length));
    // Nobody sends for an hour.
    for (let minute = 0; minute < 60; minute += 1) {
      await turns();
      await clock.advance(MINUTE);
    }
    const { rows } = await admin.query(`SELECT count(*)::int AS n FROM message WHERE state = 'queued'`);
    assert.deepEqual(rows, [{ n: 20 }]);
    assert.equal(
      (await campaignOf(campaignId)).reason,
      '20 messages of it have been queued for long and do not go: its throttle groups let no more be queued ahead.',
    );
    // Once they are at the carrier, whatever becomes of them there.
    await admin.query(`UPDATE message SET state = 'ambiguous' WHERE state = 'queued'`);
    await pass(4 * MINUTE);
    assert.equal((await campaignOf(campaignId)).reason, 'Waits for throttle group Front desk: 40 an hour.');
  });

  it('are not passed by two tasks at once, nor by any that is killed in the middle, and nothing is lost or goes twice', async () => {
    const most = 25;
    const group = await insertThrottleGroup(admin, clock.now(), { most, per: 'minute', evenly: false });
    const other = await insertThrottleGroup(admin, clock.now(), { most: 20, per: 'minute', name: 'Other' });
    const campaigns = [
      await begin(60, [group]),
      await begin(40, [other, group]),
      await begin(30, [group, other]),
      await begin(20, [group], ofCalls, 'voice'),
    ];
    const connected = (applicationName: string, more: { max: number; pipeline: boolean }): Pool =>
      createPool({ ...database.configFor('campaigns'), applicationName, ...more }, () => undefined);
    const tasks = ['one', 'two'].map((name) => ({
      plans: connected(`plans ${name}`, { max: 1, pipeline: true }),
      shares: connected(`shares ${name}`, { max: 2, pipeline: false }),
    }));
    let [acquired, died] = [0, 0];
    const kills: Promise<unknown>[] = [];
    /** In the middle of a turn: whoever plans has begun, and takes its share, or gives some of it back. */
    const kill = (applicationName: string): unknown =>
      kills.push(
        admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = $1 AND datname = current_database() AND state <> 'idle'`,
          [applicationName],
        ),
      );
    for (const [index, { shares }] of tasks.entries()) {
      const name = index === 0 ? 'one' : 'two';
      shares.on('acquire', () => {
        acquired += 1;
        if (acquired % 5 === 0 && kills.length < 40)
          kill(`${acquired % 3 === 0 ? 'shares' : 'plans'} ${name}`);
      });
    }
    try {
      for (let second = 0; second < 600; second += 1) {
        const working = tasks.map(async ({ plans, shares }) => {
          for (;;) {
            try {
              if ((await takeTurn(plans, testParts(clock, { shares }))) === null) return;
            } catch (error) {
              assert.ok(isTransientDatabaseError(error) || /terminat/.test(String(error)), String(error));
              died += 1;
            }
          }
        });
        await Promise.all(working);
        await Promise.all(kills);
        await callQueued(admin);
        await clock.advance(1_000);
        const open = await admin.query(`SELECT FROM campaign WHERE status <> 'completed' AND type = 'sms'`);
        if (open.rowCount === 0) break;
      }
    } finally {
      for (const { plans, shares } of tasks) {
        await plans.end();
        await shares.end();
      }
    }
    assertWithin(await planned(), most, 'minute');
    assertWithin(await planned(campaigns[1] ?? '', campaigns[2] ?? ''), 20, 'minute');
    assert.ok(died > 0, `none of ${kills.length} ended a turn`);
    for (const [index, contacts] of [60, 40, 30, 20].entries()) {
      assert.deepEqual(await statesOf(admin, campaigns[index] ?? ''), { sent: contacts });
    }
    const { rows } = await admin.query('SELECT phone_number FROM message GROUP BY 1 HAVING count(*) > 1');
    assert.deepEqual(rows, []);
    assert.deepEqual(await wrongCounts(admin), []);
  });
});
