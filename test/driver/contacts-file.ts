import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** What people in such a file are called: P and the end of their number. */
export const nameOf = (phone: PhoneNumber): string => `P${phone.slice(-7)}`;

/** People who agreed to be informed, as a file that they are imported from. */
export const fileOf = (phones: readonly PhoneNumber[], zoneOf: (phone: PhoneNumber) => string): string =>
  [
    'phone,name,time zone,consent source,consent wording,consent date',
    ...phones.map(
      (phone) =>
        `${phone},${nameOf(phone)},${zoneOf(phone)},web form,I agree to be informed,2026-01-05T12:00:00Z`,
    ),
  ].join('\n');
