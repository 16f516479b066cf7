import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** People who agreed to be informed, as a file that they are imported from. Each is called P and the end of their number. */
export const fileOf = (phones: readonly PhoneNumber[], zoneOf: (phone: PhoneNumber) => string): string =>
  [
    'phone,name,time zone,consent source,consent wording,consent date',
    ...phones.map(
      (phone) =>
        `${phone},P${phone.slice(-7)},${zoneOf(phone)},web form,I agree to be informed,2026-01-05T12:00:00Z`,
    ),
  ].join('\n');
