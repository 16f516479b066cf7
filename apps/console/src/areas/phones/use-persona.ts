import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { one } from '../../api/queries.ts';
import { useKept } from '../../parts/table/kept.ts';
import { BY_HAND, type Persona, type Question, questionsOf, replyOf } from './persona.ts';

/** More than there are in any programme that one tries out. */
const MOST_DRILLS = 40;

/** What the published drills ask, for personas that know the answers. */
export function useQuestions(isWanted: boolean): readonly Question[] {
  const drills = useQuery({ ...one('/v1/drills', {}), enabled: isWanted });
  const slugs = (drills.data?.items ?? []).slice(0, MOST_DRILLS).map(({ slug }) => slug);
  const read = useQueries({
    queries: slugs.map((slug) => ({ ...one('/v1/drills/{slug}', { path: { slug } }), staleTime: 60_000 })),
    combine: (results) => results.map(({ data }) => data),
  });
  return useMemo(() => read.flatMap((drill) => (drill ? questionsOf(drill.prompts) : [])), [read]);
}

/** Who has the phone, as this browser keeps it. */
export const usePersona = (number: string): [Persona, (persona: Persona) => void] =>
  useKept<Persona>(`phones.persona.${number}`, BY_HAND);

/** Has the persona write what it says next, for as long as the page is open. */
export function usePersonaReplies({
  messages,
  persona,
  questions,
  write,
}: {
  persona: Persona;
  /** Undefined until they are known. */
  messages: readonly PhoneView[] | undefined;
  questions: readonly Question[];
  /** To null: to the number that the phone writes to. */
  write: (body: string, to: string | null) => void;
}): void {
  const reply = messages === undefined ? null : replyOf(persona, messages, questions);
  const writing = useRef(write);
  writing.current = write;
  const { about, afterMs, body, to } = reply ?? {};
  const lengthOfScript = persona.name === 'script' ? messages?.length : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a message that arrives meanwhile is waited for anew, a line that was written brings the next
  useEffect(() => {
    if (body === undefined) return;
    const timer = setTimeout(() => writing.current(body, to ?? null), afterMs);
    return () => clearTimeout(timer);
  }, [about, body, to, afterMs, lengthOfScript]);
}
