import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyWindow, isInside, there } from '#shared/campaigns/test-windows.ts';
import { lawful } from '#shared/compliance/hours/test-oracle.ts';
import { runs } from '#test/properties/runs.ts';
import { CallerBench } from '../apps/caller/test-bench.ts';
import { throttled as callThrottled } from '../apps/caller/test-voice-carrier.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  ofCalls,
  testParts,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { SenderBench } from '../apps/sender/test-bench.ts';
import { throttled } from '../apps/sender/test-carrier.ts';
import { eventually } from './eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { emptyTables } from './stack/empty-tables.ts';

/**
 * Whatever the windows of a campaign, its channel and intent, wherever people are and whenever what happens, across both changes of
 * clocks: a request to the carrier begins only when the clock on their wall is inside one of the windows, inside the organisation's
 * hours and inside those of the law, in every zone in which they may be and by every state's rule. The orchestrator's, the
 * sender's and the caller's own code, on a real database.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Person {
  area: string;
  /** As the contact has them. */
  zone: string | null;
  state: string | null;
  /** Where they may be, as somebody reads off a map. */
  zones: readonly string[];
  states: readonly string[];
}
const east = 'America/New_York';
const PEOPLE: readonly Person[] = [
  { area: '212', zone: east, state: null, zones: [east], states: ['NY'] },
  { area: '212', zone: 'Pacific/Honolulu', state: null, zones: ['Pacific/Honolulu'], states: ['NY'] },
  { area: '214', zone: null, state: null, zones: ['America/Chicago'], states: ['TX'] },
  { area: '401', zone: null, state: null, zones: [east], states: ['RI'] },
  { area: '205', zone: 'America/Los_Angeles', state: null, zones: ['America/Los_Angeles'], states: ['AL'] },
  {
    area: '907',
    zone: null,
    state: null,
    zones: ['America/Adak', 'America/Anchorage', 'America/Juneau', 'Pacific/Honolulu'],
    states: ['AK'],
  },
  // No summer time there.
  { area: '602', zone: null, state: null, zones: ['America/Phoenix'], states: ['AZ'] },
  { area: '207', zone: null, state: null, zones: [east], states: ['ME'] },
  // Of Utah by what the contact says, of Missouri by the number: both count.
  { area: '314', zone: null, state: 'UT', zones: ['America/Denver'], states: ['MO', 'UT'] },
  { area: '850', zone: null, state: null, zones: ['America/Chicago', east], states: ['FL'] },
];
const phoneOf = (n: number): string => `+1${PEOPLE[n]?.area}5550${100 + n}`;
const personOf = (phone: string): Person => {
  const person = PEOPLE[Number(phone.slice(-2))];
  if (person === undefined) throw new Error(`nobody has ${phone}`);
  return person;
};
/** What the organisation allows where nothing else is set, in minutes of the day. */
const USUAL = { from: 8 * 60, to: 20 * 60 };

/** Days before both changes of clocks, and any day of two years. */
const anyBeginning = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('2026-03-06', '2026-10-30', '2027-03-12', '2027-11-05').map((day) => Date.parse(day)),
      fc.integer({ min: 2, max: 700 }).map((day) => Date.parse('2026-01-01') + day * 24 * HOUR_MS),
    ),
    fc.integer({ min: 0, max: 48 * 60 }),
  )
  .map(([day, minute]) => day + minute * MINUTE_MS);

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

/** What asks the carrier, and what it asked for. */
interface Channel {
  type: 'sms' | 'voice';
  queue: 'sms-bulk.fifo' | 'voice.fifo';
  bench: SenderBench | CallerBench;
  start(): { stop(deadlineMs: number): Promise<void> };
  /** `refuses`: whether this request is put off by the carrier. */
  behave(refuses: (to: string) => boolean): void;
  reached(): string[];
}

