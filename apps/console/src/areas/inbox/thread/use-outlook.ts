import { useQuery } from '@tanstack/react-query';
import { one } from '../../../api/queries.ts';

/** Hours open and close by themselves; anything else that changes it is told. */
const AGAIN_MS = 30_000;

/** What would become of an answer that is written now, as the API judges it. */
export const useOutlook = (id: string) =>
  useQuery({ ...one('/v1/conversations/{id}/outlook', { path: { id } }), refetchInterval: AGAIN_MS });
