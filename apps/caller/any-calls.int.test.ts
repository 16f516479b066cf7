import assert from 'node:assert/strict';
import fc from 'fast-check';
import { eventually } from '#test/eventually.ts';
import { runs } from '#test/properties/runs.ts';
import { CallerBench } from './test-bench.ts';
import { lostAnswer, lostRequest, refusedWith, throttled } from './test-voice-carrier.ts';

/** What the carrier does with the next request; the last two kill the caller in the middle of it. */
type Answer =
  | 'accepted'
  | 'throttled'
  | 'refused'
  | 'lost answer'
  | 'lost request'
  | 'killed before'
  | 'killed after';

type Step =
  | { do: 'plan'; phone: number }
  | { do: 'stop'; phone: number }
  /** A callback about the newest call to a phone, in any order and any number of times. */
  | { do: 'report'; phone: number; status: string }
  | { do: 'kill' }
  | { do: 'turn the loop' };

const phone = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('plan' as const), phone }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), phone }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      phone,
      status: fc.constantFrom('ringing', 'in-progress', 'completed', 'busy', 'no-answer', 'failed'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'kill' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'turn the loop' as const }) },
);
const answer = fc.constantFrom<Answer>(
  'accepted',
  'accepted',
  'throttled',
  'refused',
  'lost answer',
  'lost request',
  'killed before',
  'killed after',
);

describe('For any script of calls, answers, callbacks, kills and STOPs', () => {
  let bench: CallerBench;
  before(async () => {
    bench = await CallerBench.create();
  });
  after(() => bench.close());

  const MOST = 2;
  const phoneOf = (index: number): string => `+1415555010${index}`;
  const start = () => bench.start({ config: { MAX_CONCURRENT_CALLS: MOST } });
  let caller: ReturnType<typeof start>;
  function restart(): void {
    caller.kill();
    caller = start();
  }

  function answerFrom(answers: Answer[]): void {
    bench.carrier.behave = () => {
      switch (answers.shift() ?? 'accepted') {
        case 'accepted':
          return undefined;
        case 'throttled':
          return throttled;
        case 'refused':
          return refusedWith('21211');
        case 'lost answer':
          return lostAnswer;
        case 'lost request':
          return lostRequest;
        case 'killed before':
          restart();
          return lostRequest;
        case 'killed after':
          restart();
          return undefined;
      }
    };
  }

  const isUnsettled = async (): Promise<number> =>
    (
      await bench.database.adminPool.query(
        `SELECT FROM message WHERE state NOT IN ('sent', 'failed', 'blocked')`,
      )
    ).rowCount ?? 0;

  it('each call is made once, one at a time to a phone, none after a STOP, and all of them end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 14 }),
        fc.array(answer, { maxLength: 8 }),
        async (steps, answers) => {
          await bench.reset();
          caller = start();
          /** How many requests had begun when somebody's STOP could be answered. */
          const stoppedAfter = new Map<string, number>();
          const mostAtOnce: string[][] = [];
          answerFrom([...answers]);
          for (const each of steps) {
            switch (each.do) {
              case 'plan':
                await bench.planCall(phoneOf(each.phone));
                break;
              case 'stop':
                await stop(phoneOf(each.phone), stoppedAfter);
                break;
              case 'report':
                if (bench.carrier.phones.includes(phoneOf(each.phone))) {
                  await bench.report(phoneOf(each.phone), each.status);
                }
                break;
              case 'kill':
                restart();
                break;
              case 'turn the loop':
                await new Promise((resolve) => setImmediate(resolve));
            }
            mostAtOnce.push(await bench.underWay());
          }
          await eventually(async () => {
            mostAtOnce.push(await bench.underWay());
            for (const { to } of bench.carrier.calls) await bench.report(to, 'completed');
            assert.equal(await isUnsettled(), 0);
            assert.deepEqual(await bench.underWay(), []);
          });
          const made = bench.carrier.calls.map(({ messageId }) => messageId);
          assert.equal(new Set(made).size, made.length, 'a call was made twice');
          for (const phones of mostAtOnce) {
            assert.equal(new Set(phones).size, phones.length, 'two calls to one phone at once');
            assert.ok(phones.length <= MOST, `${phones.length} calls at once`);
          }
          for (const [stopped, before] of stoppedAfter) {
            const later = bench.carrier.requests.slice(before).filter(({ to }) => to === stopped);
            assert.deepEqual(later, [], 'somebody was called after their STOP');
          }
          const { rows } = await bench.database.adminPool.query<{ message_id: string; state: string }>(
            'SELECT message_id, state FROM message',
          );
          for (const { message_id, state } of rows) {
            assert.equal(
              made.includes(message_id),
              state === 'sent',
              `${state}, made: ${made.includes(message_id)}`,
            );
          }
          assert.deepEqual(bench.failures, []);
          await bench.stopAll();
        },
      ),
      { numRuns: runs(25), endOnFailure: true },
    );
  }).timeout(300_000);

  /** As the gateway: the suppression commits, requests on their way are waited for, then the STOP is answered. */
  async function stop(number: string, stoppedAfter: Map<string, number>): Promise<void> {
    await bench.suppress(number);
    await eventually(async () => {
      const { rowCount } = await bench.database.adminPool.query(
        `SELECT FROM attempt WHERE phone_number = $1 AND state = 'posting'`,
        [number],
      );
      assert.equal(rowCount, 0);
    });
    if (!stoppedAfter.has(number)) stoppedAfter.set(number, bench.carrier.requests.length);
  }
});
