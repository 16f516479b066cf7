import { type DueRows, inMsOf, startDueRows } from '#shared/due-rows.ts';
import { type Import, nextDueImport } from '#shared/imports/store.ts';
import { importProgress } from '#shared/imports/wire.ts';
import type { Publish } from '#shared/live-events/publish.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { isUniqueViolation } from '#shared/postgres/pool.ts';
import { type ImportParts, takeImportTurn } from './take-turn.ts';

export interface ImportWorkParts extends ImportParts {
  pool: Pool;
  logger: Logger;
  liveness?: Liveness;
  /** Tells whoever watches how an import stands, after each of its steps. */
  publish: Publish;
  /** Told that something committed which may have left records in the outbox. */
  committed?: () => void;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
}

/** Longest pause between looks, in ms: the API makes imports due. */
const IDLE_MS = 1_000;
/** Steps that are taken without a pause, in ms. */
const IN_A_ROW_MS = 1_000;

/** Checks, commits and clears away imports, for as long as the service runs. */
export function startImportWork(parts: ImportWorkParts): DueRows {
  const { clock, logger, onFailure, pool, publish } = parts;
  const batch = async (): Promise<{ handled: number; nextInMs: number | null }> => {
    const began = clock.monotonic();
    // Several in a row: a pause after each would be a tenth of an import.
    for (let handled = 0; ; handled += 1) {
      const turn = clock.monotonic() - began < IN_A_ROW_MS ? await takeTurn(parts) : null;
      if (turn === null) return { handled, nextInMs: null };
      if (turn === 'again') continue;
      publish('imports', importProgress(turn));
      parts.committed?.();
    }
  };
  return startDueRows({
    name: 'imports',
    nextInMs: async () => inMsOf(await nextDueImport(pool), clock),
    batch,
    idleMs: IDLE_MS,
    clock,
    logger,
    onFailure,
    ...(parts.liveness === undefined ? {} : { liveness: parts.liveness }),
  });
}

/** `again`: somebody gave an external id of the batch to a contact at the same moment; the next look finds it. */
async function takeTurn(parts: ImportWorkParts): Promise<Import | 'again' | null> {
  try {
    return await takeImportTurn(parts.pool, {
      failed: (importId, cause) => parts.logger.error({ importId, err: cause }, 'an import cannot go on'),
      ...parts,
    });
  } catch (error) {
    if (isUniqueViolation(error)) return 'again';
    throw error;
  }
}
