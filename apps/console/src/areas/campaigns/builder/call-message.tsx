import {
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Tabs,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { ask } from '../../../api/client.ts';
import { languageName } from '../../../parts/languages.ts';
import { span } from '../../../parts/time.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { callVoice } from '../../../words/calls.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './builder.module.css';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled, useSave } from './use-draft.ts';

type Definition = Campaign['definition'];
type Words = Definition['variants'][number]['calls'][string];
type Settings = NonNullable<Definition['call']>;

const noWords: Words = { message: { say: '' }, menu: [], machine: null };
const noSettings: Settings = {
  organisation: null,
  tollFreeNumber: null,
  voice: 'female',
  ringSeconds: null,
  concurrentCalls: null,
};
/** Languages that calls are made in. */
const SPOKEN = ['en', 'es'] as const;

/** What is said in calls, in each language, and how the campaign calls; below it the script as it is heard. */
export function CallMessage() {
  const say = useTexts(builderTexts);
  const voice = useWord(callVoice);
  const language = useLanguage();
  const { campaign } = useDraft();
  const saving = useSave();
  const { call, defaultLanguage, variants } = campaign.definition;
  const [first, ...others] = variants;
  const [filled, fill, isChanged] = useFilled({
    calls: first?.calls ?? { [defaultLanguage]: noWords },
    call: call ?? noSettings,
  });
  const [spoken, setSpoken] = useState(defaultLanguage);
  const languages = Object.keys(filled.calls);
  const shown = languages.includes(spoken) ? spoken : (languages[0] ?? defaultLanguage);
  const words = filled.calls[shown] ?? noWords;
  const change = (more: Partial<Words>): void =>
    fill({ calls: { ...filled.calls, [shown]: { ...words, ...more } } });
  const set = (more: Partial<Settings>): void => fill({ call: { ...filled.call, ...more } });
  const isRecording = 'play' in words.message;
  return (
    <SectionForm
      section="message"
      isChanged={isChanged || variants.length === 0}
      saving={saving}
      save={() =>
        saving.save({
          definition: {
            variants: [
              { ...(first ?? { name: 'A', weight: 1, bodies: {}, mediaUrls: [] }), calls: filled.calls },
              ...others,
            ],
            call: filled.call,
          },
        })
      }
    >
      <div className={classes.twoColumns}>
        <Stack gap="sm" miw={0}>
          <Group gap="xs" align="flex-end">
            <Tabs value={shown} onChange={(value) => setSpoken(value ?? shown)}>
              <Tabs.List aria-label={say('languages')}>
                {languages.map((each) => (
                  <Tabs.Tab key={each} value={each}>
                    {languageName(each, language)}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
            </Tabs>
            {SPOKEN.filter((each) => !languages.includes(each)).map((each) => (
              <Button
                key={each}
                variant="subtle"
                color="gray"
                leftSection={<IconPlus size={14} aria-hidden />}
                onClick={() => {
                  fill({ calls: { ...filled.calls, [each]: noWords } });
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
        <Stack gap="sm">
          <TextInput
            label={say('organisation')}
            description={say('organisationHint')}
            value={filled.call.organisation ?? ''}
            onChange={(event) =>
              set({ organisation: event.currentTarget.value === '' ? null : event.currentTarget.value })
            }
          />
          <TextInput
            label={say('tollFree')}
            description={say('tollFreeHint')}
            type="tel"
            value={filled.call.tollFreeNumber ?? ''}
            onChange={(event) =>
              set({ tollFreeNumber: event.currentTarget.value === '' ? null : event.currentTarget.value })
            }
          />
          <Select
            label={say('voice')}
            allowDeselect={false}
            data={(['female', 'male'] as const).map((value) => ({ value, label: voice(value).says }))}
            value={filled.call.voice}
            onChange={(chosen) => chosen !== null && set({ voice: chosen })}
          />
          <NumberInput
            label={say('ring')}
            placeholder={say('asUsual')}
            value={filled.call.ringSeconds ?? ''}
            onChange={(seconds) => set({ ringSeconds: seconds === '' ? null : Number(seconds) })}
          />
        </Stack>
      </div>
      <AsHeard />
    </SectionForm>
  );
}

/** The script of somebody of the audience, as it is saved, word for word with what the law has us say. */
function AsHeard() {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const { campaign } = useDraft();
  const given = { path: { id: campaign.id }, body: { limit: 1 } };
  const { data } = useQuery({
    queryKey: ['/v1/campaigns/{id}/preview', given],
    queryFn: ({ signal }) => ask('post', '/v1/campaigns/{id}/preview', given, { signal }),
    enabled: campaign.definition.variants.length > 0,
    retry: false,
  });
  const row = data?.items[0];
  if (row === undefined) return null;
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>{say('asHeard')}</Title>
      {row.call === null ? (
        <Text size="sm" c="dimmed">
          {row.says}
        </Text>
      ) : (
        <>
          <Text size="xs" c="dimmed">
            {say('takes', { span: span(row.call.seconds * 1_000, language) })}
          </Text>
          <div className={classes.script}>
            {row.call.heard.map((line) => (
              <Text key={line} size="sm">
                {line}
              </Text>
            ))}
          </div>
          {row.call.keys.map(({ key, says }) => (
            <Text key={key} size="sm">
              {say('afterKey', { key, says })}
            </Text>
          ))}
          {row.call.machine.length > 0 && (
            <Text size="sm" c="dimmed">
              {say('toMachine', { says: row.call.machine.join(' ') })}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
