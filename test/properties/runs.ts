/** How many times the usual runs each property has: CARILLON_PROPERTY_RUNS, which `npm run properties` sets. */
export const TIMES = given('CARILLON_PROPERTY_RUNS', 1);

/**
 * The seed from which every property has its own: CARILLON_PROPERTY_SEED. The same every time unless it is given
 * (docs/decisions/0045-seeds-stay-until-somebody-looks.md).
 */
export const BASE_SEED = given('CARILLON_PROPERTY_SEED', 20_261_127);

/** For `numRuns` of a property that does not take the usual 100: all of them grow together. */
export const runs = (usual: number): number => usual * TIMES;

function given(name: string, usual: number): number {
  const text = process.env[name];
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`${name} is no whole number above 0: ${text}`);
  return value;
}
