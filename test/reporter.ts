import Mocha from 'mocha';

/** Mocha's spec reporter with one plain closing line that scripts and CI can read: "N passed, N failed". */
export default class PlainSummary extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      // Printed after Spec's own epilogue, which is registered on the same event before this one.
      console.log(`${passes} passed, ${failures} failed${skipped}`);
    });
  }
}
