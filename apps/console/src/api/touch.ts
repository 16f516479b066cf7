import type {
  InfiniteData,
  InvalidateQueryFilters,
  Query,
  QueryClient,
  QueryKey,
} from '@tanstack/react-query';

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

/** How something is read again that is being read at the moment. */
export interface Meanwhile {
  /** What is being read is given up and asked for anew (`true`, the default), or is let finish. */
  cancels?: boolean;
  /** What is let finish is read once more afterwards (`true`, the default); who says no sees to it. */
  follows?: boolean;
}

/** Readings that are let finish and will be followed by another: once is enough, however often it was asked for. */
const followed = new WeakSet<Query>();

/**
 * Reads again what is shown of what is meant. What is not shown is read by whoever shows it next. A first reading is never
 * given up (the library only gives up what has something to show meanwhile), and what it brings may be older than the change
 * that is to be shown: it is let finish, and followed by another.
 */
export async function refresh(
  cache: QueryClient,
  filters: InvalidateQueryFilters,
  { cancels = true, follows = true }: Meanwhile = {},
): Promise<void> {
  const finishing = follows
    ? cache
        .getQueryCache()
        .findAll({ ...filters, fetchStatus: 'fetching' })
        .filter((query) => (!cancels || query.state.data === undefined) && !followed.has(query))
    : [];
  for (const query of finishing) followed.add(query);
  await Promise.all([
    cache.invalidateQueries(filters, { cancelRefetch: cancels }),
    // Why one could not be read is shown where it is.
    ...finishing.map((query) => query.promise?.catch(() => undefined)),
  ]);
  if (finishing.length === 0) return;
  for (const query of finishing) followed.delete(query);
  const { refetchType } = filters;
  await cache.invalidateQueries({
    predicate: (query) => finishing.includes(query),
    ...(refetchType === undefined ? {} : { refetchType }),
  });
}

/**
 * Reads again what is shown of these paths, as `refresh` does; a long list only learns that it has changed (`useRows`).
 */
export async function touch(
  cache: QueryClient,
  touches: Touched['touches'],
  { exactly = false, ...meanwhile }: Meanwhile & { exactly?: boolean } = {},
): Promise<void> {
  const isMeant = concerns({ touches, exactly });
  await Promise.all([
    refresh(cache, { predicate: (query) => isMeant(query) && !isLong(query) }, meanwhile),
    refresh(cache, { predicate: (query) => isMeant(query) && isLong(query), refetchType: 'none' }, meanwhile),
  ]);
}
