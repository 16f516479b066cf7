import { unguarded } from '#shared/csv/line.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { toldPhoneNumber } from '#shared/phone/valid-phone-number.ts';

/** A number with its country in front, within other characters: two cells may have lost what stood between them. */
const WITHIN_CELL = /\+1[2-9]\d{9}/g;

/**
 * All numbers in a row of a list of suppressions whose cells are not where they belong, each once, what stands at `place`, where the column
 * of numbers is, first. Nobody knows which is meant, so everybody is left alone: one too many is restored by a person, one that was meant and is
 * written to cannot be. Pure.
 */
export function numbersInTornRow(
  cells: readonly string[],
  place: number,
  { country }: { country: 'US' | 'CA' | 'MX' },
): PhoneNumber[] {
  const inPlace = cells[place] ?? '';
  const written = [inPlace, ...cells, ...cells.flatMap((cell) => cell.match(WITHIN_CELL) ?? [])];
  const numbers = written.map((cell) => toldPhoneNumber(unguarded(cell), { country }));
  return [...new Set(numbers.filter((number) => number !== null))];
}