describe('People', () => {
  let texts: SenderBench;
  let calls: CallerBench;
  before(async () => {
    texts = await SenderBench.create();
    calls = await CallerBench.create();
  });
  after(async () => {
    await texts.close();
    await calls.close();
  });

  const ofTexts = (): Channel => ({
    type: 'sms',
    queue: 'sms-bulk.fifo',
    bench: texts,
    start: () => texts.start({ visibilitySeconds: 0.3 }),
    behave: (refuses) => {
      texts.carrier.behave = ({ to }) => (refuses(to) ? throttled : undefined);
    },
    reached: () => texts.carrier.messages.map(({ to }) => to),
  });
  const ofCallers = (): Channel => ({
    type: 'voice',
    queue: 'voice.fifo',
    bench: calls,
    start: () => calls.start(),
    behave: (refuses) => {
      calls.carrier.behave = ({ to }) => (refuses(to) ? callThrottled : undefined);
    },
    reached: () => calls.carrier.phones,
  });

  for (const [what, channelOf, usual] of [
    ['are texted', ofTexts, 30],
    ['are called', ofCallers, 20],
  ] as const) {
    it(`${what} by a campaign only in its windows and in lawful hours, by the clock on their wall, and once`, async () => {
      const reached = new Set<string>();
      let requests = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
          anyBeginning,
          fc.constantFrom('transactional' as const, 'marketing' as const),
          fc.array(step, { minLength: 4, maxLength: 14 }),
          fc.array(fc.boolean(), { maxLength: 4 }),
          async (windows, beginning, intent, script, refuses) => {
            const channel = channelOf();
            const { bench } = channel;
            const pool = bench.database.adminPool;
            await bench.reset();
            await emptyTables(
              pool,
              'campaign, campaign_contact, campaign_count, contact, contact_list, list_member',
            );
            bench.goTo(beginning);
            const wrong: string[] = [];
            channel.behave((to) => {
              requests += 1;
              reached.add(to);
              const { states, zones } = personOf(to);
              const at = bench.clock.now().getTime();
              const place = { zones, states, voice: channel.type === 'voice', window: USUAL };
              const isOpen = zones.every((zone) =>
                windows.some((window) => isInside(there(zone, at), window)),
              );
              if (!isOpen || !lawful(at, place)) wrong.push(`${to} at ${new Date(at).toISOString()}`);
              return refuses.pop() ?? false;
            });
            const parts = testParts(new ManualClock(MORNING), {
              clock: bench.clock,
              batchSize: 3,
              messagesPerSecond: 1_000,
            });
            const granted = ['informational', 'marketing_in_writing', 'artificial_voice'];
            const include = [await insertContacts(pool, PEOPLE.length, 0, granted)];
            for (const [n, { state, zone }] of PEOPLE.entries()) {
              const made = `+1212555${String(n).padStart(4, '0')}`;
              await pool.query(
                'UPDATE contact SET phone_number = $2, time_zone = $3, state = $4 WHERE phone_number = $1',
                [made, phoneOf(n), zone, state],
              );
              await pool.query('UPDATE consent_standing SET phone_number = $2 WHERE phone_number = $1', [
                made,
                phoneOf(n),
              ]);
            }
            const definition = { ...(channel.type === 'voice' ? ofCalls : {}), windows };
            const campaignId = await insertCampaign(pool, bench.clock.now(), {
              include,
              definition,
              type: channel.type,
            });
            await pool.query('UPDATE campaign SET intent = $2 WHERE campaign_id = $1', [campaignId, intent]);
            const plan = async (): Promise<void> => {
              for (let turns = 0; turns < 30; turns += 1) {
                if ((await takeTurn(pool, parts)) === null) return;
              }
            };
            const handOver = async (): Promise<void> => {
              const { rows } = await pool.query<{
                ordering_key: string;
                deduplication_id: string;
                body: string;
              }>(
                `DELETE FROM outbox WHERE producer = 'campaigns' RETURNING ordering_key, deduplication_id, body`,
              );
              for (const { body, deduplication_id: deduplicationId, ordering_key: groupId } of rows)
                await bench.standIn(channel.queue).send([{ groupId, deduplicationId, body }]);
            };
            /** What was handed over is with the service until it has sent, or put off, all of it; then time may jump. */
            const send = async (): Promise<void> => {
              await handOver();
              const service = channel.start();
              await eventually(async () => {
                const { rows } = await pool.query(
                  `SELECT FROM message WHERE state IN ('queued', 'posting', 'ambiguous')`,
                );
                assert.equal(rows.length, 0);
              });
              await service.stop(3_000);
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
            const heard = channel.reached();
            assert.equal(new Set(heard).size, heard.length);
            assert.deepEqual(await wrongCounts(pool), []);
            assert.deepEqual(bench.failures, []);
          },
        ),
        { numRuns: runs(usual), includeErrorInReport: true },
      );
      assert.ok(requests >= runs(usual), `only ${requests} requests were made in ${runs(usual)} runs`);
      assert.ok(reached.size >= PEOPLE.length / 2, `only ${[...reached].join()} were reached`);
    }).timeout(300_000);
  }
});
