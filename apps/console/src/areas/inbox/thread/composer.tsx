import { Button, Group, SegmentedControl, Text, Textarea } from '@mantine/core';
import { IconRobot, IconSend } from '@tabler/icons-react';
import { useIsMutating } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { AnswerOutlook, JudgedMessage } from '#shared/api-client/api-types.ts';
import { newIdempotencyKey } from '#shared/api-client/client.ts';
import { useChange } from '../../../api/use-change.ts';
import { useShortcuts } from '../../../app/keys.ts';
import { Action } from '../../../parts/action.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { SegmentCounter } from '../../../parts/phone/segment-counter.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import { useWhy } from '../use-why.ts';
import { CannedMenu } from './canned-menu.tsx';
import classes from './thread.module.css';
import type { Seen } from './thread.tsx';
import { useOutlook } from './use-outlook.ts';
import { useTellSent } from './use-tell-sent.ts';
import { useWriting } from './use-writing.ts';
import { done, givenBack, sentAs, written } from './writing.ts';

/** As the API takes them. */
const LONGEST_TEXT = 1_600;
const LONGEST_NOTE = 4_000;
const touches = ['/v1/conversations', '/v1/conversation-counts', '/v1/agent-answers'];

/** Where somebody writes: an answer, whose fate it tells beforehand as the API judges it, or a note for colleagues. */
export function Composer({
  edited,
  id,
  seen,
}: {
  id: string;
  /** The text whose draft is being put in other words; null: it is an answer of their own. */
  edited: string | null;
  seen: Seen;
}) {
  const say = useTexts(inboxTexts);
  const onError = useTellWhy();
  const tellSent = useTellSent();
  const box = useRef<HTMLTextAreaElement>(null);
  const [mode, setMode] = useState<'answer' | 'note'>('answer');
  const { change, current, writing } = useWriting(id);
  const { data: outlook } = useOutlook(id);
  const { draft, sent, text } = writing;
  const write = (typed: string): void => change((before) => written(before, typed));
  const isDone = (_: unknown, given: object): void => change((now) => done(now, given));
  const goes = {
    touches,
    onDone: (judged: JudgedMessage, given: object) => {
      isDone(judged, given);
      tellSent(judged);
    },
  };
  const answer = useChange('post', '/v1/conversations/{id}/reply', goes);
  const send = useChange('post', '/v1/agent-answers/{id}/send', goes);
  const note = useChange('post', '/v1/conversations/{id}/notes', { touches, onDone: isDone });
  useEffect(() => {
    if (draft?.textId === undefined) return;
    setMode('answer');
    box.current?.focus();
  }, [draft?.textId]);
  useShortcuts([{ key: 'r', says: say('keyAnswer'), does: () => box.current?.focus() }]);

  const isNote = mode === 'note';
  const isBlocked = !isNote && outlook?.verdict === 'blocked';
  const words = text.trim();
  // Also what went before they looked elsewhere, and came back.
  const isBusy =
    useIsMutating({ predicate: ({ state }) => sent !== null && state.variables === sent.change }) > 0;
  const whyNot =
    words === '' ? say('nothingWritten') : !isNote && seen === null ? say('notSeenYet') : undefined;
  const submit = (): void => {
    if (whyNot !== undefined || isBusy || isBlocked) return;
    const next = sentAs(current(), mode, () => {
      const body = { body: words };
      const request = { words, key: newIdempotencyKey() };
      if (isNote) return { ...request, kind: 'note', change: { path: { id }, body } };
      if (edited !== null) return { ...request, kind: 'draft', change: { path: { id: edited }, body } };
      return { ...request, kind: 'answer', change: { path: { id }, body: { ...body, ...seen } } };
    });
    change((before) => ({ ...before, sent: next }));
    if (next.kind === 'note') note.mutate(next.change, { onError });
    else if (next.kind === 'draft') send.mutate(next.change, { onError });
    else answer.mutate(next.change, { onError });
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
    else if (event.key === 'Escape') box.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <section className={classes.composer} aria-label={say('write')} data-note={isNote || undefined}>
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          aria-label={say('write')}
          value={mode}
          onChange={(value) => setMode(value === 'note' ? 'note' : 'answer')}
          data={[
            { value: 'answer', label: say('answer') },
            { value: 'note', label: say('note') },
          ]}
        />
        {isNote ? (
          <Text size="xs" c="dimmed">
            {say('noteHint')}
          </Text>
        ) : (
          outlook && <Outlook outlook={outlook} />
        )}
      </Group>
      {draft !== null && (
        <Group gap="xs">
          <IconRobot size={14} aria-hidden />
          <Text size="xs" c="dimmed">
            {say(edited === null ? 'draftGone' : 'draftEdited')}
          </Text>
          <Button size="compact-xs" variant="subtle" onClick={() => change(givenBack)}>
            {say(draft.before === '' ? 'cancel' : 'draftGiveBack')}
          </Button>
        </Group>
      )}
      {isBlocked && outlook ? (
        <Blocked outlook={outlook} />
      ) : (
        <>
          <Textarea
            ref={box}
            aria-label={say(isNote ? 'noteLabel' : 'answerLabel')}
            placeholder={say(isNote ? 'noteLabel' : 'answerLabel')}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={isNote ? LONGEST_NOTE : LONGEST_TEXT}
            value={text}
            onChange={(event) => write(event.currentTarget.value)}
            onKeyDown={pressed}
          />
          <Group justify="space-between" gap="xs" align="flex-start">
            {!isNote && text !== '' && (
              <div className={classes.counter}>
                <SegmentCounter text={text} replace={write} />
              </div>
            )}
            <Group gap="xs" ml="auto">
              {!isNote && (
                <CannedMenu text={text} use={(body) => write(text === '' ? body : `${text} ${body}`)} />
              )}
              <Action
                needs="operator"
                whyNot={whyNot}
                loading={isBusy}
                leftSection={isNote ? undefined : <IconSend size={16} aria-hidden />}
                does={submit}
              >
                {say(isNote ? 'noteAdd' : 'send')}
              </Action>
            </Group>
          </Group>
        </>
      )}
    </section>
  );
}

/** In a few words what would become of it. */
function Outlook({ outlook }: { outlook: AnswerOutlook }) {
  const say = useTexts(inboxTexts);
  const why = useWhy();
  if (outlook.verdict === 'blocked') return null;
  return (
    <Text size="xs" component="div" className={classes.outlook}>
      {outlook.verdict === 'queued' ? (
        <TonedText tone="good">{say('goesAtOnce')}</TonedText>
      ) : (
        <TonedText tone="held">{why.held(outlook, outlook.zones[0])}</TonedText>
      )}
    </Text>
  );
}

/** Why nothing can be sent to them, and who could change that. */
function Blocked({ outlook: { rule, says } }: { outlook: AnswerOutlook }) {
  const say = useTexts(inboxTexts);
  const why = useWhy();
  const isStopped = rule === 'suppressed' || rule === 'revoked';
  return (
    <Notice tone="bad" title={say('cannotSend', { why: why.lower({ rule, says }) })}>
      <Text size="sm">
        {[why.hint(rule), isStopped ? say('startsAgain') : undefined].filter(Boolean).join(' ')}
      </Text>
    </Notice>
  );
}
