import assert from 'node:assert/strict';
import { expectedTexts } from '../driver/expected-texts.ts';
import { Person } from '../driver/person.ts';
import { faultsOf, recordsOfPhone } from '../driver/proof.ts';
import { readRecords } from '../driver/records.ts';
import { loadSample } from '../driver/sample.ts';
import type { Overrides, System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';

/** What a lost callback would have told is asked of the carrier soon. */
export const RESTART: Overrides = { gateway: { STATUS_FIRST_LOOK_MS: '1000' } };

/** Ends the system, kills it, and starts it again after both. */
export function describeRestart(running: () => System): void {
  describe('in the middle of whose lesson the system goes away', () => {
    let system: System;
    before(() => {
      system = running();
    });

    it('goes on where it was, after Ctrl-C and after a kill, with everything kept', async () => {
      const sample = await loadSample();
      const texts = expectedTexts(sample, {});
      const dora = expectedTexts(sample, { name: 'Dora', answers: { hardestPlace: 'At work' } });
      const person = new Person('+14155550121', system);
      await person.says(sample.code, texts.prompt('washing-hands', 'name'));
      await person.says('Dora', dora.prompt('washing-hands', 'how-long'));

      assert.equal(await system.stop(), 0);
      await system.startAgain();
      await person.says('b', dora.builtIn('right'), dora.prompt('washing-hands', 'when'));
      await person.says('a', dora.builtIn('tryAgain'));

      await system.kill();
      await system.startAgain();
      await person.says('c', dora.builtIn('right'), dora.prompt('washing-hands', 'hardest-place'));
      await person.says('At work', dora.prompt('washing-hands', 'goodbye'));
      await person.says('MORE', dora.prompt('hand-sanitizer', 'alcohol'));

      // What a lost callback would have told is asked of the carrier, which may take a back-off or two.
      await eventually(async () => {
        const records = recordsOfPhone(person.phone, [], await readRecords(system));
        assert.deepEqual(faultsOf(records, sample), []);
        assert.equal(records.carrier.filter(({ direction }) => direction === 'from_phone').length, 7);
      }, 90_000);
    });
  });
}
