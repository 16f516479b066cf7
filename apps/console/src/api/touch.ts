import type { InfiniteData, Query, QueryClient, QueryKey } from '@tanstack/react-query';

/** A list with more pages than this is not read again by itself: that would be as many requests. */
export const LONG_LIST_PAGES = 3;

/** Whether what is kept under a key is of one of these paths or below it. */
const isTouched = ([path]: QueryKey, touches: readonly string[]): boolean =>
  typeof path === 'string' && touches.some((each) => path === each || path.startsWith(`${each}/`));

const isLong = ({ queryKey, state }: Query): boolean =>
  queryKey[2] === 'rows' &&
  ((state.data as InfiniteData<unknown> | undefined)?.pages.length ?? 0) > LONG_LIST_PAGES;

/** Which of what is kept is meant: that of these paths and below them, or of these alone. */
export interface Touched {
  touches: readonly string[] | 'all';
  exactly?: boolean;
}

const concerns =
  ({ exactly = false, touches }: Touched) =>
  ({ queryKey }: Query): boolean =>
    touches === 'all' ||
    (exactly ? touches.some((each) => each === queryKey[0]) : isTouched(queryKey, touches));

/** Whether something of it is being read. */
export const isBeingRead = (cache: QueryClient, touched: Touched): boolean =>
  cache.isFetching({ predicate: concerns(touched) }) > 0;

/**
 * Reads again what is shown of these paths; a long list only learns that it has changed (`useRows`). What is being read is
 * given up and asked for anew, unless it is to be let finish (`cancels: false`).
 */
export async function touch(
  cache: QueryClient,
  touches: Touched['touches'],
  { cancels = true, exactly = false }: { cancels?: boolean; exactly?: boolean } = {},
): Promise<void> {
  const isMeant = concerns({ touches, exactly });
  await Promise.all([
    cache.invalidateQueries(
      { predicate: (query) => isMeant(query) && !isLong(query) },
      { cancelRefetch: cancels },
    ),
    cache.invalidateQueries({ predicate: (query) => isMeant(query) && isLong(query), refetchType: 'none' }),
  ]);
}
