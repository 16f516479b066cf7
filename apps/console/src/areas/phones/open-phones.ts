import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useKept } from '../../parts/table/kept.ts';
import { numbersOf } from './numbers.ts';

const route = getRouteApi('/phones');

/**
 * The phones side by side, in their order. They stand in the address; without any, those that were open last in this
 * browser are.
 */
export function useOpenPhones(): { open: readonly string[]; change: (numbers: readonly string[]) => void } {
  const given = route.useSearch().open;
  const [kept, keep] = useKept('phones.open', '');
  const navigate = useNavigate();
  const text = given ?? kept;
  const open = useMemo(() => numbersOf(text), [text]);
  const change = useCallback(
    (numbers: readonly string[]) => {
      const now = numbers.join(',');
      keep(now);
      void navigate({ to: '/phones', search: now === '' ? {} : { open: now } });
    },
    [keep, navigate],
  );
  return { open, change };
}
