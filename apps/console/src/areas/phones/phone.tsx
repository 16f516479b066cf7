import { ActionIcon, Group, Select, Textarea, Tooltip } from '@mantine/core';
import { IconExternalLink, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Line } from '#shared/simulator/line.ts';
import { FaultBox } from '../../parts/fault-box.tsx';
import { PhonePreview } from '../../parts/phone/phone-preview.tsx';
import { tellFault } from '../../parts/tell.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { wordOf } from '../../words/define.ts';
import { lineAnswers, personas } from '../../words/phones.ts';
import { CallPanel } from './call-panel.tsx';
import { Composer } from './composer.tsx';
import { linesOfPersonas, type PersonaName, personaNames, type Question } from './persona.ts';
import classes from './phones.module.css';
import { callsOf, lineOf, messagesOf, setLine, textFrom } from './simulator.ts';
import { phoneTexts } from './texts.ts';
import { isUnderWay, useThread } from './thread.tsx';
import { usePersona, usePersonaReplies } from './use-persona.ts';

const answers = Object.keys(lineAnswers) as Line['answers'][];

/** One virtual phone: who has it, what becomes of calls to it, its thread, and what somebody writes or does with it. */
export function Phone({
  number,
  ours,
  putAway,
  questions,
}: {
  number: string;
  /** Our numbers. */
  ours: readonly string[];
  questions: readonly Question[];
  putAway: () => void;
}) {
  const say = useTexts(phoneTexts);
  const language = useLanguage();
  const cache = useQueryClient();
  const messages = useQuery(messagesOf(number));
  const calls = useQuery(callsOf(number));
  const line = useQuery(lineOf(number));
  const [persona, keepPersona] = usePersona(number);
  const [chosen, setChosen] = useState<string | null>(null);
  const thread = useThread(messages.data, calls.data);
  const to = chosen ?? thread.lastOurs ?? ours[0] ?? '';
  const failed = (error: Error): void => void tellFault(say('failed', { number }), error.message);
  const write = useMutation({
    mutationFn: (text: { body: string; to: string; mediaUrls: string[] }) => textFrom(number, text),
    onError: failed,
  });
  const answer = useMutation({
    mutationFn: (change: Partial<Line>) => setLine(number, change),
    onSuccess: (now) => cache.setQueryData(lineOf(number).queryKey, now),
    onError: failed,
  });
  usePersonaReplies({
    persona,
    // Before it is known where to write to nobody writes.
    messages: to === '' ? undefined : messages.data,
    questions,
    write: (body, from) => write.mutate({ body, to: from ?? to, mediaUrls: [] }),
  });
  const become = (name: PersonaName): void => {
    const from = messages.data?.filter(({ direction }) => direction === 'from_phone').length ?? 0;
    keepPersona({ ...persona, name, from });
    answer.mutate(linesOfPersonas[name]);
  };
  const call = calls.data?.findLast(isUnderWay);
  const optionsOf = <Value extends string>(
    words: typeof personas | typeof lineAnswers,
    values: readonly Value[],
  ) => values.map((value) => ({ value, label: wordOf(words, value, language).says }));
  return (
    <section className={classes.card} aria-label={say('phone', { number })}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <h2 className={classes.number}>{number}</h2>
        <Group gap={2} wrap="nowrap">
          <Tooltip label={say('alone')}>
            <ActionIcon
              renderRoot={(props) => <Link to="/phones" search={{ open: number }} {...props} />}
              aria-label={say('aloneOf', { number })}
            >
              <IconExternalLink size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={say('putAway')}>
            <ActionIcon onClick={putAway} aria-label={say('putAwayOf', { number })}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Group grow gap="xs" wrap="nowrap" className={classes.who}>
        <Select
          label={say('persona')}
          data={optionsOf(personas, personaNames)}
          value={persona.name}
          onChange={(value) => value !== null && become(value)}
          allowDeselect={false}
        />
        <Select
          label={say('line')}
          data={optionsOf(lineAnswers, answers)}
          value={line.data?.answers ?? null}
          onChange={(value) => value !== null && answer.mutate({ answers: value })}
          allowDeselect={false}
        />
      </Group>
      {persona.name === 'script' && (
        <Textarea
          label={say('script')}
          description={say('scriptHint')}
          defaultValue={persona.lines.join('\n')}
          onBlur={(event) => {
            const lines = event.currentTarget.value.split('\n').flatMap((each) => each.trim() || []);
            if (lines.join('\n') === persona.lines.join('\n')) return;
            const from = messages.data?.filter(({ direction }) => direction === 'from_phone').length ?? 0;
            keepPersona({ name: 'script', lines, from });
          }}
          autosize
          minRows={2}
          maxRows={6}
          className={classes.who}
        />
      )}
      {messages.error !== null && <FaultBox error={messages.error} again={() => void messages.refetch()} />}
      <PhonePreview
        label={say('screenOf', { number })}
        sender={to}
        bubbles={thread.bubbles}
        empty={say('nothingYet')}
        followsEnd
      >
        {call === undefined ? (
          <Composer
            number={number}
            ours={[...new Set([...ours, ...thread.ours])]}
            to={to}
            choose={setChosen}
            write={(text) => write.mutate({ ...text, to })}
          />
        ) : (
          <CallPanel number={number} call={call} line={line.data} />
        )}
      </PhonePreview>
    </section>
  );
}
