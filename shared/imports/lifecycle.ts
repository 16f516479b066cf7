import { type Import, UNCHECKED } from './store.ts';

/**
 * Where imports go. `uploading` until the file is there, `uploaded` until somebody asks for the check, `checked` until
 * somebody asks for the commit; `checking` and `committing` are the service's. They end as `committed`, `cancelled` or
 * `failed`: then the rows go, and what was wrong with them `FAULTS_KEPT_MS` later. Pure; the rows are locked.
 */

const DAY_MS = 24 * 60 * 60_000;
/** An import that nobody goes on with is cancelled after this: the file is full of people. */
export const ABANDONED_MS = 7 * DAY_MS;
/** How long after its end it can be said what was wrong with a file. */
export const FAULTS_KEPT_MS = 30 * DAY_MS;

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);

/** A new file for it, whose rows are to come. Null: it is too late for one. */
export function beginUpload(before: Import, now: Date): Import | null {
  if (before.status !== 'uploading' && before.status !== 'uploaded' && before.status !== 'checked')
    return null;
  return {
    ...waiting(before, 'uploading', now),
    upload: before.upload + 1,
    uploadAt: now,
    columns: [],
    mapping: [],
    fileBytes: 0,
    fileHash: null,
    counts: { fileRows: 0, ...UNCHECKED },
  };
}

/** It waits for somebody. */
export const waiting = (before: Import, status: 'uploading' | 'uploaded' | 'checked', now: Date): Import => ({
  ...before,
  status,
  step: null,
  reached: null,
  dueAt: after(now, ABANDONED_MS),
  updatedAt: now,
});

/** The check, from its beginning: it leaves nothing of an earlier one. Null: there is nothing to check, or it is too late. */
export const beginCheck = (before: Import, now: Date): Import | null =>
  before.status === 'uploaded' || before.status === 'checked'
    ? {
        ...before,
        status: 'checking',
        step: 'clear',
        reached: null,
        counts: { fileRows: before.counts.fileRows, ...UNCHECKED },
        dueAt: now,
        updatedAt: now,
      }
    : null;

export const beginCommit = (before: Import, excludeFaulty: boolean, now: Date): Import | null =>
  before.status === 'checked'
    ? {
        ...before,
        status: 'committing',
        step: 'commit',
        reached: null,
        excludeFaulty,
        dueAt: now,
        updatedAt: now,
      }
    : null;

/** It has ended; what is staged of it goes. */
export const end = (
  before: Import,
  status: 'committed' | 'cancelled' | 'failed',
  reason: string | null,
  now: Date,
): Import => ({
  ...before,
  status,
  reason,
  step: 'clear',
  reached: null,
  dueAt: now,
  updatedAt: now,
  endedAt: now,
});

/** Whether it can still be cancelled: nothing of it is committed. */
export const isOpen = ({ status }: Import): boolean =>
  status === 'uploading' || status === 'uploaded' || status === 'checking' || status === 'checked';

/** Its rows are gone; its faults go later. */
export const forgetLater = (before: Import): Import => ({
  ...before,
  step: 'forget',
  reached: null,
  dueAt: after(before.endedAt ?? before.updatedAt, FAULTS_KEPT_MS),
});
