import assert from 'node:assert/strict';
import { ALL_BUGS, plantedBugs } from './planted-bugs.ts';
import { simulate } from './started.ts';

/** Runs in which a mistake has to show, from the seed on that showed it when somebody looked: what a seed does changes with the services. */
const MOST = 100;

describe('The simulation', function () {
  this.timeout(1_800_000);

  it('finds planted bugs in the weather of all seeds, and the seed that shows one does so again', async () => {
    const { code, output, seeds } = await simulate('--plant', 'all', '--seeds', String(MOST));
    assert.equal(code, 0, output);
    for (const bug of ALL_BUGS) {
      const shown = seeds.filter(({ after, bug: on }) => on === bug && after !== undefined);
      const again = seeds.filter((each) => each.bug === bug).at(-1);
      assert.equal(shown.length, 1, `${plantedBugs[bug].says}: ${output}`);
      assert.deepEqual([again?.seed, again?.digest], [shown[0]?.seed, shown[0]?.digest]);
    }
  });
});
