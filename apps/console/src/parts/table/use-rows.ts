import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ListPath, many, RowOf } from '../../api/queries.ts';
import { LONG_LIST_PAGES } from '../../api/touch.ts';

/** Rows of a list as far as they are read, for `DataTable`. */
export interface Rows<Row> {
  rows: readonly Row[];
  isPending: boolean;
  error: unknown;
  /** Whether there is more, and how to have it. */
  hasMore: boolean;
  isReadingMore: boolean;
  readMore(): void;
  /** The list is long and has changed since it was read: it is read again when somebody asks for it. */
  hasChanged: boolean;
  readAgain(): void;
}

/** `useRows(many('/v1/campaigns', { query: { status } }))`: pages of a list, put together. */
export function useRows<Path extends ListPath>(options: ReturnType<typeof many<Path>>): Rows<RowOf<Path>> {
  const cache = useQueryClient();
  const query = useInfiniteQuery(options);
  const { data, error, fetchNextPage, hasNextPage, isFetchingNextPage, isPending, isStale } = query;
  const pages = (data as InfiniteData<{ items: RowOf<Path>[] }> | undefined)?.pages;
  const rows = useMemo(() => pages?.flatMap(({ items }) => items) ?? [], [pages]);
  return {
    rows,
    isPending,
    error,
    hasMore: hasNextPage,
    isReadingMore: isFetchingNextPage,
    readMore: () => void fetchNextPage(),
    hasChanged: isStale && (pages?.length ?? 0) > LONG_LIST_PAGES,
    readAgain: () => void cache.resetQueries({ queryKey: options.queryKey }),
  };
}

/** Rows that are there as a whole, such as parts of another answer. */
export const wholeRows = <Row>(rows: readonly Row[] | undefined, error: unknown = null): Rows<Row> => ({
  rows: rows ?? [],
  isPending: rows === undefined && error === null,
  error,
  hasMore: false,
  isReadingMore: false,
  readMore: () => undefined,
  hasChanged: false,
  readAgain: () => undefined,
});
