import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import type { PropertyRun } from './property-run.ts';
import { BASE_SEED, runs, TIMES } from './runs.ts';
import { boundedShrinking } from './shrinking.ts';

/**
 * What mocha requires before any test (`.mocharc*.json`): each property, and each `fc.sample`, has a seed that follows from the base
 * seed, the sentence of its test and how many came before it there. So an unchanged tree is always tried with the same values,
 * whichever files run, in whatever order and process, and two properties never with the same.
 */

const REPORT = process.env.CARILLON_PROPERTY_REPORT;

let test: Mocha.Test | undefined;
let begun = 0;
/** What the properties of the test have come to. */
let properties: PropertyRun[] = [];

function drawAnew(): void {
  const seed = crc32(`${BASE_SEED} ${begun} ${test?.fullTitle() ?? ''}`) | 0;
  fc.configureGlobal({ seed, numRuns: runs(100) });
}

function enter(entered: Mocha.Test | undefined): void {
  test = entered;
  begun = 0;
  drawAnew();
}

const onward: fc.Plugin<unknown> = () => {
  // It has read its own seed by now.
  begun += 1;
  drawAnew();
  const title = test?.fullTitle() ?? '';
  const file = relative(process.cwd(), test?.file ?? '');
  return {
    onAllRunsComplete: ({ counterexamplePath, failed, numRuns, seed }) => {
      const failure = failed ? { seed, path: counterexamplePath ?? '' } : null;
      properties.push({ file, title, runs: numRuns, failure });
    },
  };
};

/** What a test that passed has failed on purpose, with `fc.check`, is no failure. */
function report(isRed: boolean): void {
  if (REPORT !== undefined)
    for (const each of properties)
      appendFileSync(REPORT, `${JSON.stringify(isRed ? each : { ...each, failure: null })}\n`);
  properties = [];
}

fc.installGlobalPlugin(boundedShrinking());
fc.installGlobalPlugin(onward);
enter(undefined);

export const mochaHooks = {
  beforeEach(this: Mocha.Context) {
    enter(this.currentTest);
    this.currentTest?.timeout(this.currentTest.timeout() * TIMES);
  },
  afterEach(this: Mocha.Context) {
    report(this.currentTest?.isFailed() ?? false);
    enter(undefined);
  },
};
