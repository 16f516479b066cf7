import {
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { languageName } from '../../../parts/languages.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { callVoice } from '../../../words/calls.ts';
import { useWord } from '../../../words/use-word.ts';
import { LanguageTabs } from './language-tabs.tsx';
import { builderTexts } from './texts.ts';

type Definition = Campaign['definition'];
export type CallWords = Definition['variants'][number]['calls'];
type Words = CallWords[string];
export type CallSettings = NonNullable<Definition['call']>;

export const noWords: Words = { message: { say: '' }, menu: [], machine: null };
export const noSettings: CallSettings = {
  organisation: null,
  tollFreeNumber: null,
  voice: 'female',
  ringSeconds: null,
  concurrentCalls: null,
};
/** Languages that calls are made in. */
const SPOKEN = ['en', 'es'] as const;

/** What is said in calls, in each language. */
export function CallWordsFields({
  calls,
  changeAll,
  defaultLanguage,
}: {
  calls: CallWords;
  changeAll: (calls: CallWords) => void;
  defaultLanguage: string;
}) {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const [spoken, setSpoken] = useState(defaultLanguage);
  const languages = Object.keys(calls);
  const shown = languages.includes(spoken) ? spoken : (languages[0] ?? defaultLanguage);
  const words = calls[shown] ?? noWords;
  const change = (more: Partial<Words>): void => changeAll({ ...calls, [shown]: { ...words, ...more } });
  const isRecording = 'play' in words.message;
  return (
    <Stack gap="sm" miw={0}>
      <Group gap="xs" align="flex-end">
        <LanguageTabs languages={languages} shown={shown} choose={setSpoken} />
        {SPOKEN.filter((each) => !languages.includes(each)).map((each) => (
          <Button
            key={each}
            variant="subtle"
            color="gray"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => {
              changeAll({ ...calls, [each]: noWords });
              setSpoken(each);
            }}
          >
            {languageName(each, language)}
          </Button>
        ))}
      </Group>
      <SegmentedControl
        w="fit-content"
        aria-label={say('saidAs')}
        value={isRecording ? 'play' : 'say'}
        onChange={(value) => change({ message: value === 'play' ? { play: '' } : { say: '' } })}
        data={[
          { value: 'say', label: say('spokenWords') },
          { value: 'play', label: say('recording') },
        ]}
      />
      {'play' in words.message ? (
        <TextInput
          label={say('recordingAddress')}
          description={say('recordingHint')}
          type="url"
          value={words.message.play}
          onChange={(event) => change({ message: { play: event.currentTarget.value } })}
        />
      ) : (
        <Textarea
          label={say('callWords')}
          description={say('callWordsHint')}
          autosize
          minRows={4}
          maxLength={4_000}
          value={words.message.say}
          onChange={(event) => change({ message: { say: event.currentTarget.value } })}
        />
      )}
      <Textarea
        label={say('machine')}
        description={say('machineHint')}
        autosize
        minRows={2}
        maxLength={2_400}
        value={words.machine ?? ''}
        onChange={(event) =>
          change({ machine: event.currentTarget.value === '' ? null : event.currentTarget.value })
        }
      />
      {words.menu.map((each, index) => (
        <Group key={each.key} gap="xs" align="flex-end" wrap="wrap">
          <Text size="sm" pb={6}>
            {say('key', { key: each.key })}
          </Text>
          <TextInput
            label={say('prompt')}
            value={each.prompt}
            onChange={(event) =>
              change({
                menu: words.menu.map((one, at) =>
                  at === index ? { ...one, prompt: event.currentTarget.value } : one,
                ),
              })
            }
          />
          <TextInput
            label={say('pressed')}
            value={each.say}
            onChange={(event) =>
              change({
                menu: words.menu.map((one, at) =>
                  at === index ? { ...one, say: event.currentTarget.value } : one,
                ),
              })
            }
          />
          <Button
            variant="subtle"
            color="gray"
            onClick={() => change({ menu: words.menu.filter((_, at) => at !== index) })}
          >
            {say('removeKey')}
          </Button>
        </Group>
      ))}
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => {
          const key = (['1', '2', '3', '4', '5', '6', '7', '8'] as const).find((free) =>
            words.menu.every((each) => each.key !== free),
          );
          if (key !== undefined) change({ menu: [...words.menu, { key, prompt: '', say: '' }] });
        }}
      >
        {say('addKey')}
      </Button>
    </Stack>
  );
}

/** How a campaign calls. */
export function CallSettingsFields({
  call,
  set,
}: {
  call: CallSettings;
  set: (more: Partial<CallSettings>) => void;
}) {
  const say = useTexts(builderTexts);
  const voice = useWord(callVoice);
  return (
    <Stack gap="sm">
      <TextInput
        label={say('organisation')}
        description={say('organisationHint')}
        value={call.organisation ?? ''}
        onChange={(event) =>
          set({ organisation: event.currentTarget.value === '' ? null : event.currentTarget.value })
        }
      />
      <TextInput
        label={say('tollFree')}
        description={say('tollFreeHint')}
        type="tel"
        value={call.tollFreeNumber ?? ''}
        onChange={(event) =>
          set({ tollFreeNumber: event.currentTarget.value === '' ? null : event.currentTarget.value })
        }
      />
      <Select
        label={say('voice')}
        allowDeselect={false}
        data={(['female', 'male'] as const).map((value) => ({ value, label: voice(value).says }))}
        value={call.voice}
        onChange={(chosen) => chosen !== null && set({ voice: chosen })}
      />
      <NumberInput
        label={say('ring')}
        placeholder={say('asUsual')}
        value={call.ringSeconds ?? ''}
        onChange={(seconds) => set({ ringSeconds: seconds === '' ? null : Number(seconds) })}
      />
    </Stack>
  );
}
