import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyWindow, isInside, there } from '#shared/campaigns/test-windows.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  testParts,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { SenderBench } from '../apps/sender/test-bench.ts';
import { throttled } from '../apps/sender/test-carrier.ts';
import { eventually } from './eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { emptyTables } from './stack/empty-tables.ts';

/**
 * Whatever the windows of a campaign, wherever people are and whenever what happens: a request to the carrier begins only
 * when the clock on their wall is inside one of the windows and inside the hours of the law. The orchestrator's and the
 * sender's own code, on a real database.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of contacts with a New York number: the law goes by both. */
const ZONES = ['America/New_York', 'America/Chicago', 'America/Los_Angeles', 'Pacific/Honolulu'];
const PEOPLE = 2 * ZONES.length;

type Step =
  | { do: 'plan' }
  | { do: 'hand over' }
  | { do: 'wait'; minutes: number }
  | { do: 'until due' }
  /** What is due is planned, and comes to the sender so much later. */
  | { do: 'plan ahead'; minutes: number };
/** Around the minute before an end, and hours later. */
const minutes = fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 900 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: 'plan' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'hand over' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'until due' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('plan ahead' as const), minutes }) },
);

describe('People', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());

  const zoneOf = (phone: string): string => ZONES[Number(phone.slice(-4)) % ZONES.length] ?? '';

  it('hear of a campaign only in its windows and in the hours of the law, by the clock on their wall, and once', async () => {
    let requests = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 24 * 60 }),
        fc.array(step, { minLength: 4, maxLength: 14 }),
        fc.array(fc.boolean(), { maxLength: 4 }),
        async (windows, minute, script, refuses) => {
          const pool = bench.database.adminPool;
          await bench.reset();
          await emptyTables(
            pool,
            'campaign, campaign_contact, campaign_count, contact, contact_list, list_member',
          );
          bench.goTo(MORNING.getTime() + minute * MINUTE_MS);
          const wrong: string[] = [];
          bench.carrier.behave = ({ to }) => {
            requests += 1;
            const local = there(zoneOf(to), bench.clock.now().getTime());
            if (
              !windows.some((window) => isInside(local, window)) ||
              local.time < '08:00' ||
              local.time >= '21:00'
            )
              wrong.push(`${to} at ${local.time} of day ${local.day}`);
            return refuses.pop() ? throttled : undefined;
          };
          const parts = testParts(new ManualClock(MORNING), {
            clock: bench.clock,
            batchSize: 3,
            messagesPerSecond: 1_000,
          });
          const include = [await insertContacts(pool, PEOPLE)];
          for (const [n, zone] of ZONES.entries()) {
            await pool.query(
              'UPDATE contact SET time_zone = $1 WHERE right(phone_number, 4)::int % $2 = $3',
              [zone, ZONES.length, n],
            );
          }
          await insertCampaign(pool, bench.clock.now(), { include, definition: { windows } });
          const plan = async (): Promise<void> => {
            for (let turns = 0; turns < 30; turns += 1) {
              if ((await takeTurn(pool, parts)) === null) return;
            }
          };
          /** What was handed over is with the sender until it has sent, or put off, all of it; then time may jump. */
          const send = async (): Promise<void> => {
            await bench.handOver();
            const sender = bench.start({ visibilitySeconds: 0.3 });
            await eventually(async () => {
              const { rows } = await pool.query(
                `SELECT FROM message WHERE state IN ('queued', 'posting', 'ambiguous')`,
              );
              assert.equal(rows.length, 0);
            });
            await sender.stop(3_000);
          };
          const untilDue = async (): Promise<void> => {
            const ms = ((await nextDue(pool))?.getTime() ?? 0) - bench.clock.now().getTime();
            if (ms > 0) bench.skip(Math.min(ms, 200 * HOUR_MS));
          };
          for (const each of script) {
            if (each.do === 'plan') await plan();
            else if (each.do === 'hand over') await send();
            else if (each.do === 'wait') bench.skip(each.minutes * MINUTE_MS);
            else if (each.do === 'until due') await untilDue();
            else {
              await untilDue();
              await plan();
              bench.skip(each.minutes * MINUTE_MS);
              await send();
            }
          }
          await plan();
          await send();
          assert.deepEqual(wrong, []);
          const heard = bench.carrier.messages.map(({ to }) => to);
          assert.equal(new Set(heard).size, heard.length);
          assert.deepEqual(await wrongCounts(pool), []);
          assert.deepEqual(bench.failures, []);
        },
      ),
      { numRuns: 25 },
    );
    assert.ok(requests > PEOPLE, `only ${requests} requests were made`);
  }).timeout(300_000);
});
