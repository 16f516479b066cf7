import assert from 'node:assert/strict';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';
import { simulate } from './started.ts';

/** Runs in which a mistake has to show. */
const MOST = 100;
/** Those that any hundred seeds show; others take a weather that meets them less often (docs/simulation.md). */
const BUGS = ['checkpoint-first'] as const satisfies PlantedBug[];

describe('The simulation finds', function () {
  this.timeout(1_800_000);

  for (const bug of BUGS) {
    const { says, shows } = plantedBugs[bug];
    it(`${says} (${bug})`, async () => {
      const { code, output, seeds } = await simulate('--plant', bug, '--seeds', String(MOST));
      assert.equal(code, 1, output);
      assert.ok(seeds.length <= MOST);
      assert.match(output, shows);
    });
  }
});
