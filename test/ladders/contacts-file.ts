import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** People who agreed to be informed, as a file that they are imported from. */
export const fileOf = (phones: readonly PhoneNumber[], zoneOf: ReadonlyMap<PhoneNumber, string>): string =>
  [
    'phone,name,time zone,consent source,consent wording,consent date',
    ...phones.map(
      (phone) =>
        `${phone},P${phone.slice(-7)},${zoneOf.get(phone)},web form,I agree to texts and calls,2026-01-05T12:00:00Z`,
    ),
  ].join('\n');
