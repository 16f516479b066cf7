/** Numbers of phones, as somebody types them and as addresses have them. Pure. */

/** More would be too small to read, and too much for one stream. */
export const MOST_OPEN = 12;

const E164 = /^\+[1-9]\d{6,14}$/;

/** Of a list with commas, each once, in its order; what is no number is left out. */
export const numbersOf = (text: string): string[] =>
  [...new Set(text.split(',').map(numberOf))].flatMap((each) => each ?? []).slice(0, MOST_OPEN);

/** A number as people write it, in E.164; ten digits are of North America. Null: it is none. */
export function numberOf(text: string): string | null {
  const bare = text.replaceAll(/[\s().-]/g, '');
  const whole = /^[2-9]\d{9}$/.test(bare) ? `+1${bare}` : /^1[2-9]\d{9}$/.test(bare) ? `+${bare}` : bare;
  return E164.test(whole) ? whole : null;
}

/** The first number that belongs to nobody and is not taken. */
export function freeNumber(taken: readonly string[]): string {
  for (let last = 101; last <= 199; last += 1) {
    const number = `+14155550${last}`;
    if (!taken.includes(number)) return number;
  }
  return '+14155550199';
}
