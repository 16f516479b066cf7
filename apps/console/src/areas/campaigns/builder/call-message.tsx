import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../../api/client.ts';
import { span } from '../../../parts/time.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { CallSettingsFields, CallWordsFields, noSettings, noWords } from './call-fields.tsx';
import { SectionForm } from './section-form.tsx';
import { builderTexts } from './texts.ts';
import { useDraft, useFilled } from './use-draft.ts';

/** What is said in calls, in each language, and how the campaign calls; below it the script as it is heard. */
export function CallMessage() {
  const { campaign } = useDraft();
  const { call, defaultLanguage, variants } = campaign.definition;
  const [first, ...others] = variants;
  const form = useFilled('message', {
    calls: first?.calls ?? { [defaultLanguage]: noWords },
    call: call ?? noSettings,
  });
  const { fill, value: filled } = form;
  return (
    <SectionForm
      section="message"
      form={form}
      isNew={variants.length === 0}
      change={() => ({
        definition: {
          variants: [
            {
              ...(first ?? { name: 'A', weight: 1, bodies: {}, mediaUrls: [], templates: {} }),
              calls: filled.calls,
            },
            ...others,
          ],
          call: filled.call,
        },
      })}
    >
      <div className={classes.twoColumns}>
        <CallWordsFields
          calls={filled.calls}
          changeAll={(calls) => fill({ calls })}
          defaultLanguage={defaultLanguage}
        />
        <CallSettingsFields call={filled.call} set={(more) => fill({ call: { ...filled.call, ...more } })} />
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
