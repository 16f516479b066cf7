import { errorRuleOf } from '#shared/carriers/error-rules.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Ending } from './ladder.ts';

/** How a text that did not arrive, and a call that failed, end for the ladder that they are a step of. */

/** Codes that say: the number takes no texts, and may take calls. */
const TAKES_NO_TEXTS: Readonly<Record<CarrierName, readonly string[]>> = {
  // A landline; no mobile number; no handset that the network knows, which landlines are told of as well.
  twilio: ['30006', '21614', '30005'],
  // Neither has a code of its own for it: their "cannot be reached" says less.
  vonage: [],
  aws: [],
};

/** Whether this carrier has a code for numbers that take no texts: else only contacts' `lineType` says so. */
export const saysTakesNoTexts = (carrier: CarrierName): boolean => TAKES_NO_TEXTS[carrier].length > 0;

/**
 * By the carrier's code; null: nobody is to be called for it either. That is so where the person, or somebody for them,
 * has said no (opted out at the carrier, blocked us), and where nobody has the number. Other faults say nothing against a
 * call: that includes those of our own number, and codes that nobody knows. A text that was at no carrier (`carrier` null) has
 * failed for something in itself, which a call does not mend.
 */
export function endingOfMiss(
  errorCode: string | null,
  carrier: CarrierName | null,
): Extract<Ending, 'undelivered' | 'unreachable'> | null {
  if (carrier === null) return null;
  if (errorCode === null) return 'undelivered';
  if (TAKES_NO_TEXTS[carrier].includes(errorCode)) return 'unreachable';
  switch (errorRuleOf(carrier, errorCode).class) {
    case 'suppress':
    case 'drop_number':
      return null;
    default:
      return 'undelivered';
  }
}

/** Networks that say that the person wants no calls from here. */
const UNWANTED: readonly string[] = ['sip_607'];

/** The same of a call that nobody was called by; null: nobody is texted for it either. */
export function endingOfFailedCall(
  errorCode: string | null,
  carrier: CarrierName | null,
): Extract<Ending, 'failed'> | null {
  if (carrier === null) return null;
  if (errorCode === null) return 'failed';
  if (UNWANTED.includes(errorCode)) return null;
  return errorRuleOf(carrier, errorCode).class === 'suppress' ? null : 'failed';
}
