import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { many, one, PAGE_ROWS } from '../../../api/queries.ts';
import { useNow } from '../../../parts/use-now.ts';
import { isOnItsWay } from './on-its-way.ts';
import type { Parts } from './timeline.ts';

/** What is read at once of what was said. */
const SAID_ROWS = 50;

/** Everything that the thread of a conversation shows, as far as it is read. */
export interface ReadParts {
  parts: Parts | undefined;
  error: unknown;
  readAgain: () => void;
  hasEarlier: boolean;
  isReadingEarlier: boolean;
  readEarlier: () => void;
}

export function useParts({ id, phoneNumber, session }: Conversation): ReadParts {
  const now = useNow();
  const messages = many('/v1/conversations/{id}/messages', { path: { id } }, SAID_ROWS);
  const said = useInfiniteQuery({
    ...messages,
    // However far back somebody has read: a new text is to be seen (api/touch.ts leaves long lists as they are).
    queryKey: [messages.queryKey[0], messages.queryKey[1], 'said'] as unknown as typeof messages.queryKey,
    placeholderData: undefined,
    // What became of a message nobody tells at once: it is asked for while it is on its way.
    refetchInterval: ({ state: { data } }) => isOnItsWay(data?.pages[0]?.items ?? [], now),
  });
  const notes = useQuery(one('/v1/conversations/{id}/notes', { path: { id }, query: { limit: PAGE_ROWS } }));
  const consent = useQuery(
    one('/v1/consents/{phone}', { path: { phone: phoneNumber }, query: { limit: PAGE_ROWS } }),
  );
  const decisions = useInfiniteQuery(many('/v1/conversations/{id}/decisions', { path: { id } }));
  const items = said.data?.pages.flatMap((page) => page.items);
  const oldest = items?.at(-1)?.at;
  const decided = decisions.data?.pages.flatMap((page) => page.items) ?? [];
  // As far back as what was said.
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = decisions;
  const lastDecided = decided.at(-1)?.at;
  useEffect(() => {
    if (!hasNextPage || isFetchingNextPage || lastDecided === undefined || oldest === undefined) return;
    if (lastDecided > oldest) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, lastDecided, oldest]);
  return {
    error: said.error,
    readAgain: () => void said.refetch(),
    hasEarlier: said.hasNextPage,
    isReadingEarlier: said.isFetchingNextPage,
    readEarlier: () => void said.fetchNextPage(),
    parts:
      items === undefined
        ? undefined
        : {
            said: items,
            hasEarlier: said.hasNextPage,
            consent: consent.data?.history ?? [],
            notes: notes.data?.items ?? [],
            decisions: decided,
            session,
          },
  };
}
