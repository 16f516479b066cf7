import { Checkbox, Stack, Text, TextInput } from '@mantine/core';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { placesOf } from '#shared/campaigns/places.ts';
import { languageName } from '../../../parts/languages.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { builderTexts } from './texts.ts';

type Variant = Campaign['definition']['variants'][number];
type Templates = Variant['templates'];

const NONE: Templates[string] = { contentSid: '', variables: {} };

/** Whether variants go by WhatsApp: one of them names a template. */
export const goesByWhatsApp = (variants: readonly Variant[]): boolean =>
  variants.some(({ templates }) => Object.keys(templates).length > 0);

/** The same variants with a template for each of their texts, or with none. */
export const byWhatsApp = (variants: readonly Variant[], isOn: boolean): Variant[] =>
  variants.map((variant) => ({
    ...variant,
    templates: isOn
      ? Object.fromEntries(
          Object.keys(variant.bodies).map((language) => [language, variant.templates[language] ?? NONE]),
        )
      : {},
  }));

/** Whether it goes by WhatsApp, and the approved template of the text that is shown: its id, and what stands in its places. */
export function WhatsAppFields({
  change,
  choose,
  isOn,
  shown,
  variant,
}: {
  variant: Variant;
  /** The language of the text that is shown. */
  shown: string;
  isOn: boolean;
  choose: (isOn: boolean) => void;
  change: (templates: Templates) => void;
}) {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const template = variant.templates[shown] ?? NONE;
  const write = (more: Partial<typeof template>): void =>
    change({ ...variant.templates, [shown]: { ...template, ...more } });
  const places = placesOf(variant.bodies[shown] ?? '');
  return (
    <Stack gap="sm" component="fieldset" className={classes.fieldset}>
      <Checkbox
        label={say('whatsApp')}
        description={say('whatsAppHint', { one: '{{1}}' })}
        checked={isOn}
        onChange={(event) => choose(event.currentTarget.checked)}
      />
      {isOn && (
        <>
          <TextInput
            label={say('contentSid', { language: languageName(shown, language) })}
            description={say('contentSidHint')}
            value={template.contentSid}
            maxLength={100}
            onChange={(event) => write({ contentSid: event.currentTarget.value.trim() })}
          />
          {places.map((place) => (
            <TextInput
              key={place}
              label={say('place', { place: `{{${place}}}` })}
              description={say('placeHint', { example: '{{first_name|there}}' })}
              value={template.variables[place] ?? ''}
              maxLength={1_024}
              onChange={(event) => {
                const kept = Object.entries(template.variables).filter(([each]) => places.includes(each));
                write({ variables: { ...Object.fromEntries(kept), [place]: event.currentTarget.value } });
              }}
            />
          ))}
          {places.length === 0 && (
            <Text size="xs" c="dimmed">
              {say('noPlaces', { one: '{{1}}' })}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
