import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { DrillDraft } from '#shared/api-client/api-types.ts';
import { keepVersion, versionOf } from '../../../api/client.ts';
import { codeOf } from '../../../api/problem.ts';
import { one } from '../../../api/queries.ts';
import { refresh } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay, useMe } from '../../../app/me.ts';
import { type Author, keepHere, readKept } from './kept-here.ts';
import { meet, meetKept } from './meeting.ts';
import { isSame } from './merge.ts';
import { keepable, type Working } from './working.ts';

/** How long nobody types before it is saved, in ms. */
const PAUSE_MS = 700;
/** How often it is asked whether somebody else has changed the draft, in ms. */
const LOOK_EVERY_MS = 10_000;
const MOST_STEPS_BACK = 50;
/** What changes within so long is one step, in ms. */
const ONE_STEP_MS = 1_000;

/** A draft as somebody else has changed it meanwhile. */
export interface Overtaking {
  theirs: DrillDraft;
  /** Both together; null: they changed the same thing. */
  both: Working | null;
  /** Whose what stands here is, where another person left it in this browser; null: it is of whoever is signed in. */
  of: Author | null;
}

/**
 * A draft that is being edited. Every change is saved by itself a moment later, from the version that was seen; where
 * somebody else was first, nothing is written over, and what stands here stays until somebody has chosen.
 */
