import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconMessage, IconPhone, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Contact } from '#shared/api-client/api-types.ts';
import { followedBy } from '#shared/campaigns/ladder.ts';
import { one } from '../../../api/queries.ts';
import { useTexts } from '../../../texts/language.tsx';
import { ladderCause } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './builder.module.css';
import { CallSettingsFields, CallWordsFields, noSettings, noWords } from './call-fields.tsx';
import {
  addStep,
  changeStep,
  endingsFor,
  hasOwnWords,
  mayAdd,
  removeStep,
  type Step,
  saysCampaigns,
  usualLadder,
} from './ladder-steps.ts';
import { SectionForm } from './section-form.tsx';
import { TextFields, useSpoken } from './text-fields.tsx';
import { ladderTexts } from './texts.ts';
import { useDraft, useFilled } from './use-draft.ts';

/** Texts and calls that follow each other: the steps, what leads to each, and what each says. */
export function LadderMessage() {
  const say = useTexts(ladderTexts);
  const { campaign } = useDraft();
  const { call, defaultLanguage, ladder, maxAttempts, retryDelayMinutes, variants } = campaign.definition;
  const [first, ...others] = variants;
  const form = useFilled('message', {
    ladder: ladder ?? usualLadder(),
    bodies: first?.bodies ?? { [defaultLanguage]: '' },
    calls: first?.calls ?? { [defaultLanguage]: noWords },
    call: call ?? noSettings,
    maxAttempts,
    retryDelayMinutes,
  });
  const { fill, value: filled } = form;
  const sample = useQuery(one('/v1/contacts', { query: { limit: 1 } })).data?.items[0];
  const steps = filled.ladder;
  const [texts, calls] = [saysCampaigns(steps, 'sms'), saysCampaigns(steps, 'voice')];
  return (
    <SectionForm
      section="message"
      form={form}
      isNew={ladder === null}
      change={() => ({
        definition: {
          ladder: filled.ladder,
          variants: [
            {
              ...(first ?? { name: 'A', weight: 1, mediaUrls: [], templates: {} }),
              bodies: texts ? filled.bodies : {},
              calls: calls ? filled.calls : {},
            },
            ...others,
          ],
          call: filled.call,
          maxAttempts: filled.maxAttempts,
          retryDelayMinutes: filled.retryDelayMinutes,
        },
      })}
    >
      <Text size="sm" c="dimmed" maw={640}>
        {say('hint')}
      </Text>
      <ol className={classes.ladder} aria-label={say('steps')}>
        {steps.map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
          <li key={place}>
            <StepCard
              steps={steps}
              place={place}
              step={step}
              sample={sample}
              defaultLanguage={defaultLanguage}
              change={(more) => fill({ ladder: changeStep(steps, place, more) })}
              remove={() => fill({ ladder: removeStep(steps, place) })}
            />
          </li>
        ))}
      </ol>
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={!mayAdd(steps)}
        onClick={() => fill({ ladder: addStep(steps) })}
      >
        {say('add')}
      </Button>
      <Group gap="md" align="flex-start" wrap="wrap">
        <NumberInput
          label={say('attempts')}
          description={say('attemptsHint')}
          w={260}
          min={1}
          max={10}
          value={filled.maxAttempts}
          onChange={(value) => fill({ maxAttempts: Number(value) || 1 })}
        />
        <NumberInput
          label={say('retryDelay')}
          description={say('retryDelayHint')}
          w={260}
          min={1}
          max={10_080}
          value={filled.retryDelayMinutes}
          onChange={(value) => fill({ retryDelayMinutes: Number(value) || 1 })}
        />
      </Group>
      {texts && (
        <Stack gap="sm" component="section" maw={640}>
          <Title order={2}>{say('campaignsText')}</Title>
          <Texts
            bodies={filled.bodies}
            changeAll={(bodies) => fill({ bodies })}
            sample={sample}
            defaultLanguage={defaultLanguage}
          />
        </Stack>
      )}
      {calls && (
        <Stack gap="sm" component="section" maw={640}>
          <Title order={2}>{say('campaignsCall')}</Title>
          <CallWordsFields
            calls={filled.calls}
            changeAll={(words) => fill({ calls: words })}
            defaultLanguage={defaultLanguage}
          />
        </Stack>
      )}
      <Stack gap="sm" component="section" maw={640}>
        <Title order={2}>{say('howCalls')}</Title>
        <CallSettingsFields call={filled.call} set={(more) => fill({ call: { ...filled.call, ...more } })} />
      </Stack>
    </SectionForm>
  );
}

function Texts({
  bodies,
  changeAll,
  defaultLanguage,
  sample,
}: {
  bodies: Record<string, string>;
  changeAll: (bodies: Record<string, string>) => void;
  sample: Contact | undefined;
  defaultLanguage: string;
}) {
  const [shown, setSpoken] = useSpoken(bodies, defaultLanguage);
  return (
    <TextFields bodies={bodies} changeAll={changeAll} sample={sample} shown={shown} setSpoken={setSpoken} />
  );
}

