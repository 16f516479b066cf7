import { useQuery } from '@tanstack/react-query';
import { useLiveRefresh } from '../api/live/live.tsx';
import { one } from '../api/queries.ts';

/** How many conversations wait for an answer; counted up to some thousand. Null: not known yet. */
export function useWaitingReplies(): { count: number; isAll: boolean } | null {
  useLiveRefresh('conversations', ['/v1/conversation-counts']);
  const { data } = useQuery({
    ...one('/v1/conversation-counts', {}),
    select: ({ atMost, needsReply }) => ({ count: needsReply, isAll: needsReply < atMost }),
  });
  return data ?? null;
}