export function useEditor(first: DrillDraft) {
  const { slug } = first;
  const may = useMay('operator');
  const cache = useQueryClient();
  const asked = one('/v1/drill-drafts/{slug}', { path: { slug } });
  const { data: latest = first } = useQuery({ ...asked, refetchInterval: LOOK_EVERY_MS });

  const { id, kind, name } = useMe();
  const me = useMemo((): Author => ({ id: `${kind} ${id}`, name }), [id, kind, name]);
  const [start] = useState(() => startOf(first, me));
  const [working, setWorking] = useState(start.working);
  const now = useRef(working);
  now.current = working;
  /** What it is changed from: the draft as it was read or saved last, before anybody else changed it. */
  const [base, setBase] = useState(start.base);
  const [overtaking, setOvertaking] = useState<Overtaking | null>(start.overtaking);
  const [changedBy, setChangedBy] = useState<string | null>(null);
  const known = useRef(new Set([versionOf(first)]));
  const back = useRef<{ working: Working; at: number }[]>([]);
  const [steps, setSteps] = useState(0);

  const kept = useMemo(() => keepable(working), [working]);
  const isSaved = kept.draft !== null && isSame(kept.draft, base.draft);
  // What another person left stays theirs until somebody has chosen.
  const by = overtaking?.of ?? me;
  const isWhole = isSaved && kept.leftOut.length === 0;
  useEffect(() => {
    if (!may) return;
    const left = { by, version: versionOf(base), base: base.draft, working };
    keepHere(slug, isWhole ? null : left);
  }, [base, by, isWhole, may, slug, working]);

  const { error, isPending, mutate, reset } = useChange('put', '/v1/drill-drafts/{slug}', {
    touches: ['/v1/drill-drafts/{slug}/check'],
    onDone: (answer) => {
      known.current.add(versionOf(answer));
      setBase(answer);
      cache.setQueryData(asked.queryKey, answer);
      void refresh(cache, { queryKey: ['/v1/drill-drafts'] });
    },
  });
  const save = useCallback(
    (draft: Working, from: DrillDraft) => mutate({ path: { slug }, body: draft, seen: from }),
    [mutate, slug],
  );

  const isOvertaken = overtaking !== null;
  useEffect(() => {
    const { draft } = kept;
    if (!may || draft === null || isSaved || isPending || isOvertaken || error !== null) return;
    const later = setTimeout(() => save(draft, base), PAUSE_MS);
    return () => clearTimeout(later);
  }, [base, error, isOvertaken, isPending, isSaved, kept, may, save]);

  // Whoever leaves within the pause has it saved too.
  const leave = useRef<() => void>(() => undefined);
  leave.current = () => {
    const { draft } = kept;
    if (may && draft !== null && !isSaved && !isPending && !isOvertaken) save(draft, base);
  };
  useEffect(() => () => leave.current(), []);

  // Somebody else was first: what they wrote is read, and nothing of it is written over.
  const isRefused = codeOf(error) === 'changed_meanwhile';
  useEffect(() => {
    if (isRefused) void refresh(cache, { queryKey: asked.queryKey });
  }, [asked.queryKey, cache, isRefused]);
  useEffect(() => {
    const isOther = isRefused && versionOf(latest) !== versionOf(base);
    if (isPending || (known.current.has(versionOf(latest)) && !isOther)) return;
    known.current.add(versionOf(latest));
    reset();
    const met = meet(base.draft, now.current, latest.draft);
    if (met === 'same') {
      setBase(latest);
      setOvertaking(null);
    } else if (met === 'theirs') {
      setBase(latest);
      setWorking(latest.draft);
      setChangedBy(latest.updatedBy);
      setOvertaking(null);
    } else {
      // What it is changed from stays what it was, until somebody has chosen.
      setOvertaking((before) => ({ theirs: latest, ...met, of: before?.of ?? null }));
    }
  }, [base, isPending, isRefused, latest, reset]);

  const stepBack = useCallback((before: Working, at: number): void => {
    back.current = [...back.current, { working: before, at }].slice(-MOST_STEPS_BACK);
    setSteps(back.current.length);
  }, []);
  const change = useCallback(
    (how: (working: Working) => Working): void => {
      const before = now.current;
      const at = Date.now();
      const last = back.current.at(-1);
      if (last === undefined || at - last.at > ONE_STEP_MS) stepBack(before, at);
      else last.at = at;
      // Two changes may come before anything is drawn again.
      now.current = how(before);
      setWorking(now.current);
      setChangedBy(null);
      // What failed is tried again with what is changed next.
      if (error !== null && !isRefused) reset();
    },
    [error, isRefused, reset, stepBack],
  );
  const undo = (): void => {
    const last = back.current.pop();
    setSteps(back.current.length);
    if (last !== undefined) setWorking(last.working);
  };
  /** Goes on from a draft that was made of what stands here. */
  const goOnFrom = (made: DrillDraft): void => {
    known.current.add(versionOf(made));
    cache.setQueryData(asked.queryKey, made);
    setBase(made);
    reset();
  };
  const settle = (chosen: Working): void => {
    stepBack(working, 0);
    if (overtaking !== null) setBase(overtaking.theirs);
    setWorking(chosen);
    setOvertaking(null);
  };

  return {
    ...{ slug, working, base, kept, change, overtaking, changedBy },
    mayEdit: may,
    isSaving: isPending,
    isSaved,
    /** Nothing of it stands in this browser alone. */
    isWhole,
    error: isRefused ? null : error,
    again: reset,
    undo,
    mayUndo: steps > 0,
    ...{ settle, goOnFrom },
  };
}
export type Editor = ReturnType<typeof useEditor>;

/** What was left in this browser is taken up; where the draft is another by now, or another person left it, somebody has to choose. */
function startOf(
  first: DrillDraft,
  me: Author,
): {
  working: Working;
  base: DrillDraft;
  overtaking: Overtaking | null;
} {
  const kept = readKept(first.slug);
  const met = meetKept(kept, first.draft, { version: versionOf(first), who: me.id });
  if (kept === null || met === 'same' || met === 'theirs')
    return { working: first.draft, base: first, overtaking: null };
  if (met === 'go on') return { working: kept.working, base: first, overtaking: null };
  const before = { ...first, draft: kept.base };
  keepVersion(before, kept.version);
  const of = met.isOfAnother ? (kept.by ?? { id: '', name: '' }) : null;
  return { working: kept.working, base: before, overtaking: { theirs: first, both: met.both, of } };
}
