import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/**
 * Until when we know that we heard what people texted: one row per carrier, shared by all tasks of the gateway.
 *
 *   listening -> (nobody noted anything for too long) -> outage, sending waits -> (a whole sweep) -> listening
 *
 * Times are the database's own. A sweep is claimed by one task; an outage that begins while it runs takes the claim
 * away, so that a sweep never ends an outage that it did not see.
 */

/**
 * Notes that a gateway is listening, and an outage if nobody was for longer than `outageMs`. Texts that were `missed`, which a
 * gateway that listened could not take in, make a sweep due soon. The first note ever begins the watch: there is no outage and
 * nothing to sweep before it. Returns since when the outage is, if any.
 */
export async function noteListening(
  db: Queryable,
  carrier: CarrierName,
  { missed, outageMs }: { outageMs: number; missed: boolean },
): Promise<{ outageSince: Date | null }> {
  const { rows } = await db.query<{ outage_since: Date | null }>(
    `INSERT INTO inbound_watch AS watch (carrier, alive_at, swept_at)
     VALUES ($1, clock_timestamp(), clock_timestamp())
     ON CONFLICT (carrier) DO UPDATE
        SET alive_at = clock_timestamp(),
            missed_at = CASE WHEN $3 THEN clock_timestamp() ELSE watch.missed_at END,
            outage_since = CASE WHEN watch.alive_at < clock_timestamp() - $2::bigint * interval '1 millisecond'
                                THEN coalesce(watch.outage_since, watch.alive_at)
                                ELSE watch.outage_since END,
            outage_until = CASE WHEN watch.alive_at < clock_timestamp() - $2::bigint * interval '1 millisecond'
                                THEN clock_timestamp() ELSE watch.outage_until END,
            -- Who answered for what was lost did so before this silence.
            accepted_outage = CASE WHEN watch.alive_at < clock_timestamp() - $2::bigint * interval '1 millisecond'
                                   THEN NULL ELSE watch.accepted_outage END,
            sweep_claim = CASE WHEN watch.alive_at < clock_timestamp() - $2::bigint * interval '1 millisecond'
                               THEN NULL ELSE watch.sweep_claim END
     RETURNING outage_since`,
    [carrier, outageMs, missed],
  );
  return { outageSince: rows[0]?.outage_since ?? null };
}

/** A sweep that this task may do. */
export interface SweepClaim {
  carrier: CarrierName;
  id: string;
  /** From where the carrier's list is to be compared. */
  since: Date;
  /** When it was claimed: up to here the list will have been compared. */
  claimedAt: Date;
  /**
   * How long the outage lasted that it ends, from its first silence to the end of the last, in ms; null: there is none, or somebody
   * answers for what was lost in it.
   */
  outageMs: number | null;
}

/** How long a claim lasts that is not renewed. */
export const CLAIM_MS = 120_000;
/**
 * How long after a sweep the next one is due at the earliest because texts were missed, in ms: longer than the carrier repeats
 * them, and not one sweep after the other while something is wrong.
 */
const MISSED_AFTER_MS = 20_000;
/** How far a sweep looks back behind the one before: what the carrier lists late is still found. */
const OVERLAP_MS = 600_000;

/**
 * Claims the sweep, or returns null: another task has it, or none is due. Due are: after an outage, `everyMs` after
 * the last one and soon after texts were missed (null: only after an outage), and always with `anyway`.
 */
export async function claimSweep(
  db: Queryable,
  claim: { carrier: CarrierName; id: string; everyMs: number | null; anyway: boolean },
): Promise<SweepClaim | null> {
  const { rows } = await db.query<{ since: Date; claimed_at: Date; outage_ms: number | null }>(
    `UPDATE inbound_watch
        SET sweep_claim = $2, sweep_claimed_until = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE carrier = $1
        AND (sweep_claim IS NULL OR sweep_claimed_until < clock_timestamp())
        AND ($4 OR outage_since IS NOT NULL OR swept_at IS NULL
             OR swept_at < clock_timestamp() - $5::float8 * interval '1 millisecond'
             OR $5 IS NOT NULL AND missed_at > swept_at
                AND swept_at < clock_timestamp() - $7 * interval '1 millisecond')
     RETURNING greatest(coalesce(swept_at, listening_since) - $6 * interval '1 millisecond', listening_since) AS since,
               clock_timestamp() AS claimed_at,
               CASE WHEN outage_since IS DISTINCT FROM accepted_outage
                    THEN (extract(epoch FROM coalesce(outage_until, clock_timestamp()) - outage_since) * 1000)::float8
                END AS outage_ms`,
    [claim.carrier, claim.id, CLAIM_MS, claim.anyway, claim.everyMs, OVERLAP_MS, MISSED_AFTER_MS],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { claimed_at: claimedAt, outage_ms: outageMs, since } = row;
  return { carrier: claim.carrier, id: claim.id, since, claimedAt, outageMs };
}

/** Whether the claim still holds; it then lasts anew. */
export async function renewSweep(db: Queryable, claim: SweepClaim): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE inbound_watch SET sweep_claimed_until = clock_timestamp() + $3 * interval '1 millisecond'
      WHERE carrier = $1 AND sweep_claim = $2`,
    [claim.carrier, claim.id, CLAIM_MS],
  );
  return rowCount === 1;
}

/** Everything up to the claim was taken in: ends the outage, if there was one. False when the claim was lost. */
export async function finishSweep(db: Queryable, claim: SweepClaim): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE inbound_watch
        SET swept_at = $3, outage_since = NULL, sweep_claim = NULL, sweep_claimed_until = NULL
      WHERE carrier = $1 AND sweep_claim = $2`,
    [claim.carrier, claim.id, claim.claimedAt],
  );
  return rowCount === 1;
}

/** Gives a sweep up that was not done, so that any task may try at once. */
export async function releaseSweep(db: Queryable, claim: SweepClaim): Promise<void> {
  await db.query(
    `UPDATE inbound_watch SET sweep_claim = NULL, sweep_claimed_until = NULL
      WHERE carrier = $1 AND sweep_claim = $2`,
    [claim.carrier, claim.id],
  );
}