function StepCard({
  change,
  defaultLanguage,
  place,
  remove,
  sample,
  step,
  steps,
}: {
  steps: readonly Step[];
  place: number;
  step: Step;
  sample: Contact | undefined;
  defaultLanguage: string;
  change: (more: Partial<Step>) => void;
  remove: () => void;
}) {
  const say = useTexts(ladderTexts);
  const number = place + 1;
  const isText = step.channel === 'sms';
  const own = hasOwnWords(step);
  return (
    <fieldset className={classes.fieldset}>
      <legend className={classes.legend}>
        {isText ? <IconMessage size={16} aria-hidden /> : <IconPhone size={16} aria-hidden />}
        {say(isText ? 'stepText' : 'stepCall', { number })}
      </legend>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <SegmentedControl
            aria-label={say('channelOf', { number })}
            value={step.channel}
            onChange={(channel) => change({ channel: channel === 'voice' ? 'voice' : 'sms' })}
            data={[
              { value: 'sms', label: say('text') },
              { value: 'voice', label: say('call') },
            ]}
          />
          {steps.length > 2 && (
            <ActionIcon aria-label={say('removeStep', { number })} onClick={remove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
        {place > 0 && <Leads steps={steps} place={place} step={step} change={change} />}
        <Group gap="md" align="flex-end" wrap="wrap">
          <NumberInput
            label={say('tries')}
            w={140}
            min={1}
            max={10}
            value={step.tries}
            onChange={(value) => change({ tries: Number(value) || 1 })}
          />
          <SegmentedControl
            aria-label={say('wordsOf', { number })}
            value={own ? 'own' : 'campaign'}
            onChange={(which) =>
              change(
                which === 'campaign'
                  ? { bodies: {}, calls: {} }
                  : isText
                    ? { bodies: { [defaultLanguage]: '' } }
                    : { calls: { [defaultLanguage]: noWords } },
              )
            }
            data={[
              { value: 'campaign', label: say(isText ? 'campaignsText' : 'campaignsCall') },
              { value: 'own', label: say('ownWords') },
            ]}
          />
        </Group>
        {own && isText && (
          <Texts
            bodies={step.bodies}
            changeAll={(bodies) => change({ bodies })}
            sample={sample}
            defaultLanguage={defaultLanguage}
          />
        )}
        {own && !isText && (
          <CallWordsFields
            calls={step.calls}
            changeAll={(calls) => change({ calls })}
            defaultLanguage={defaultLanguage}
          />
        )}
      </Stack>
    </fieldset>
  );
}

/** After which step it comes, upon which of its endings, and how long an answer is waited for. */
function Leads({
  change,
  place,
  step,
  steps,
}: {
  steps: readonly Step[];
  place: number;
  step: Step;
  change: (more: Partial<Step>) => void;
}) {
  const say = useTexts(ladderTexts);
  const word = useWord(ladderCause);
  const before = followedBy(step, place) ?? 0;
  return (
    <>
      {place > 1 && (
        <Select
          label={say('follows')}
          w={260}
          maw="100%"
          allowDeselect={false}
          data={steps.slice(0, place).map(({ channel }, at) => ({
            value: String(at),
            label: say(channel === 'sms' ? 'stepText' : 'stepCall', { number: at + 1 }),
          }))}
          value={String(before)}
          onChange={(value) => {
            const follows = Number(value);
            change({ follows: follows === place - 1 ? null : follows, after: [] });
          }}
        />
      )}
      <Checkbox.Group
        label={say('after', { number: before + 1 })}
        value={[...step.after]}
        onChange={(after) => change({ after: after as Step['after'] })}
      >
        <Group gap="md" mt={6}>
          {endingsFor(steps, place).map(({ ending, isTaken }) => (
            <Checkbox
              key={ending}
              value={ending}
              label={isTaken ? say('taken', { ending: word(ending).says }) : word(ending).says}
              disabled={isTaken}
            />
          ))}
        </Group>
      </Checkbox.Group>
      {step.after.length === 0 && (
        <Text size="sm" c="var(--c-held-text)">
          {say('nothingLeads')}
        </Text>
      )}
      {step.after.includes('no_reply') && (
        <NumberInput
          label={say('answerWithin')}
          description={say('answerWithinHint')}
          w={260}
          maw="100%"
          min={0.1}
          max={336}
          decimalScale={2}
          value={Math.round((step.answerWithinMinutes ?? 0) / 0.6) / 100}
          onChange={(hours) => change({ answerWithinMinutes: Math.max(1, Math.round(Number(hours) * 60)) })}
        />
      )}
    </>
  );
}
