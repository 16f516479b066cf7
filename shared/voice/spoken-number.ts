import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** Phone numbers in texts that are read out. */

/** Area codes of the North American plan that are free for whoever calls (NANPA, "Non-Geographic Services"). */
const TOLL_FREE = /^\+1(?:800|833|844|855|866|877|888)\d{7}$/;

/** Whether a call to the number costs the person nothing, as 47 CFR 64.1200(b)(3) asks of a number left on a machine. */
export const isTollFree = (number: PhoneNumber): boolean => TOLL_FREE.test(number);

/** The number as a voice has to say it: digit by digit, with pauses where people make them. "8 0 0, 5 5 5, 0 1 0 1". */
export function spokenNumber(number: PhoneNumber): string {
  const [, area, exchange, line] = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number) ?? [];
  const groups = area && exchange && line ? [area, exchange, line] : [number.slice(1)];
  return groups.map((group) => [...group].join(' ')).join(', ');
}

/** Whether a text says the number, however its digits are grouped; with or without the country code. */
export function saysNumber(text: string, number: PhoneNumber): boolean {
  const runs = text.match(/\d(?:[\s,.()–-]*\d)*/g) ?? [];
  const national = number.startsWith('+1') ? number.slice(2) : number.slice(1);
  return runs.some((run) => [national, number.slice(1)].includes(run.replace(/\D/g, '')));
}
