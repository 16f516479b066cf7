import type { CallScript } from './call-script.ts';

/** How long calls take, as far as can be told before they are made. For estimates and budgets. */

/** A calm voice says about 150 words a minute. */
const MS_PER_WORD = 400;
/** The least that a word takes that is spelled out: digits, letters. */
const MS_PER_CHARACTER = 60;
/** A recording, whose length nobody knows: nothing is fetched to find out. */
const RECORDING_MS = 60_000;
/** Silences within a script: for the key to be found, and after the goodbye. */
const SILENCE_MS = 5_000;

export const speechMs = (text: string): number => {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.reduce((sum, word) => sum + Math.max(MS_PER_WORD, word.length * MS_PER_CHARACTER), 0);
};

/** How long the call lasts of somebody who hears all of it once and presses nothing, in seconds. */
export function secondsOf({
  goodbye,
  identification,
  menu,
  message,
  optOut,
  repeat,
}: Pick<CallScript, 'goodbye' | 'identification' | 'menu' | 'message' | 'optOut' | 'repeat'>): number {
  const spoken = [identification, optOut.prompt, ...menu.map(({ prompt }) => prompt), repeat.prompt, goodbye];
  const around = spoken.reduce((sum, text) => sum + speechMs(text), SILENCE_MS);
  return Math.ceil((around + ('say' in message ? speechMs(message.say) : RECORDING_MS)) / 1_000);
}

/** The same of whom a machine answers for, in seconds: the machine's own greeting is not in it. */
export const machineSecondsOf = ({ identification, machine }: CallScript): number =>
  Math.ceil((speechMs(identification) + speechMs(machine.say)) / 1_000);

/** Minutes that are charged for: each that has begun. */
export const minutesOf = (seconds: number): number => Math.max(1, Math.ceil(seconds / 60));
