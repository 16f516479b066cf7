import { useQuery } from '@tanstack/react-query';
import type { ContactField } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';

const NONE: readonly ContactField[] = [];

/** Fields that were added to contacts. */
export function useFields(): readonly ContactField[] {
  return useQuery(one('/v1/contact-fields', {})).data?.items ?? NONE;
}
