import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CampaignCommand } from '#shared/campaigns/lifecycle.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { runs } from '#test/properties/runs.ts';
import { nextDue, takeTurn } from '../apps/campaigns/orchestrate.ts';
import {
  insertCampaign,
  insertContacts,
  MORNING,
  testParts,
  wrongCounts,
} from '../apps/campaigns/test-campaigns.ts';
import { SenderBench } from '../apps/sender/test-bench.ts';
import { lostAnswer, lostRequest, throttled } from '../apps/sender/test-carrier.ts';
import { eventually } from './eventually.ts';
import { ManualClock } from './manual-clock.ts';
import { emptyTables } from './stack/empty-tables.ts';

/**
 * Nobody who is suppressed gets a message of a campaign, whenever they stop: before it starts, while its audience is
 * loaded, after they were planned, while their message is at the sender, or after the carrier did not answer. The
 * orchestrator's and the sender's own code, on a real database.
 */

const PEOPLE = 8;
type Step =
  | { do: 'stop'; who: number }
  | { do: 'turns'; most: number }
  | { do: 'hand over' }
  | { do: 'tell'; command: CampaignCommand }
  | { do: 'kill' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('stop' as const), who: fc.nat(PEOPLE - 1) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('turns' as const), most: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ do: 'hand over' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('tell' as const),
      command: fc.constantFrom<CampaignCommand>('pause', 'resume'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
);
const answers = fc.array(fc.constantFrom(undefined, undefined, throttled, lostAnswer, lostRequest), {
  maxLength: 6,
});

describe('Whoever is suppressed', () => {
  let bench: SenderBench;
  before(async () => {
    bench = await SenderBench.create();
  });
  after(() => bench.close());

  const phoneOf = (who: number): string => `+1212555${String(who).padStart(4, '0')}`;

  it('gets nothing of a campaign from then on, and everybody else gets it once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), answers, async (script, given) => {
        const pool = bench.database.adminPool;
        await bench.reset();
        await emptyTables(
          pool,
          'campaign, campaign_contact, campaign_count, contact, contact_list, list_member',
        );
        bench.goTo(MORNING.getTime());
        const behaviours = [...given];
        bench.carrier.behave = () => behaviours.shift();
        let sender = bench.start({ visibilitySeconds: 0.3 });
        const parts = testParts(new ManualClock(MORNING), {
          clock: bench.clock,
          batchSize: 3,
          messagesPerSecond: 1_000,
        });
        const include = [await insertContacts(pool, PEOPLE)];
        const campaignId = await insertCampaign(pool, bench.clock.now(), { include });
        const stopped = new Map<number, number>();
        const turn = async (): Promise<boolean> => {
          const due = await nextDue(pool);
          if (due === null) return false;
          if (due > bench.clock.now()) bench.skip(due.getTime() - bench.clock.now().getTime());
          return (await takeTurn(pool, parts)) !== null;
        };
        const tell = (command: CampaignCommand): Promise<unknown> =>
          inTransaction(pool, (tx) => tellCampaign(tx, campaignId, command, { now: bench.clock.now() }));
        for (const each of script) {
          if (each.do === 'stop') {
            await bench.suppress(phoneOf(each.who));
            // Nothing for this phone begins after this.
            if (!stopped.has(each.who)) stopped.set(each.who, bench.carrier.requests.length);
          } else if (each.do === 'turns') for (let n = 0; n < each.most; n += 1) await turn();
          else if (each.do === 'hand over') await bench.handOver();
          else if (each.do === 'tell') await tell(each.command);
          else {
            sender.kill();
            sender = bench.start({ visibilitySeconds: 0.3 });
          }
        }
        await tell('resume');
        await eventually(async () => {
          await turn();
          await bench.handOver();
          const { rows } = await pool.query<{ status: string }>('SELECT status FROM campaign');
          assert.equal(rows[0]?.status, 'completed');
        });
        for (const [who, since] of stopped) {
          const late = bench.carrier.requests.slice(since).filter(({ to }) => to === phoneOf(who));
          assert.deepEqual(late, [], `${phoneOf(who)} was written to after a STOP`);
        }
        for (let who = 0; who < PEOPLE; who += 1) {
          const got = bench.carrier.bodiesTo(phoneOf(who)).length;
          assert.ok(stopped.has(who) ? got <= 1 : got === 1, `${phoneOf(who)} got ${got} messages`);
        }
        assert.deepEqual(await wrongCounts(pool), []);
        assert.deepEqual(bench.failures, []);
      }),
      { numRuns: runs(12) },
    );
  }).timeout(600_000);
});
