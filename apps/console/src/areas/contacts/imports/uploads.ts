import { useSyncExternalStore } from 'react';
import type { Import } from '#shared/api-client/api-types.ts';
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

/** Begins to send the file of an import. `done`: it is there, and what its columns seem to be. */
export function beginUpload(importId: string, file: File, done: (now: Import) => void): void {
  const began = { name: file.name, bytes: file.size, sent: 0, error: null };
  set(importId, began);
  upload<Import>(`/v1/imports/${importId}/file`, file, {
    type: 'text/csv',
    sent: (sent) => set(importId, { ...began, sent }),
  }).then(
    (now) => {
      set(importId, null);
      done(now);
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
