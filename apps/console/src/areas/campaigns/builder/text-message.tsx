import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Select,
  Stack,
  Tabs,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { withPlaces } from '#shared/campaigns/places.ts';
import { one } from '../../../api/queries.ts';
import { languageName, MESSAGE_LANGUAGES } from '../../../parts/languages.ts';
import { PhonePreview } from '../../../parts/phone/phone-preview.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { experimentMetric } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './builder.module.css';
import { CallSettingsFields, CallWordsFields, noSettings, noWords } from './call-fields.tsx';
import { ownValues, sampleText } from './sample-text.ts';
import { SectionForm } from './section-form.tsx';
import { TextFields, useSpoken } from './text-fields.tsx';
import { builderTexts } from './texts.ts';
import { TypicalRows } from './typical-rows.tsx';
import { useDraft, useFilled } from './use-draft.ts';
import { byWhatsApp, goesByWhatsApp, WhatsAppFields } from './whatsapp-fields.tsx';

type Variant = Campaign['definition']['variants'][number];
type Experiment = NonNullable<Campaign['definition']['experiment']>;

const newVariant = (name: string, language: string): Variant => ({
  name,
  weight: 1,
  bodies: { [language]: '' },
  mediaUrls: [],
  calls: {},
  templates: {},
});

/** Names of variants that nobody has named: A, B, C. */
const nameAt = (position: number): string => String.fromCharCode('A'.charCodeAt(0) + position);

/** Texts by variant and language, with fields to put in, and a phone that shows one of them. */
export function TextMessage() {
  const say = useTexts(builderTexts);
  const { campaign } = useDraft();
  const language = useLanguage();
  const { defaultLanguage, experiment, senderNumbers, variants } = campaign.definition;
  const form = useFilled('message', {
    variants: variants.length > 0 ? variants : [newVariant('A', defaultLanguage)],
    defaultLanguage,
    experiment,
    fallback: campaign.definition.fallback,
    call: campaign.definition.call ?? noSettings,
  });
  const { fill, value: filled } = form;
  const [at, setAt] = useState(0);
  const position = Math.min(at, filled.variants.length - 1);
  const variant = filled.variants[position] ?? newVariant('A', defaultLanguage);
  const [shown, setSpoken] = useSpoken(variant.bodies, filled.defaultLanguage);
  const body = variant.bodies[shown] ?? '';
  const sample = useQuery(one('/v1/contacts', { query: { limit: 1 } })).data?.items[0];
  const isOnWhatsApp = goesByWhatsApp(filled.variants);
  const own = ownValues(campaign);
  const text = isOnWhatsApp
    ? withPlaces(body, (place) =>
        sampleText(variant.templates[shown]?.variables[place] ?? `{{${place}}}`, sample, own),
      )
    : sampleText(body, sample, own);
  const change = (more: Partial<Variant>): void =>
    fill({
      variants: filled.variants.map((each, index) => (index === position ? { ...each, ...more } : each)),
    });
  return (
    <SectionForm
      section="message"
      form={form}
      isNew={variants.length === 0}
      change={() => ({
        definition: {
          variants: filled.variants.map((each) => (filled.fallback === null ? { ...each, calls: {} } : each)),
          defaultLanguage: filled.defaultLanguage,
          experiment: filled.variants.length > 1 ? filled.experiment : null,
          fallback: filled.fallback,
          call: filled.fallback === null ? campaign.definition.call : filled.call,
        },
      })}
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
                ...byWhatsApp(
                  [newVariant(nameAt(filled.variants.length), filled.defaultLanguage)],
                  isOnWhatsApp,
                ),
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
          <TextFields
            bodies={variant.bodies}
            changeAll={(bodies) => {
              const [written] = byWhatsApp([{ ...variant, bodies }], isOnWhatsApp);
              change({ bodies, templates: written?.templates ?? {} });
            }}
            sample={sample}
            shown={shown}
            setSpoken={setSpoken}
          />
          <WhatsAppFields
            variant={variant}
            shown={shown}
            isOn={isOnWhatsApp}
            choose={(isOn) => fill({ variants: byWhatsApp(filled.variants, isOn) })}
            change={(templates) => change({ templates })}
          />
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
          <Stack gap="sm" component="fieldset" className={classes.fieldset}>
            <Checkbox
              label={say('fallback')}
              description={say('fallbackHint')}
              checked={filled.fallback !== null}
              onChange={(event) => {
                const calls = event.currentTarget.checked;
                fill({
                  fallback: calls ? 'voice' : null,
                  variants: filled.variants.map((each) => ({
                    ...each,
                    // What is written of calls stays while they are switched off and on; saved without them it is nothing.
                    calls:
                      calls && Object.keys(each.calls).length === 0
                        ? { [filled.defaultLanguage]: noWords }
                        : each.calls,
                  })),
                });
              }}
            />
            {filled.fallback !== null && (
              <>
                <CallWordsFields
                  calls={variant.calls}
                  changeAll={(calls) => change({ calls })}
                  defaultLanguage={filled.defaultLanguage}
                />
                <CallSettingsFields
                  call={filled.call}
                  set={(more) => fill({ call: { ...filled.call, ...more } })}
                />
              </>
            )}
          </Stack>
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
