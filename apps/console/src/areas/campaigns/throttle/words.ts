import type { ThrottleGroup } from '#shared/api-client/api-types.ts';
import { useTexts } from '../../../texts/language.tsx';
import { throttleTexts } from './texts.ts';

type Limit = Pick<ThrottleGroup, 'most' | 'per'>;

/** A limit in words, alone and with the name of its group: "40 an hour", "Front desk: 40 an hour". */
export function useThrottleWords(): {
  limitOf: (group: Limit) => string;
  named: (group: Limit & Pick<ThrottleGroup, 'name'>) => string;
} {
  const say = useTexts(throttleTexts);
  const limitOf = ({ most, per }: Limit): string => {
    switch (per) {
      case 'minute':
        return say('a_minute', { most });
      case 'hour':
        return say('a_hour', { most });
      case 'day':
        return say('a_day', { most });
    }
  };
  return { limitOf, named: ({ name, ...limit }) => say('named', { name, limit: limitOf(limit) }) };
}
