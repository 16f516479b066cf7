import { createHash } from 'node:crypto';
import type { Drill } from '#shared/contracts/drill.ts';
import type { Transaction } from '#shared/postgres/pool.ts';

/** Drills kept in memory; each is a few kilobytes. */
const MOST_IN_MEMORY = 500;

/**
 * Drills as dialogs in flight know them (table `dialog_drill`): kept once per content, never changed, found by hash.
 * Because they never change they are also kept in memory, shared by all states that refer to them.
 */
export class DrillSnapshots {
  readonly #byHash = new Map<string, Drill>();
  readonly #hashes = new WeakMap<Drill, string>();

  /** The drills behind these hashes, as a function from hash to drill. */
  async read(tx: Transaction, hashes: readonly string[]): Promise<(hash: string) => Drill> {
    const needed = new Map<string, Drill>();
    const unknown = new Set<string>();
    for (const hash of hashes) {
      const drill = this.#byHash.get(hash);
      if (drill) needed.set(hash, drill);
      else unknown.add(hash);
    }
    if (unknown.size > 0) {
      const { rows } = await tx.query<{ hash: string; drill: Drill }>(
        'SELECT hash, drill FROM dialog_drill WHERE hash = ANY ($1)',
        [[...unknown]],
      );
      for (const { hash, drill } of rows) needed.set(hash, this.#keep(hash, drill));
    }
    return (hash) => {
      const drill = needed.get(hash);
      if (!drill) throw new Error(`the drill with hash ${hash} is not stored`);
      return drill;
    };
  }

  /** Stores drills that are not stored yet; returns their hashes in the same order, null for none. */
  async write(tx: Transaction, drills: readonly (Drill | null)[]): Promise<(string | null)[]> {
    const distinct = new Map<string, Drill>();
    const hashes = drills.map((drill) => {
      if (drill === null) return null;
      const hash = this.#hashOf(drill);
      distinct.set(hash, drill);
      return hash;
    });
    if (distinct.size > 0) {
      // Every time: whether a row is there is known only to the database, because an earlier transaction may have
      // been rolled back. A batch has few distinct drills.
      await tx.query(
        `INSERT INTO dialog_drill (hash, drill)
         SELECT hash, drill FROM unnest($1::text[], $2::jsonb[]) AS given(hash, drill) ORDER BY hash
         ON CONFLICT DO NOTHING`,
        [[...distinct.keys()], [...distinct.values()].map((drill) => JSON.stringify(drill))],
      );
    }
    return hashes;
  }

  #hashOf(drill: Drill): string {
    const known = this.#hashes.get(drill);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(JSON.stringify(drill)).digest('hex');
    this.#hashes.set(drill, hash);
    return hash;
  }

  #keep(hash: string, drill: Drill): Drill {
    const oldest = this.#byHash.keys().next();
    if (this.#byHash.size >= MOST_IN_MEMORY && !oldest.done) this.#byHash.delete(oldest.value);
    this.#byHash.set(hash, drill);
    this.#hashes.set(drill, hash);
    return drill;
  }
}
