/** How long things take to hear, in ms. */

/** A calm voice says about 150 words a minute, which is about 15 characters a second. */
const MS_PER_WORD = 400;
/** The least that a word takes that is spelled out: digits, letters. */
const MS_PER_CHARACTER = 60;

/** Length of a recording whose length nobody knows: nothing is fetched to find out. */
export const RECORDING_MS = 10_000;

export const speechMs = (text: string): number => {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.reduce((sum, word) => sum + Math.max(MS_PER_WORD, word.length * MS_PER_CHARACTER), 0);
};
