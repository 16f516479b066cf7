import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { includes, type Role } from '#shared/api-keys/role.ts';
import { one } from '../api/queries.ts';
import { setBusinessTime } from '../parts/use-now.ts';

/** Who is signed in. Read before any screen is drawn (app/sign-in-gate.tsx). */
const me = { ...one('/v1/me', {}), staleTime: Number.POSITIVE_INFINITY };
export const useMeQuery = () => useQuery(me);
export const useMe = () => useSuspenseQuery(me).data;

const environment = { ...one('/v1/environment', {}), refetchInterval: 60_000 };
/** What this environment is; undefined until it is known. Tells every time on the page what time it is there. */
export function useEnvironment() {
  const { data } = useQuery(environment);
  useEffect(() => {
    if (data !== undefined) setBusinessTime(data.now);
  }, [data]);
  return data;
}

/** Whether whoever is signed in has a role, or one that includes it. */
export const useMay = (role: Role): boolean => includes(useMe().role, role);
