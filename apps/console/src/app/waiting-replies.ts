import { useQuery } from '@tanstack/react-query';
import { useLiveRefresh } from '../api/live/live.tsx';
import { one } from '../api/queries.ts';

/** Counting is work for the database, and nobody reads numbers as fast as texts come. */
const LEAST_BETWEEN_COUNTS_MS = 10_000;

/** How many conversations wait for an answer; counted up to some thousand. Null: not known yet. */
export function useWaitingReplies(): { count: number; isAll: boolean } | null {
  useLiveRefresh('conversations', ['/v1/conversation-counts'], { leastMs: LEAST_BETWEEN_COUNTS_MS });
  const { data } = useQuery({
    ...one('/v1/conversation-counts', {}),
    select: ({ atMost, needsReply }) => ({ count: needsReply, isAll: needsReply < atMost }),
  });
  return data ?? null;
}
