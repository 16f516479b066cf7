/** What came of a property once: a line of the file that CARILLON_PROPERTY_REPORT names. */
export interface PropertyRun {
  /** From the root of the product. */
  file: string;
  /** Of its test, with those of the suites around it. */
  title: string;
  /** Values that it was tried with, up to and with the one by which it failed. */
  runs: number;
  /** By which the values can be had again (`{ seed, path }` of fc.assert); null: it held. */
  failure: { seed: number; path: string } | null;
}

export const readPropertyRuns = (text: string): PropertyRun[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): PropertyRun => JSON.parse(line));
