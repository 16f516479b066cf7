import type { InfiniteData, Query, QueryClient, QueryKey } from '@tanstack/react-query';

/** A list with more pages than this is not read again by itself: that would be as many requests. */
export const LONG_LIST_PAGES = 3;

/** Whether what is kept under a key is of one of these paths or below it. */
const isTouched = ([path]: QueryKey, touches: readonly string[]): boolean =>
  typeof path === 'string' && touches.some((each) => path === each || path.startsWith(`${each}/`));

const isLong = ({ queryKey, state }: Query): boolean =>
  queryKey[2] === 'rows' &&
  ((state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0) > LONG_LIST_PAGES;

/** Reads again what is shown of these paths; a long list only learns that it has changed (`useRows`). */
export async function touch(cache: QueryClient, touches: readonly string[] | 'all'): Promise<void> {
  const concerns = ({ queryKey }: Query): boolean => touches === 'all' || isTouched(queryKey, touches);
  await Promise.all([
    cache.invalidateQueries({ predicate: (query) => concerns(query) && !isLong(query) }),
    cache.invalidateQueries({ predicate: (query) => concerns(query) && isLong(query), refetchType: 'none' }),
  ]);
}
