import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { ImportOptions } from '#shared/imports/options.ts';
import { validPhoneNumber } from '#shared/phone/valid-phone-number.ts';

/**
 * Digits that a number ends with however it is written: with its country code or without, with a 0 that is dialled within its country,
 * or with what some countries put before the number of a subscriber (15 in Argentina, whose shortest have six digits).
 */
export const TAIL_DIGITS = 6;

/** Fewer may stand in a row for anything: then it has to be the whole number. */
const TELLING_DIGITS = 8;

/** Whether cells of one row have a person's number. */
export type IsTheirs = (cells: readonly string[]) => boolean;

/**
 * Finds the rows of a person in a file whose numbers without a country code are of `country`: a cell is their number as an import
 * reads it, or its digits stand among others in a text, or in several cells. A cell that is somebody else's number is not theirs,
 * though it may have the same digits in another country.
 */
export function theirNumber(phone: string, country: ImportOptions['country']): IsTheirs {
  const tail = phone.slice(-TAIL_DIGITS);
  const national = parsePhoneNumberFromString(phone)?.nationalNumber ?? '';
  const whole = national.length >= TELLING_DIGITS ? national : phone.slice(1);
  return (cells) => {
    if (!digitsOf(cells.join('')).includes(tail)) return false;
    const others: string[] = [];
    for (const cell of cells) {
      const number = validPhoneNumber(cell.trim(), { country });
      if (number === phone) return true;
      if (number === null) others.push(digitsOf(cell));
    }
    return others.join('').includes(whole);
  };
}

/** In any script that the reading of numbers knows, as 0 to 9. */
const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[^\d٠-٩۰-۹]/g, '')
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) % 16));
