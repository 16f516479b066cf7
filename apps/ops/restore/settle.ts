import { listingCarriers } from '#shared/carriers/listing-carriers.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { services } from '#shared/topology.ts';
import { UsageError } from '../arguments.ts';
import { putInDoubt } from './doubt.ts';
import { settleKnown } from './known.ts';
import { takeBackOvertaken } from './overtaken.ts';

/**
 * After the database was set back to an earlier moment, messages that had gone out since are unsent again: their rows
 * are as old as that moment, or were made anew by replaying the streams. None of them may simply be sent.
 *
 * - known (known.ts): the message log, replayed from its stream, has the message under the carrier's own id. It is `sent`, also where nothing made
 *   its row anew (lost-rows.ts).
 * - overtaken: a campaign had planned it, planned another in its place, and that went. It is taken back (overtaken.ts).
 * - in doubt (doubt.ts): everything else but answers to what came in since. When a row was made says nothing: one that streams made
 *   anew is newer than the message that had gone. It becomes `ambiguous`, with an
 *   attempt as old as the restore point; the sender then asks the carrier, and sends what it never had
 *   (docs/sending.md, "Reconciliation").
 */
export interface RestoreWindow {
  /** The moment to which the database was set back. */
  since: Date;
  /** When the old database took its last transaction, or a little later. */
  until: Date;
}

export interface Settled {
  known: number;
  doubted: number;
}

/** Services that hand messages to carriers, or plan some that no stream makes anew. */
const PLAN_OR_SEND = Object.entries(services)
  .filter(
    ([, { receives, relaysSlots, tables }]) =>
      receives.length > 0 ||
      (relaysSlots && 'message' in tables && tables.message.some((right) => right === 'insert')),
  )
  .map(([name]) => name);

/** Why nothing may be settled yet; null: it may. */
export async function whyNotYet(pool: Pool, { since, until }: RestoreWindow): Promise<string | null> {
  if (since.getTime() >= until.getTime()) return '--since must be before --until';
  const { rows } = await pool.query<{ swept: boolean; running: string[]; carriers: number }>(
    `SELECT coalesce(bool_and(outage_since IS NULL AND (swept_at >= $1 OR carrier <> ALL ($2))), false) AS swept,
            count(*)::integer AS carriers,
            ARRAY(SELECT DISTINCT consumer FROM lease_worker
                   WHERE consumer = ANY ($3) AND renewed_at > clock_timestamp() - interval '30 seconds'
                   ORDER BY consumer) AS running
       FROM inbound_watch`,
    [until, listingCarriers, PLAN_OR_SEND],
  );
  const [row] = rows;
  if (!row || row.carriers === 0) return 'no gateway has listened yet: start it, and wait for its sweep';
  if (!row.swept)
    return 'the gateway has not compared the carrier\'s list of inbound messages since then: wait for its sweep, or where a carrier has no list and it lasted long, see "outages list"';
  if (row.running.length > 0)
    return `still running: ${row.running.join(', ')}. Stop them first, and wait half a minute, or what was sent may be sent again`;
  return null;
}

/** Why the message log cannot be gone by yet; null: it can. */
export type WhyLogIsBehind = () => Promise<string | null>;

/**
 * Settles what is known and puts the rest in doubt, a page at a time, each of which reads and writes its own rows and no others. Idempotent: an interrupted run is simply
 * repeated, and a later one settles what the message log has learned meanwhile. Throws UsageError
 * while it is too early, and as soon as it is: the database is asked before each of its transactions, and `whyLogIsBehind` first of all
 * and before anything is put in doubt.
 */
export async function settleAfterRestore(
  pool: Pool,
  window: RestoreWindow,
  whyLogIsBehind: WhyLogIsBehind,
): Promise<Settled> {
  const allowed = () => refuse(() => whyNotYet(pool, window));
  await allowed();
  await refuse(whyLogIsBehind);
  const known = await repeated(() => settleKnown(pool, window.since, allowed));
  await takeBackOvertaken(pool, allowed);
  await refuse(whyLogIsBehind);
  return { known, doubted: await repeated(() => putInDoubt(pool, window, allowed)) };
}

async function refuse(why: () => Promise<string | null>): Promise<void> {
  const reason = await why();
  if (reason !== null) throw new UsageError(reason);
}

/** Until there is nothing more: the log, and whoever makes rows anew, may go on meanwhile, behind where a pass has been. */
async function repeated(pass: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (;;) {
    const count = await pass();
    if (count === 0) return sum;
    sum += count;
  }
}
