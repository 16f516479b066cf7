import { Checkbox } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import type { Chosen } from './chosen.ts';

/** Chooses one row. */
export function ChooseBox({ chosen, id, label }: { chosen: Chosen; id: string; label: string }) {
  const isChosen = useSyncExternalStore(chosen.subscribe, () => chosen.has(id));
  return (
    <Checkbox
      aria-label={label}
      checked={isChosen}
      onChange={(event) => chosen.turn(id, event.currentTarget.checked)}
    />
  );
}

/** Chooses the rows that have been read, as many as one request takes, or none. */
export function ChooseAllBox({
  chosen,
  ids,
  label,
}: {
  chosen: Chosen;
  ids: () => readonly string[];
  label: string;
}) {
  const count = useSyncExternalStore(chosen.subscribe, () => chosen.ids().size);
  return (
    <Checkbox
      aria-label={label}
      checked={count > 0 && count === ids().length}
      indeterminate={count > 0 && count !== ids().length}
      onChange={(event) => chosen.set(event.currentTarget.checked ? ids() : [])}
    />
  );
}
