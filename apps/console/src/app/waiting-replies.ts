import { useQuery } from '@tanstack/react-query';
import { useLiveRefresh } from '../api/live/live.tsx';
import { one, PAGE_ROWS } from '../api/queries.ts';

/** How many conversations wait for an answer; counted up to a page of them. Null: not known yet. */
export function useWaitingReplies(): { count: number; isAll: boolean } | null {
  useLiveRefresh('conversations', ['/v1/conversations']);
  const { data } = useQuery({
    ...one('/v1/conversations', { query: { needsReply: 'true', limit: PAGE_ROWS } }),
    select: ({ items, nextCursor }) => ({ count: items.length, isAll: nextCursor === null }),
  });
  return data ?? null;
}
