import type { Transaction } from '#shared/postgres/pool.ts';

/**
 * Consumers of streams write about people without holding the rows of their phones. So that none of them writes what it
 * had read before an erasure, each of their transactions shares this lock (`lockLease` takes it), and an erasure has it
 * alone for the moment in which it says who is erased.
 *
 * Order: this first, then rows of phones.
 */
export const FENCE = 'carillon erasure';

/** Waits until no batch of a stream is under way, and keeps new ones waiting until the transaction ends. */
export async function closeFence(tx: Transaction): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [FENCE]);
}

/**
 * Waits while an erasure says who is erased, and keeps the next one waiting until the transaction ends: for whoever reads
 * people and writes about them without holding the rows of their phones from the beginning.
 */
export async function shareFence(tx: Transaction): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [FENCE]);
}
