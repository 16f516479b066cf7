import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Import } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { touch } from '../../../api/touch.ts';
import { upload } from '../../../api/upload.ts';

/** A file on its way. */
export interface Upload {
  name: string;
  bytes: number;
  sent: number;
  /** Why it broke off; null: it has not. */
  error: unknown;
}

/** Files on their way, by their imports. They go on while somebody looks at other screens, until the tab is closed. */
const uploads = new Map<string, Upload>();
const listeners = new Set<() => void>();

function set(importId: string, next: Upload | null): void {
  if (next === null) uploads.delete(importId);
  else uploads.set(importId, next);
  for (const each of listeners) each();
}

/** Begins to send the file of an import. What its columns seem to be is shown as soon as it is there. */
export function beginUpload(cache: QueryClient, importId: string, file: File): void {
  const began = { name: file.name, bytes: file.size, sent: 0, error: null };
  set(importId, began);
  upload<Import>(`/v1/imports/${importId}/file`, file, {
    type: 'text/csv',
    sent: (sent) => set(importId, { ...began, sent }),
  }).then(
    (now) => {
      // Before the file is no longer on its way: else the page would ask for one.
      cache.setQueryData(one('/v1/imports/{id}', { path: { id: importId } }).queryKey, now);
      set(importId, null);
      void touch(cache, ['/v1/imports']);
    },
    (error: unknown) => set(importId, { ...began, error }),
  );
}

const subscribe = (changed: () => void): (() => void) => {
  listeners.add(changed);
  return () => listeners.delete(changed);
};

/** The file of an import that goes from this tab; undefined: none does. */
export const useUpload = (importId: string): Upload | undefined =>
  useSyncExternalStore(subscribe, () => uploads.get(importId));
