import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Menu,
  NumberInput,
  Select,
  Stack,
  Tabs,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { languageName, MESSAGE_LANGUAGES } from '../../../parts/languages.ts';
import { inPlainLetters } from '../../../parts/phone/characters.ts';
import { PhonePreview } from '../../../parts/phone/phone-preview.tsx';
import { SegmentCounter } from '../../../parts/phone/segment-counter.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { experimentMetric } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './builder.module.css';
import { MarkedText } from './marked-text.tsx';
import { insertable, sampleText } from './sample-text.ts';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { TypicalRows } from './typical-rows.tsx';
import { useDraft, useFields, useFilled, useSave } from './use-draft.ts';

type Variant = Campaign['definition']['variants'][number];
type Experiment = NonNullable<Campaign['definition']['experiment']>;

const newVariant = (name: string, language: string): Variant => ({
  name,
  weight: 1,
  bodies: { [language]: '' },
  mediaUrls: [],
  calls: {},
});

/** Names of variants that nobody has named: A, B, C. */
const nameAt = (position: number): string => String.fromCharCode('A'.charCodeAt(0) + position);

/** Texts by variant and language, with fields to put in, and a phone that shows one of them. */
export function TextMessage() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const saving = useSave();
  const language = useLanguage();
  const { defaultLanguage, experiment, senderNumbers, variants } = campaign.definition;
  const [filled, fill, isChanged] = useFilled({
    variants: variants.length > 0 ? variants : [newVariant('A', defaultLanguage)],
    defaultLanguage,
    experiment,
  });
  const [at, setAt] = useState(0);
  const [spoken, setSpoken] = useState(defaultLanguage);
  const position = Math.min(at, filled.variants.length - 1);
  const variant = filled.variants[position] ?? newVariant('A', defaultLanguage);
  const languages = Object.keys(variant.bodies);
  const shown = languages.includes(spoken) ? spoken : (languages[0] ?? filled.defaultLanguage);
  const body = variant.bodies[shown] ?? '';
  const sample = useQuery(one('/v1/contacts', { query: { limit: 1 } })).data?.items[0];
  const text = sampleText(body, sample);
  const change = (more: Partial<Variant>): void =>
    fill({
      variants: filled.variants.map((each, index) => (index === position ? { ...each, ...more } : each)),
    });
  const write = (written: string): void => change({ bodies: { ...variant.bodies, [shown]: written } });
  return (
    <SectionForm
      section="message"
      isChanged={isChanged || variants.length === 0}
      saving={saving}
      save={() =>
        saving.save({
          definition: {
            variants: filled.variants,
            defaultLanguage: filled.defaultLanguage,
            experiment: filled.variants.length > 1 ? filled.experiment : null,
          },
        })
      }
    >
      <Group gap="xs" align="flex-end" wrap="wrap">
        <Tabs value={String(position)} onChange={(value) => setAt(Number(value))} variant="outline">
          <Tabs.List aria-label={say('variants')}>
            {filled.variants.map((each, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a variant is its position
              <Tabs.Tab key={index} value={String(index)}>
                {each.name}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={filled.variants.length >= 10}
          onClick={() => {
            fill({
              variants: [
                ...filled.variants,
                { ...newVariant(nameAt(filled.variants.length), filled.defaultLanguage) },
              ],
            });
            setAt(filled.variants.length);
          }}
        >
          {say('addVariant')}
        </Button>
      </Group>
      <div className={classes.twoColumns}>
        <Stack gap="sm" miw={0}>
          {filled.variants.length > 1 && (
            <Group gap="xs" align="flex-end">
              <TextInput
                label={say('variantName')}
                w={160}
                required
                value={variant.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <NumberInput
                label={say('weight')}
                w={110}
                min={1}
                max={1_000}
                value={variant.weight}
                onChange={(weight) => change({ weight: Number(weight) || 1 })}
              />
              <ActionIcon
                aria-label={say('removeVariant', { name: variant.name })}
                size="lg"
                onClick={() => {
                  fill({ variants: filled.variants.filter((_, index) => index !== position) });
                  setAt(0);
                }}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </Group>
          )}
          <Group gap="xs" align="flex-end" wrap="wrap">
            <Tabs value={shown} onChange={(value) => setSpoken(value ?? shown)}>
              <Tabs.List aria-label={say('languages')}>
                {languages.map((each) => (
                  <Tabs.Tab key={each} value={each}>
                    {languageName(each, language)}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
            </Tabs>
            <Menu>
              <Menu.Target>
                <Button variant="subtle" color="gray" leftSection={<IconPlus size={14} aria-hidden />}>
                  {say('addLanguage')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {MESSAGE_LANGUAGES.filter((each) => !languages.includes(each)).map((each) => (
                  <Menu.Item
                    key={each}
                    onClick={() => {
                      change({ bodies: { ...variant.bodies, [each]: '' } });
                      setSpoken(each);
                    }}
                  >
                    {languageName(each, language)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </Group>
          <Writing
            body={body}
            write={write}
            label={say('textIn', { language: languageName(shown, language) })}
          />
          <SegmentCounter text={text} replace={() => write(plainly(body))} />
          <MarkedText text={text} />
          <Text size="xs" c="dimmed">
            {say('linksHint')}
          </Text>
          <Textarea
            label={say('media')}
            description={say('mediaHint')}
            autosize
            minRows={1}
            value={variant.mediaUrls.join('\n')}
            onChange={(event) =>
              change({
                mediaUrls: event.currentTarget.value
                  .split('\n')
                  .map((line) => line.trim())
                  .filter((line) => line !== ''),
              })
            }
          />
          <Select
            label={say('defaultLanguage')}
            description={say('defaultLanguageHint')}
            maw={320}
            allowDeselect={false}
            data={MESSAGE_LANGUAGES.map((value) => ({ value, label: languageName(value, language) }))}
            value={filled.defaultLanguage}
            onChange={(chosen) => chosen !== null && fill({ defaultLanguage: chosen })}
          />
          {filled.variants.length > 1 && (
            <ExperimentFields
              experiment={filled.experiment}
              choose={(chosen) => fill({ experiment: chosen })}
            />
          )}
        </Stack>
        <Stack gap="sm" align="center">
          <PhonePreview
            sender={senderNumbers[0] ?? say('ownNumber')}
            bubbles={
              text.trim() === '' && variant.mediaUrls.length === 0
                ? []
                : [
                    {
                      id: 'text',
                      from: 'us',
                      body: text,
                      note:
                        sample === undefined
                          ? undefined
                          : say('asFor', { name: sample.name ?? sample.phoneNumber }),
                    },
                  ]
            }
          />
        </Stack>
      </div>
      <TypicalRows />
    </SectionForm>
  );
}

/** Only what stands in the text itself is replaced: values are their own. */
const plainly = (body: string): string => inPlainLetters(body) ?? body;

function Writing({ body, label, write }: { body: string; label: string; write: (body: string) => void }) {
  const say = useTexts(builderTexts);
  const fields = useFields();
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string): void => {
    const place = area.current;
    const [from, to] = [place?.selectionStart ?? body.length, place?.selectionEnd ?? body.length];
    const field = `{{${name}}}`;
    write(`${body.slice(0, from)}${field}${body.slice(to)}`);
    requestAnimationFrame(() => {
      place?.focus();
      place?.setSelectionRange(from + field.length, from + field.length);
    });
  };
  return (
    <Stack gap={4}>
      <Textarea
        ref={area}
        label={label}
        autosize
        minRows={5}
        maxRows={16}
        maxLength={4_000}
        value={body}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle" w="fit-content" leftSection={<IconPlus size={14} aria-hidden />}>
            {say('insertField')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {insertable.map((name) => (
            <Menu.Item key={name} onClick={() => insert(name === 'first_name' ? 'first_name|' : name)}>
              {name.replaceAll('_', ' ')}
            </Menu.Item>
          ))}
          {fields.map(({ label: called, name }) => (
            <Menu.Item key={name} onClick={() => insert(name)}>
              {called || name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Stack>
  );
}

function ExperimentFields({
  choose,
  experiment,
}: {
  experiment: Experiment | null;
  choose: (experiment: Experiment | null) => void;
}) {
  const say = useTexts(builderTexts);
  const word = useWord(experimentMetric);
  const usual: Experiment = {
    metric: 'reply',
    sample: 100,
    waitMinutes: 240,
    confidence: 0.95,
    automatic: true,
  };
  return (
    <Stack gap="xs" component="fieldset" className={classes.fieldset}>
      <Checkbox
        label={say('compare')}
        description={say('compareHint')}
        checked={experiment !== null}
        onChange={(event) => choose(event.currentTarget.checked ? usual : null)}
      />
      {experiment !== null && (
        <Group gap="xs" align="flex-end" wrap="wrap">
          <Select
            label={say('metric')}
            w={150}
            allowDeselect={false}
            data={(['reply', 'delivered', 'click'] as const).map((value) => ({
              value,
              label: word(value).says,
            }))}
            value={experiment.metric}
            onChange={(metric) => metric !== null && choose({ ...experiment, metric })}
          />
          <NumberInput
            label={say('sample')}
            w={140}
            min={10}
            value={experiment.sample}
            onChange={(sample) => choose({ ...experiment, sample: Number(sample) || 10 })}
          />
          <NumberInput
            label={say('waitMinutes')}
            w={140}
            min={1}
            max={10_080}
            value={experiment.waitMinutes}
            onChange={(waitMinutes) => choose({ ...experiment, waitMinutes: Number(waitMinutes) || 1 })}
          />
          <Checkbox
            label={say('automatic')}
            checked={experiment.automatic}
            onChange={(event) => choose({ ...experiment, automatic: event.currentTarget.checked })}
          />
        </Group>
      )}
    </Stack>
  );
}
