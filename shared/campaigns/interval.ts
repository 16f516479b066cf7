/**
 * How sure a share is that was counted in a sample: score intervals, which hold for small samples and for shares near 0 and
 * 1 as well, where the textbook's normal interval does not. Pure.
 */

/** So many of so many. */
export interface Share {
  successes: number;
  trials: number;
}

/** From 0 to 1; of differences from -1 to 1. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson's score interval (E. B. Wilson, JASA 22, 1927; without continuity correction) for a share, `z` standard
 * deviations wide on each side. Of no trials nothing is known: 0 to 1.
 */
export function wilson({ successes, trials }: Share, z: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const squared = z * z;
  const middle = share + squared / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share) + squared / (4 * trials)) / trials);
  const scale = 1 + squared / trials;
  return {
    // All or none: division leaves a little behind.
    low: successes === 0 ? 0 : (middle - half) / scale,
    high: successes === trials ? 1 : (middle + half) / scale,
  };
}

/**
 * The interval of `a - b` (R. G. Newcombe, Statistics in Medicine 17, 1998, pages 873 to 890, method 10), from the score
 * intervals of both.
 */
export function difference(a: Share, b: Share, z: number): Interval {
  const [ofA, ofB] = [wilson(a, z), wilson(b, z)];
  const [shareA, shareB] = [shareOf(a), shareOf(b)];
  const between = shareA - shareB;
  return {
    low: between - Math.hypot(shareA - ofA.low, ofB.high - shareB),
    high: between + Math.hypot(ofA.high - shareA, shareB - ofB.low),
  };
}

export const shareOf = ({ successes, trials }: Share): number => (trials === 0 ? 0 : successes / trials);

/**
 * How many standard deviations on each side of the mean hold this part of a normal distribution (0.95: 1.96), by P. J.
 * Acklam's rational approximation of its quantiles, whose relative error is below 1.2e-9.
 */
export function deviationsHolding(part: number): number {
  if (!(part > 0 && part < 1)) throw new RangeError('a part of a distribution lies between 0 and 1');
  return quantile((1 + part) / 2);
}

const CENTRE_ABOVE = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
] as const;
const CENTRE_BELOW = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
  1,
] as const;
const TAIL_ABOVE = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const;
const TAIL_BELOW = [
  7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1,
] as const;
const TAIL = 0.02425;

/** For probabilities of a half and above, which is all that is asked for. */
function quantile(probability: number): number {
  if (probability <= 1 - TAIL) {
    const off = probability - 0.5;
    const squared = off * off;
    return (polynomial(CENTRE_ABOVE, squared) * off) / polynomial(CENTRE_BELOW, squared);
  }
  const far = Math.sqrt(-2 * Math.log(1 - probability));
  return -polynomial(TAIL_ABOVE, far) / polynomial(TAIL_BELOW, far);
}

/** By Horner's rule, from the highest power. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
