import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';

/** Florida allows three marketing touches in 24 hours, texts and calls together; California has no cap. */
export const CAPPED_AREAS = ['305', '352', '407', '561', '727', '813', '850', '904', '941', '954'];
export const FREE_AREAS = ['213', '310', '408', '415', '510', '559', '619', '650', '707', '916'];

/** Numbers for fiction, of which each area code has a hundred; the first is ours. Throws when there are not so many. */
export const phonesOf = (areaCodes: readonly string[], count: number): PhoneNumber[] =>
  Array.from({ length: count }, (_, index) => {
    const areaCode = areaCodes[Math.floor(index / 99)];
    if (areaCode === undefined)
      throw new Error(`${areaCodes.length} area codes have ${99 * areaCodes.length} phones, not ${count}`);
    return phoneNumber(`+1${areaCode}55501${String((index % 99) + 1).padStart(2, '0')}`);
  });
