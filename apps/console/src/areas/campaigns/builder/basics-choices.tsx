import { Radio, Stack } from '@mantine/core';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useTexts } from '../../../texts/language.tsx';
import { builderTexts } from './texts.ts';

/** Kinds of campaigns. */
const types = ['sms', 'voice', 'hybrid', 'drill'] as const;

export function TypeChoice({
  choose,
  value,
}: {
  value: Campaign['type'];
  choose: (type: Campaign['type']) => void;
}) {
  const say = useTexts(builderTexts);
  return (
    <Radio.Group
      label={say('type')}
      value={value}
      onChange={(chosen) => choose(types.find((type) => type === chosen) ?? 'sms')}
    >
      <Stack gap="xs" mt={6}>
        {types.map((type) => (
          <Radio key={type} value={type} label={say(`type_${type}`)} description={say(`type_${type}_hint`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

export function IntentChoice({
  choose,
  value,
}: {
  value: Campaign['intent'];
  choose: (intent: Campaign['intent']) => void;
}) {
  const say = useTexts(builderTexts);
  return (
    <Radio.Group
      label={say('intent')}
      value={value}
      onChange={(chosen) => choose(chosen === 'marketing' ? 'marketing' : 'transactional')}
    >
      <Stack gap="xs" mt={6}>
        {(['transactional', 'marketing'] as const).map((intent) => (
          <Radio
            key={intent}
            value={intent}
            label={say(`intent_${intent}`)}
            description={say(`intent_${intent}_hint`)}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
