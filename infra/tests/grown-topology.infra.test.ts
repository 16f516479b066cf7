import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mochaWith } from '../testing/mocha-child.ts';

const GROWN = new URL('../testing/grown-topology.ts', import.meta.url);

/** What holds today's map against something that somebody agreed on or recorded of it. */
const OF_TODAY = [
  // Itself, and the checks of the checks.
  'grown-topology',
  'removals',
  // The golden lists of resources.
  'evaluation',
  // Calls that today's services were seen to make.
  'recorded-calls',
  // Plays a deployment of today's services; the order is looked at by `order`.
  'deployment',
];

const assertions = readdirSync(new URL('.', import.meta.url))
  .filter(
    (name) => name.endsWith('.infra.test.ts') && !OF_TODAY.some((one) => name === `${one}.infra.test.ts`),
  )
  .map((name) => `infra/tests/${name}`);

/** What the pure parts say of every row: alarms, dashboard, plans, paths, grants. */
const PURE = [
  'infra/observability/alarms.unit.test.ts',
  'infra/observability/dashboard.unit.test.ts',
  'infra/scaling/plan.unit.test.ts',
  'infra/web/path-rules.unit.test.ts',
];

describe('A stream, a queue, a public service with files and a consumer, added to the map with no other change', () => {
  it('are provisioned, allowed, scaled, watched, priced and reached as their rows say', async () => {
    assert.ok(assertions.length >= 10);
    const { code, output } = await mochaWith(GROWN, [...assertions, ...PURE]);
    assert.equal(code, 0, output.slice(-20_000));
    // The assertions have met the added rows: they name each service in their titles.
    assert.match(output, /of archive are what its row of the topology implies/);
    assert.match(output, /of archive has bounds, and every policy/);
    assert.match(output, /A task of archive in prod/);
  }).timeout(600_000);
});
