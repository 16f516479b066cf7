import { useQuery } from '@tanstack/react-query';
import { one, PAGE_ROWS } from '../../api/queries.ts';

/** Lists of contacts, also those put away, in the order in which they were made; undefined while they are not known. */
export function useLists() {
  return useQuery(one('/v1/lists', { query: { limit: PAGE_ROWS } })).data?.items;
}
