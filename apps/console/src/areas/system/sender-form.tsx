import { NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Sender } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { wordOf } from '../../words/define.ts';
import { senderRegistration, senderType } from '../../words/system.ts';
import { systemTexts } from './texts.ts';

/** What somebody may say of a number. */
export type SenderTerms = Pick<Sender, 'type' | 'registration' | 'segmentsPerDay' | 'pool' | 'programme'> & {
  /** Null: what is usual for its kind. */
  segmentsPerSecond: number | null;
};

export const newTerms: SenderTerms = {
  type: 'long_code',
  registration: 'unregistered',
  segmentsPerSecond: null,
  segmentsPerDay: null,
  pool: null,
  programme: null,
};

const numberOf = (value: number | string): number | null => (typeof value === 'number' ? value : null);

/** What kind of number it is, how its registration stands, and how much may go from it. */
export function SenderFields({
  terms,
  change,
}: {
  terms: SenderTerms;
  change: (part: Partial<SenderTerms>) => void;
}) {
  const say = useTexts(systemTexts);
  const language = useLanguage();
  const pools = useQuery(one('/v1/sender-pools', { query: { limit: 200 } }));
  const names = new Set([
    ...(pools.data?.items ?? []).map(({ name }) => name),
    ...(terms.pool === null ? [] : [terms.pool]),
  ]);
  return (
    <Stack gap="sm">
      <Select
        label={say('kind')}
        data={Object.keys(senderType).map((value) => ({
          value,
          label: wordOf(senderType, value, language).says,
        }))}
        value={terms.type}
        onChange={(type) => change({ type: (type ?? terms.type) as Sender['type'] })}
        allowDeselect={false}
      />
      <Select
        label={say('registration')}
        data={Object.keys(senderRegistration).map((value) => ({
          value,
          label: wordOf(senderRegistration, value, language).says,
        }))}
        value={terms.registration}
        onChange={(registration) =>
          change({ registration: (registration ?? terms.registration) as Sender['registration'] })
        }
        allowDeselect={false}
      />
      <NumberInput
        label={say('pace')}
        description={say('senderPaceHint')}
        value={terms.segmentsPerSecond ?? ''}
        onChange={(value) => change({ segmentsPerSecond: numberOf(value) })}
        min={0.1}
        max={10_000}
        decimalScale={1}
      />
      <NumberInput
        label={say('senderCap')}
        description={say('senderCapHint')}
        value={terms.segmentsPerDay ?? ''}
        onChange={(value) => change({ segmentsPerDay: numberOf(value) })}
        min={1}
        max={1_000_000_000}
        allowDecimal={false}
        thousandSeparator={language === 'es' ? '.' : ','}
        decimalSeparator={language === 'es' ? ',' : '.'}
      />
      <Select
        label={say('senderPool')}
        description={say('senderPoolHint')}
        placeholder={say('senderPoolNone')}
        data={[...names]}
        value={terms.pool}
        onChange={(pool) => change({ pool })}
        clearable
      />
      <TextInput
        label={say('senderFor')}
        value={terms.programme ?? ''}
        onChange={({ currentTarget: { value } }) => change({ programme: value.trim() === '' ? null : value })}
        maxLength={100}
      />
    </Stack>
  );
}
