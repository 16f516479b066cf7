import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  queryOptions,
  replaceEqualDeep,
} from '@tanstack/react-query';
import { type AnswerOf, ask, type Given, keepVersion, type PathOf, versionOf } from './client.ts';
import { codeOf, isPassing } from './problem.ts';

/** Rows of a page: what the API gives at most, so that a long list takes few requests. */
export const PAGE_ROWS = 200;

/** Tries after the first, for what passes by itself. */
const TRIES = 3;

/** What is cached is an answer of the API under its path and what was asked: `['/v1/campaigns/{id}', { path: { id } }]`. */
export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        gcTime: 5 * 60_000,
        // Who asked for too much must not ask for more.
        retry: (failures, error) =>
          isPassing(error) && codeOf(error) !== 'too_many_requests' && failures < TRIES,
        retryDelay: (attempt) => Math.min(1_000 * 2 ** attempt, 8_000),
        refetchOnWindowFocus: true,
        structuralSharing: (before, now) => {
          // What has not changed stays the same object, and stands for the version of now.
          const shared = replaceEqualDeep(before, now);
          keepVersion(shared, versionOf(now));
          return shared;
        },
      },
      mutations: { retry: (failures, error) => isPassing(error) && failures < TRIES },
    },
  });

/** One thing: `useQuery(one('/v1/campaigns/{id}', { path: { id } }))`. */
export const one = <Path extends PathOf<'get'>>(path: Path, given: Given<'get', Path>) =>
  queryOptions({
    queryKey: [path, given] as const,
    queryFn: ({ signal }) => ask('get', path, given, { signal }),
  });

type Paged = { items: unknown[]; nextCursor: string | null };
/** Paths of lists, which are read page by page. */
export type ListPath = {
  [Path in PathOf<'get'>]: AnswerOf<'get', Path> extends Paged ? Path : never;
}[PathOf<'get'>];
export type RowOf<Path extends ListPath> =
  AnswerOf<'get', Path> extends { items: (infer Row)[] } ? Row : never;

/** A list, page by page: `useRows(many('/v1/campaigns', { query: { status } }))`. */
export const many = <Path extends ListPath>(path: Path, given: Given<'get', Path>, pageRows = PAGE_ROWS) =>
  infiniteQueryOptions({
    queryKey: [path, given, 'rows'] as const,
    queryFn: ({ pageParam, signal }) => {
      const { query, ...rest } = given as { query?: object };
      const asked = {
        ...rest,
        query: { ...query, limit: pageRows, ...(pageParam === null ? {} : { cursor: pageParam }) },
      };
      return ask('get', path, asked as Given<'get', Path>, { signal }) as Promise<{
        items: RowOf<Path>[];
        nextCursor: string | null;
      }>;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    // Pages of a long list are not all fetched again by themselves: `useRows` says that it has changed.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
