import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANSWER_MS } from '#shared/compliance/case.ts';
import { HOUR_MS, MINUTE_MS } from '#shared/compliance/instant.ts';
import type { Intent } from '#shared/sending/message-state.ts';
import { eventually } from '#test/eventually.ts';
import { runs } from '#test/properties/runs.ts';
import { NOON, SenderBench } from './test-bench.ts';
import { refusedWith } from './test-carrier.ts';

/** Area code 415. Nine hours after its noon it is night there. */
const PHONE = '+14155550101';
const NIGHT = NOON + 9 * HOUR_MS;

type Step =
  | { do: 'plan'; intent: 'transactional' | 'marketing'; messages: number }
  /** Texts that came so many minutes ago, and their answers: the sender may have been away. */
  | { do: 'answer'; minutesAgo: number; messages: number }
  | { do: 'skip'; minutes: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      intent: fc.constantFrom('transactional' as const, 'marketing' as const),
      messages: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      minutesAgo: fc.constantFrom(0, 0, 5, 14, 16, 60),
      messages: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('skip' as const), minutes: fc.constantFrom(1, 10, 20, 600) }),
  },
);

describe('A message that waits', () => {
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

  interface Row {
    message_id: string;
    ordinal: number;
    intent: Intent;
    state: string;
    rule: string | null;
    body: string;
    caused_at: Date | null;
    due_at: Date | null;
  }
  const messages = async (): Promise<Row[]> =>
    (await bench.database.adminPool.query<Row>('SELECT * FROM message ORDER BY ordinal')).rows;
  const isInState = (states: Record<string, string>) =>
    eventually(async () => assert.deepEqual(await bench.states(PHONE), states));
  const ago = (minutes: number): Date => new Date(bench.clock.now().getTime() - minutes * MINUTE_MS);

  it('at night, as an answer that came too late, makes way for the answer to a newer text', async () => {
    bench.goTo(NIGHT);
    await bench.plan(PHONE, [
      { body: 'late', causedAt: ago(20) },
      { body: 'late, more', causedAt: ago(20) },
    ]);
    bench.start();
    await isInState({ late: 'held', 'late, more': 'queued' });
    await bench.plan(PHONE, [{ body: 'answer' }, { body: 'more' }]);
    await isInState({ late: 'blocked', 'late, more': 'blocked', answer: 'sent', more: 'sent' });
    assert.deepEqual(
      (await messages()).map(({ rule }) => rule),
      ['superseded', 'superseded', null, null],
    );
    const { rows } = await bench.database.adminPool.query(
      `SELECT verdict, rule FROM decision ORDER BY decided_at, verdict DESC`,
    );
    assert.equal(rows.filter(({ rule }) => rule === 'superseded').length, 2);
  });

  it('as an answer goes in the morning where nobody has texted since', async () => {
    bench.goTo(NIGHT);
    await bench.plan(PHONE, [{ body: 'late', causedAt: ago(20) }]);
    await bench.plan(PHONE, [{ body: 'later', causedAt: ago(18) }]);
    bench.start();
    await isInState({ late: 'held', later: 'queued' });
    bench.skip(12 * HOUR_MS);
    await isInState({ late: 'sent', later: 'sent' });
    assert.deepEqual(bench.carrier.bodiesTo(PHONE), ['late', 'later']);
  });

  it('for a moment only, is waited for by the answers behind it', async () => {
    await bench.plan(PHONE, [{ body: 'first' }]);
    bench.carrier.behave = () => refusedWith('30032');
    bench.start({ config: { HALT_HOLD_MS: 5 * MINUTE_MS } });
    await isInState({ first: 'held' });
    bench.carrier.behave = () => undefined;
    await bench.plan(PHONE, [{ body: 'second' }]);
    await bench.plan('+14155550102', [{ body: 'another phone' }]);
    await eventually(async () => assert.equal(bench.carrier.bodiesTo('+14155550102').length, 1));
    await isInState({ first: 'held', second: 'queued' });
    bench.skip(6 * MINUTE_MS);
    await isInState({ first: 'sent', second: 'sent' });
    assert.deepEqual(bench.carrier.bodiesTo(PHONE), ['first', 'second']);
  });

  it('for a cap of marketing, keeps nothing waiting but marketing', async () => {
    bench.start({ gate: { ...bench.gate, generalCap: { count: 1, hours: 24 } } });
    for (const body of ['ad', 'another ad'])
      await bench.plan(PHONE, [{ body, lane: 'bulk', intent: 'marketing' }]);
    await isInState({ ad: 'sent', 'another ad': 'held' });
    await bench.plan(PHONE, [{ body: 'reminder', lane: 'bulk', intent: 'transactional' }]);
    await isInState({ ad: 'sent', 'another ad': 'held', reminder: 'sent' });
  });

  it('for any script keeps the order of its intent, and no answer that may go waits behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(NOON, NIGHT),
        fc.array(step, { minLength: 1, maxLength: 10 }),
        async (at, script) => {
          await bench.reset();
          bench.goTo(at);
          bench.start({ gate: { ...bench.gate, generalCap: { count: 1, hours: 1 } } });
          for (const [index, each] of script.entries()) {
            const body = (n: number) => `${index}.${n}`;
            if (each.do === 'skip') bench.skip(each.minutes * MINUTE_MS);
            else {
              const causedAt = each.do === 'answer' ? { causedAt: ago(each.minutesAgo) } : {};
              const planned = each.do === 'plan' ? ({ lane: 'bulk', intent: each.intent } as const) : {};
              const all = Array.from({ length: each.messages }, (_, n) => ({
                body: body(n),
                ...causedAt,
                ...planned,
              }));
              await bench.plan(PHONE, all);
            }
            // What may go has gone: an answer stays one for longer than this takes.
            await eventually(async () => {
              const now = bench.clock.now().getTime();
              for (const { body: name, caused_at, due_at, intent, rule, state } of await messages()) {
                assert.ok(state !== 'posting', name);
                if (
                  intent !== 'reply' ||
                  caused_at === null ||
                  caused_at.getTime() + ANSWER_MS <= now + 5_000
                )
                  continue;
                assert.equal(
                  state,
                  'sent',
                  `${name} waits: ${rule}, until ${due_at?.toISOString()}, at ${new Date(now).toISOString()}`,
                );
              }
            });
          }
          const rows = await messages();
          const byId = new Map(rows.map((row) => [row.message_id, row]));
          const sent = bench.carrier.messages.flatMap(({ messageId }) => byId.get(messageId) ?? []);
          for (const intent of ['reply', 'transactional', 'marketing'] as const) {
            const ordinals = sent.filter((row) => row.intent === intent).map(({ ordinal }) => ordinal);
            assert.deepEqual(
              ordinals,
              ordinals.toSorted((a, b) => a - b),
              `${intent} in order`,
            );
          }
          for (const row of rows.filter(({ rule }) => rule === 'superseded')) {
            assert.ok(
              rows.some(({ caused_at, intent, ordinal, state }) => {
                const newer = ordinal > row.ordinal && (caused_at ?? 0) > (row.caused_at ?? 0);
                return intent === 'reply' && newer && state === 'sent';
              }),
              `${row.body} made way for nothing`,
            );
          }
        },
      ),
      { numRuns: runs(25) },
    );
  }).timeout(300_000);
});
