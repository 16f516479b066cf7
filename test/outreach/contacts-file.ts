import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** People in a time zone who agreed to be informed, as a file that they are imported from. */
export const fileOf = (phones: readonly PhoneNumber[], timeZone: string): string =>
  [
    'phone,name,time zone,consent source,consent wording,consent date',
    ...phones.map(
      (phone) => `${phone},P${phone.slice(-7)},${timeZone},web form,I agree to texts,2026-01-05T12:00:00Z`,
    ),
  ].join('\n');
