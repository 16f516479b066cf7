import { Anchor, Group, List, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { DrillCheck } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Section } from '../../../parts/page.tsx';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { Differences } from '../drill/differences-view.tsx';
import { anchorOf, goTo, useEditing } from './editing.ts';
import { type Finding, needsReason, unreachedOf } from './findings.ts';
import { keepHere } from './kept-here.ts';
import { isSame } from './merge.ts';
import { editorTexts } from './texts.ts';
import type { Working } from './working.ts';

/** Everything that there is to know before people get it, and publishing itself. */
export function Publish({ close }: { close: () => void }) {
  const say = useTexts(editorTexts);
  const { editor, findings } = useEditing();
  const navigate = useNavigate();
  const { base, isSaved, isWhole, kept, slug, working } = editor;
  const [reason, setReason] = useState('');
  const { data: check, error, refetch } = useQuery(one('/v1/drill-drafts/{slug}/check', { path: { slug } }));
  const before = usePublished(slug, base.publishedVersion);
  const publish = useChange('post', '/v1/drill-drafts/{slug}/publish', {
    touches: ['/v1/drill-drafts', '/v1/drills', '/v1/programmes'],
    onDone: ({ isNew, version }) => {
      // What is not whole is no part of it: it waits here for whoever edits the drill again.
      if (isWhole) keepHere(slug, null);
      const done = isNew
        ? say('published', { name: working.name, version })
        : say('unchanged', { name: working.name });
      void tellDone(isWhole ? done : `${done} ${say('restStays')}`);
      void navigate({ to: '/drills/drill/$slug', params: { slug } });
    },
  });
  const version = (base.publishedVersion ?? 0) + 1;
  const faults = findings.filter(({ tone }) => tone === 'bad');
  const isReasonNeeded = check !== undefined && needsReason(check);
  const whyNot = !isSaved
    ? say('notYetSaved')
    : faults.length > 0
      ? say('hasFaults')
      : isReasonNeeded && reason.trim() === ''
        ? say('needsReason')
        : undefined;
  return (
    <SideDrawer
      title={say('publishTitle', { name: working.name })}
      state={
        base.publishedVersion === null
          ? say('publishFirst', { version })
          : before !== undefined && isSame(before, base.draft)
            ? say('publishUnchanged', { version: base.publishedVersion })
            : say('publishNext', { version, before: base.publishedVersion })
      }
      close={close}
      actions={
        <Action
          needs="operator"
          loading={publish.isPending}
          whyNot={check === undefined ? say('notYetSaved') : whyNot}
          does={() =>
            publish.mutate({
              path: { slug },
              body: isReasonNeeded ? { overrideReason: reason.trim() } : {},
              seen: base,
            })
          }
        >
          {say('publishNow', { version })}
        </Action>
      }
    >
      <Stack gap="lg">
        <Text size="sm">{say('publishState')}</Text>
        {kept.leftOut.length > 0 && <TonedText tone="held">{say('publishWithout')}</TonedText>}
        {error && check === undefined && <FaultBox error={error} again={() => void refetch()} />}
        {check === undefined ? (
          !error && <Skeleton height={160} />
        ) : (
          <>
            {faults.length === 0 ? (
              <TonedText tone="good">{say('checkNoFaults')}</TonedText>
            ) : (
              <Section title={say('checkFaults')}>
                <Found found={faults} close={close} />
              </Section>
            )}
            <ExamplesOutcome check={check} findings={findings} places={kept.places} close={close} />
            {isReasonNeeded && faults.length === 0 && (
              <Textarea
                label={say('reason')}
                description={say('reasonHint')}
                autosize
                minRows={2}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            )}
            {findings.some(({ example, tone }) => tone === 'held' && example === null) && (
              <Section title={say('checkWarnings')}>
                <Found
                  found={findings.filter(({ example, tone }) => tone === 'held' && example === null)}
                  close={close}
                />
              </Section>
            )}
            {before !== undefined && !isSame(before, base.draft) && (
              <Section title={say('publishChanges')}>
                <Differences from={before} to={base.draft} />
              </Section>
            )}
            {publish.error && <FaultBox error={publish.error} />}
          </>
        )}
      </Stack>
    </SideDrawer>
  );
}

/** The drill as people get it now, in the shape of a draft; undefined: it was never published, or is still being read. */
function usePublished(slug: string, version: number | null): Working | undefined {
  const { data } = useQuery({
    ...one('/v1/drills/{slug}/versions/{version}', { path: { slug, version: version ?? 1 } }),
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return useMemo(() => {
    if (data === undefined) return undefined;
    const { version: _, ...drill } = data.drill;
    return { ...drill, examples: data.examples };
  }, [data]);
}

function ExamplesOutcome({
  check,
  close,
  findings,
  places,
}: {
  check: DrillCheck;
  findings: readonly Finding[];
  places: readonly number[];
  close: () => void;
}) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { editor } = useEditing();
  const { untestedLanguages } = check.examples;
  const failing = findings.filter(({ example }) => example !== null);
  const whole = editor.working.examples.length;
  const part = whole - new Set(failing.map(({ example }) => example)).size;
  const unreached = unreachedOf(check, places);
  const isClean = !needsReason(check);
  return (
    <Section
      title={say('checkExamples')}
      aside={
        <Text size="sm" c="dimmed">
          {say('examplesGo', { part, whole })}
        </Text>
      }
    >
      <Stack gap="xs">
        {isClean && <TonedText tone="good">{say('examplesAll')}</TonedText>}
        {failing.length > 0 && (
          <>
            <Text size="sm" fw={500}>
              {say('examplesFail')}
            </Text>
            <Found found={failing} close={close} />
          </>
        )}
        {unreached.length > 0 && (
          <>
            <Text size="sm" fw={500}>
              {say('examplesUnreached')}
            </Text>
            <Found found={unreached} close={close} />
          </>
        )}
        {untestedLanguages.length > 0 && (
          <TonedText tone="held">
            {say('examplesLanguages', {
              languages: untestedLanguages.map((each) => languageName(each, reader)).join(', '),
            })}
          </TonedText>
        )}
      </Stack>
    </Section>
  );
}

/** Findings, each with the way to where it stands. */
function Found({ close, found }: { found: readonly Finding[]; close: () => void }) {
  const say = useTexts(editorTexts);
  const reader = useLanguage();
  const { speak } = useEditing();
  const go = ({ example, language, prompt }: Finding): void => {
    if (language !== null) speak(language);
    close();
    // The drawer gives the page back first.
    setTimeout(() => goTo(anchorOf(prompt, example)), 300);
  };
  return (
    <List size="sm" spacing={6} listStyleType="none" withPadding={false}>
      {found.map((each) => (
        <List.Item key={`${each.prompt} ${each.example} ${each.field} ${each.language} ${each.message}`}>
          <Group gap="xs" align="baseline" wrap="nowrap" justify="space-between">
            <TonedText tone={each.tone}>
              {each.language === null
                ? each.message
                : say('inOtherLanguage', {
                    language: languageName(each.language, reader),
                    message: each.message,
                  })}
            </TonedText>
            {(each.prompt !== null || each.example !== null) && (
              <Anchor
                component="button"
                type="button"
                size="sm"
                style={{ flex: 'none' }}
                onClick={() => go(each)}
              >
                {say('goThere')}
              </Anchor>
            )}
          </Group>
        </List.Item>
      ))}
    </List>
  );
}
