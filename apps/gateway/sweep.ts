import type { Carrier, InboundListing } from '#shared/carriers/carrier.ts';
import { CarillonError } from '#shared/errors.ts';
import { messageLogId } from '#shared/identity.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { keptAside } from './keep-aside.ts';
import { keepClaim } from './keep-claim.ts';
import type { ReceivingDeps } from './receive-inbound.ts';
import { takeIn } from './take-in.ts';
import { untilAborted } from './until-aborted.ts';
import { claimSweep, finishSweep, releaseSweep, renewSweep, type SweepClaim } from './watch.ts';

const MINUTE_MS = 60_000;
/** Phones whose messages are taken in at the same time; those of one phone go one after another. */
const PHONES_AT_ONCE = 16;

/** What became of an occasion to sweep. */
export type SweepOutcome =
  | { kind: 'not_due' }
  | { kind: 'swept'; takenIn: number }
  /** An outage began meanwhile, or another task took over: the sweep does not count. */
  | { kind: 'lost' };

/**
 * Compares the carrier's list of inbound messages with the message log, if that is due, and takes in what is missing
 * exactly as a webhook would, oldest first; what can never be taken in is kept aside. Rejects when the carrier, the database or the stream is away, or
 * `signal` is aborted; then nothing counts as swept and the next sweep begins where this one did. The claim is renewed
 * while it runs, however long the carrier's list takes. A message that is not in the log yet, because the log is
 * behind, is put once more: consumers know it by its id.
 */
export async function sweepIfDue(
  carrier: Carrier,
  occasion: { everyMs: number | null; anyway: boolean; signal: AbortSignal },
  deps: ReceivingDeps,
): Promise<SweepOutcome> {
  const { everyMs, anyway, signal } = occasion;
  const claim = await claimSweep(deps.pool, {
    carrier: carrier.name,
    id: deps.clock.newId(),
    everyMs,
    anyway,
  });
  if (claim === null) return { kind: 'not_due' };
  const kept = keepClaim(claim, deps);
  try {
    const ended = AbortSignal.any([signal, kept.lost]);
    const takenIn = await (carrier.capabilities.lists
      ? sweep(carrier, claim, ended, deps)
      : awaitRepetition(carrier, claim, ended, deps)
    ).finally(kept.stop);
    if (takenIn === null || !(await finishSweep(deps.pool, claim))) return { kind: 'lost' };
    return { kind: 'swept', takenIn };
  } catch (error) {
    if (kept.lost.aborted && error === kept.lost.reason) return { kind: 'lost' };
    await releaseSweep(deps.pool, claim).catch((releaseError: unknown) => {
      // The claim runs out by itself; the first error is the one to report.
      deps.logger.warn({ err: releaseError }, 'the claim of a failed sweep was not released');
    });
    throw error;
  }
}

/**
 * Of a carrier that cannot list, everything that it could not deliver has come again once the longest pause between two of
 * its tries is over: until then somebody's STOP may still be on its way. Of an outage longer than it repeats for, the first texts
 * are lost: it rejects until somebody answers for them. Rejects when `ended` is aborted.
 */
async function awaitRepetition(
  { capabilities, name }: Carrier,
  { outageMs }: SweepClaim,
  ended: AbortSignal,
  { clock }: ReceivingDeps,
): Promise<number> {
  const { repeatsForMs, repeatsWithinMs } = capabilities;
  if (repeatsForMs === undefined || repeatsWithinMs === undefined)
    throw new Error(`nobody knows when ${name} repeats what was not taken`);
  if (outageMs !== null && outageMs > repeatsForMs)
    throw new CarillonError(
      'unavailable',
      `nobody listened for ${Math.round(outageMs / MINUTE_MS)} minutes, and ${name} repeats a text for ` +
        `${Math.round(repeatsForMs / MINUTE_MS)}: find out who texted STOP before, put them on the suppression list, and say ` +
        `"ops outages accept ${name}" (docs/runbooks/sending-in-doubt.md)`,
    );
  await clock.sleep(repeatsWithinMs, ended).catch((error: unknown) => {
    ended.throwIfAborted();
    throw error;
  });
  return 0;
}

/** How many messages were missing; null when the claim was lost on the way. */
async function sweep(
  carrier: Carrier,
  claim: SweepClaim,
  signal: AbortSignal,
  deps: ReceivingDeps,
): Promise<number | null> {
  let takenIn = 0;
  const pages = carrier.listInbound({ since: claim.since, until: deps.clock.now() });
  for await (const page of untilAborted(pages, signal)) {
    const missing = await missingOf(carrier, page, deps.pool);
    await inOrderPerPhone(missing, (listing) => {
      signal.throwIfAborted();
      return takeIn(carrier, listing, deps);
    });
    takenIn += missing.length;
    if (missing.length > 0) deps.metrics.observe('InboundSwept', missing.length, {});
    if (!(await renewSweep(deps.pool, claim))) return null;
  }
  return takenIn;
}

const idOf = (listing: InboundListing): string =>
  listing.kind === 'message' ? listing.message.carrierMessageId : listing.unreachable.carrierMessageId;
const phoneOf = (listing: InboundListing): string =>
  listing.kind === 'message' ? listing.message.from : listing.unreachable.from;

/** What is neither in the log nor was kept aside. */
async function missingOf(
  carrier: Carrier,
  page: readonly InboundListing[],
  db: Queryable,
): Promise<InboundListing[]> {
  const logIds = page.map((listing) => messageLogId(carrier.name, idOf(listing)));
  const { rows } = await db.query<{ log_id: string }>(
    `SELECT log_id FROM message_log WHERE log_id = ANY ($1::uuid[]) AND direction = 'inbound'`,
    [logIds],
  );
  const known = new Set(rows.map((row) => row.log_id));
  const notInTheLog = page.filter((_, index) => !known.has(logIds[index] ?? ''));
  const aside = await keptAside(db, carrier.name, notInTheLog.map(idOf));
  return notInTheLog.filter((listing) => !aside.has(idOf(listing)));
}

/**
 * Handles every listing; those of one phone in their order, one at a time. Ends at the first failure, when everything
 * begun is over.
 */
async function inOrderPerPhone(
  listings: readonly InboundListing[],
  handle: (listing: InboundListing) => Promise<void>,
): Promise<void> {
  const byPhone = Map.groupBy(listings, phoneOf);
  const queues = byPhone.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const queue of queues) {
      for (const listing of queue) {
        if (failed) return;
        try {
          await handle(listing);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: PHONES_AT_ONCE }, worker));
  const failure = ended.find((result) => result.status === 'rejected');
  if (failure) throw failure.reason;
}
