import { Group, NumberInput } from '@mantine/core';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useTexts } from '../../../texts/language.tsx';
import { builderTexts } from './texts.ts';

type Pace = Pick<Campaign['definition'], 'messagesPerSecond' | 'spreadOverMinutes'>;

/** How fast it goes: no faster than so many a second, or evenly over a time. What is filled in of one takes the other out. */
export function PaceFields({ fill, value }: { value: Pace; fill: (pace: Pace) => void }) {
  const say = useTexts(builderTexts);
  const { messagesPerSecond, spreadOverMinutes } = value;
  return (
    <Group gap="sm" align="flex-start" wrap="wrap">
      <NumberInput
        label={say('pace')}
        description={say('paceHint')}
        placeholder={say(spreadOverMinutes === null ? 'asUsual' : 'evenly')}
        w={280}
        min={0.1}
        max={10_000}
        decimalScale={1}
        value={messagesPerSecond ?? ''}
        onChange={(filled) =>
          fill(
            filled === ''
              ? { messagesPerSecond: null, spreadOverMinutes }
              : { messagesPerSecond: Number(filled), spreadOverMinutes: null },
          )
        }
      />
      <NumberInput
        label={say('spread')}
        description={say('spreadHint')}
        placeholder={say('notSpread')}
        w={280}
        min={1}
        max={43_200}
        allowDecimal={false}
        value={spreadOverMinutes ?? ''}
        onChange={(filled) =>
          fill(
            filled === ''
              ? { messagesPerSecond, spreadOverMinutes: null }
              : { messagesPerSecond: null, spreadOverMinutes: Number(filled) },
          )
        }
      />
    </Group>
  );
}
