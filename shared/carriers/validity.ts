import type { SendOutcome } from './carrier.ts';

/** For how long a carrier may be asked to keep a message, in s. */
export interface ValidityRange {
  least: number;
  most: number;
}

/** Nothing was asked of the carrier: the message would have outlived its end. It goes, if it does, by a later claim. */
export type TooShort = Extract<SendOutcome, { kind: 'not_sent' }>;

/**
 * How long a carrier is told to keep a message, in whole seconds, never longer than it may be sent; undefined: as long as it
 * likes. Where that is less than the carrier takes, the message is not handed over: it would be kept beyond its end.
 */
export function validityOf(
  validForSeconds: number | null,
  { least, most }: ValidityRange,
): number | undefined | TooShort {
  if (validForSeconds === null) return undefined;
  const seconds = Math.min(most, Math.floor(validForSeconds));
  return seconds < least
    ? {
        kind: 'not_sent',
        isOurs: true,
        reason: `${seconds} s are left, and the carrier keeps messages for ${least} s or more`,
      }
    : seconds;
}
