import type { Import } from './store.ts';

/** How an import stands, as live events and the API say it. */
export const importProgress = ({ counts, importId, kind, status, step }: Import) => ({
  id: importId,
  kind,
  status,
  /** Staged rows of an import that has ended, or of an earlier check, are still being deleted. */
  isClearing: step === 'clear',
  rows: counts.fileRows,
  checked: {
    valid: counts.valid,
    duplicate: counts.duplicate,
    faulty: counts.faulty,
    matched: counts.matched,
  },
  committed: {
    created: counts.created,
    updated: counts.updated,
    unchanged: counts.unchanged,
    refused: counts.refused,
    erased: counts.erased,
    consents: counts.consents,
  },
});
