import { useDocumentVisibility } from '@mantine/hooks';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { fetchAsUser } from '../client.ts';
import { isBeingRead, type Touched, touch } from '../touch.ts';
import { Refreshes } from './refreshes.ts';
import type { LiveState, LiveUpdate } from './stream.ts';
import { Topics } from './topics.ts';

interface Live {
  topics: Topics;
  refreshes: Refreshes | null;
  state: LiveState;
}
const LiveContext = createContext<Live>({ topics: new Topics(), refreshes: null, state: 'connecting' });

/** When the script of the stream is asked for again that did not come, in ms. */
const SCRIPT_AGAIN_MS = 5_000;

/** Reads live events for all screens in one stream, of the topics that any of them follows. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const [topics] = useState(() => new Topics());
  const [followed, setFollowed] = useState('');
  const [state, setState] = useState<LiveState>('connecting');

  useEffect(
    () =>
      topics.onChange((now) => {
        setFollowed(now);
        // Of what is no longer shown perhaps nobody hears any more: it is read again by whoever comes back to it.
        void cache.invalidateQueries({ type: 'inactive', refetchType: 'none' });
      }),
    [cache, topics],
  );

  const isSeen = useDocumentVisibility() === 'visible';
  const lastEventId = useRef<string | null>(null);
  useEffect(() => {
    // Nobody looks at a hidden tab, and a browser has few connections to one place: it catches up when it is seen again.
    if (followed === '' || !isSeen) return;
    let end: (() => void) | null = null;
    let isOver = false;
    const start = async (): Promise<void> => {
      // Behind what is seen first.
      const { startLiveStream } = await import('./stream.ts');
      if (isOver) return;
      end = startLiveStream({
        position: lastEventId,
        open: (from, signal) =>
          fetchAsUser(
            new Request(`${location.origin}/v1/events?topics=${encodeURIComponent(followed)}`, {
              signal,
              headers: {
                accept: 'text/event-stream',
                ...(from === null ? {} : { 'last-event-id': from }),
              },
            }),
          ),
        listener: {
          updated: (updates) => topics.tell(updates),
          missed: () => void touch(cache, 'all'),
          stands: setState,
        },
        random: Math.random,
      });
    };
    let again: ReturnType<typeof setTimeout> | undefined;
    const tryToStart = (): void => {
      start().catch(() => {
        setState('away');
        again = setTimeout(tryToStart, SCRIPT_AGAIN_MS);
      });
    };
    tryToStart();
    return () => {
      isOver = true;
      clearTimeout(again);
      end?.();
    };
  }, [cache, followed, isSeen, topics]);

  const [refreshes] = useState(() => refreshesOf(cache));
  useEffect(() => () => refreshes.stop(), [refreshes]);
  const value = useMemo(() => ({ topics, refreshes, state }), [topics, refreshes, state]);
  return <LiveContext value={value}>{children}</LiveContext>;
}

/** How the stream stands: what is shown may be old while it is `away`. */
export const useLiveState = (): LiveState => useContext(LiveContext).state;

/** Hears updates of a topic while the screen is there. */
export function useLive(topic: string, heard: (update: LiveUpdate) => void): void {
  const { topics } = useContext(LiveContext);
  const newest = useRef(heard);
  useEffect(() => {
    newest.current = heard;
  });
  useEffect(() => topics.follow(topic, (update) => newest.current(update)), [topic, topics]);
}

/** What is read again is named by what it is: who shows the same shares the reading. */
function refreshesOf(cache: QueryClient): Refreshes {
  const meant = (what: string) => JSON.parse(what) as Touched;
  return new Refreshes({
    now: () => performance.now(),
    later: (what, ms) => {
      const timer = setTimeout(what, ms);
      return () => clearTimeout(timer);
    },
    isBusy: (what) => isBeingRead(cache, meant(what)),
    refresh: (what) => {
      const { exactly = false, touches } = meant(what);
      void touch(cache, touches, { exactly, cancels: false, follows: false });
    },
  });
}

/**
 * Reads again what is shown of these paths, and below them unless `exactly`, when something happens to the topic: at most every
 * `leastMs`, however much happens.
 */
export function useLiveRefresh(
  topic: string,
  touches: readonly string[],
  { exactly = false, leastMs }: { exactly?: boolean; leastMs?: number } = {},
): void {
  const { refreshes } = useContext(LiveContext);
  const what = JSON.stringify({ touches, exactly } satisfies Touched);
  useLive(topic, () => refreshes?.ask(what, leastMs));
}
