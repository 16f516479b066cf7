import type { Limit } from './rule.ts';

const PERIOD_WORDS: Readonly<Record<Limit['per'], string>> = {
  minute: 'a minute',
  hour: 'an hour',
  day: 'a day',
};

/** As people are told: "Front desk: 40 an hour". */
export const throttleInWords = ({
  most,
  name,
  per,
}: Pick<Limit, 'most' | 'per'> & { name: string }): string => `${name}: ${most} ${PERIOD_WORDS[per]}`;
