import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { CarillonError } from '#shared/errors.ts';
import { blockSuppressed } from '#shared/messages/block-suppressed.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { ServiceName } from '#shared/topology.ts';
import { recordWebhookEvents, wantedEvents } from '#shared/webhooks/record.ts';
import { type ConsentChange, WHOLE_SENDER } from './change.ts';
import { faultOf } from './change-fault.ts';
import { type ForReview, openReview } from './review-queue.ts';
import { evolveStanding, foldStandings, hasLifted, isBlocked, type Standings } from './standing.ts';
import { appendChanges, isJustRevoked, readEffects, readStandings, writeStandings } from './store.ts';
import { liftUnblocked, suppressBlocked } from './suppression.ts';
import type { SuppressionCache } from './suppression-cache.ts';
import { consentChanged } from './tell-dialog.ts';
import { consentEvent } from './tell-webhooks.ts';
import { withdrawConfirmations } from './withdraw-confirmations.ts';
import { isNoWord } from './word-seen.ts';

export type RecordedConsent =
  /** `blocked`: messages that waited and will not go. `lifted`: whether it let anything through that was suppressed. */
  | { kind: 'changed'; blocked: number; lifted: boolean }
  /** An earlier delivery had its effect; `lifted` is what that one did. */
  | { kind: 'known'; lifted: boolean }
  /** It said nothing about consent when it was first heard. */
  | { kind: 'no_change' }
  /** An opt-in without a time of its own, just after a revocation: nothing was recorded. See `Undated`. */
  | { kind: 'order_unknown' };

/**
 * Of an opt-in that has no time but when it came: it may be repeated by the carrier, and first have been sent before a revocation that was
 * recorded within so many ms (real time) before it.
 */
export interface Undated {
  withinMs: number;
}

export interface RecordedConsents {
  /** Those that are new, in their order. */
  recorded: readonly ConsentChange[];
  /** Messages that waited and will not go. */
  blocked: number;
  /** Phones of which a suppression was lifted. */
  lifted: readonly string[];
}

export interface Telling {
  /**
   * The service in whose outbox the dialog is told; null for what reaches the dialog by itself (a text), which it
   * reads as the same change.
   */
  teller: ServiceName | null;
  /**
   * Tell only about people who have a dialog: for lists of many numbers that nobody ever wrote to. The dialog reads the
   * suppression list before it writes to anybody, so it loses nothing.
   */
  onlyDialogs?: boolean;
  /** Business time: when what waited is decided about. */
  now: Date;
  /** Names under which somebody who was erased is still on record. */
  pseudonyms: Pseudonyms;
  /** What plans in bulk asks about suppressions; left out, its answers are late by as long as it keeps them. */
  cache?: Pick<SuppressionCache, 'changing'>;
}

/** A text that a person should read as well. */
export type Reviewed = Pick<ForReview, 'originalMessage' | 'rule' | 'deadline'>;

/**
 * Commits one change and what follows from it, before anything of the phone can be claimed again. What a text is
 * depends on its first delivery alone, under the lock on the phone: nothing follows from a later one. `review` puts the
 * text that it was read from into the queue.
 */
export async function recordConsent(
  pool: Pool,
  change: ConsentChange,
  telling: Telling,
  review: Reviewed | null = null,
  undated: Undated | null = null,
): Promise<RecordedConsent> {
  let changed = async (): Promise<void> => undefined;
  const recorded = await inTransaction<RecordedConsent>(pool, async (tx) => {
    await lockPhones(tx, [change.phoneNumber]);
    if (telling.cache) changed = await telling.cache.changing([change.phoneNumber]);
    if (change.status === 'opted_in' && (await isNoWord(tx, change, telling.pseudonyms)))
      return { kind: 'no_change' };
    if (undated !== null && (await isJustRevoked(tx, change, undated, telling.pseudonyms)))
      return { kind: 'order_unknown' };
    const { cache: _, ...others } = telling;
    const { recorded: fresh, blocked, lifted } = await recordConsents(tx, [change], others);
    if (fresh.length === 0) return { kind: 'known', lifted: await hadLifted(tx, change, telling.pseudonyms) };
    if (review !== null) await openReview(tx, { ...change, ...review, reviewId: change.changeId });
    return { kind: 'changed', blocked, lifted: lifted.length > 0 };
  });
  await changed();
  return recorded;
}

/**
 * Every change of consent goes through here, whatever its channel; `recordRevocations` and `recordGrants` do the same for
 * callers with fewer rights. Appends the changes to the history, in this order, and brings standings, suppressions and waiting messages in line with it, all in
 * this transaction. Changes of one phone are put in order by the lock on its row, which is taken here.
 *
 * A revocation suppresses; an opt-in lifts what it may (`standing.ts`). What waited when somebody opted out, or came in
 * until they opted in again, is blocked for good: it was not meant for who they are now. A confirmation of an opt-out
 * that has not gone when it is lifted is withdrawn.
 *
 * Rejects with `invalid_record` for a change that may not be recorded as it is (`change-fault.ts`).
 */
export async function recordConsents(
  tx: Transaction,
  changes: readonly ConsentChange[],
  { teller, now, onlyDialogs = false, cache, pseudonyms }: Telling,
): Promise<RecordedConsents> {
  const phones = phonesOf(changes);
  await lockPhones(tx, phones);
  // Whoever calls ends its transaction itself: the marks expire after it.
  await cache?.changing(phones);
  const { recorded, opened, open } = await append(tx, changes, pseudonyms);
  // Nothing that waits for those is in question: of a list of a million consents nearly all.
  const suppressible = phones.filter((phone) => !open.has(phone));
  const blocked = suppressible.length === 0 ? 0 : await blockSuppressed(tx, suppressible, now, pseudonyms);
  const lifted = opened.length > 0 ? await liftUnblocked(tx, opened, pseudonyms) : [];
  if (lifted.length > 0) await withdrawConfirmations(tx, lifted);
  if (teller !== null) {
    const heard = onlyDialogs ? await haveDialogs(tx, recorded) : recorded;
    await writeSlotOutbox(tx, teller, heard.map(consentChanged));
  }
  return { recorded, blocked, lifted };
}

/**
 * The same for revocations alone, in a transaction that has locked the phones, blocks what waits (`blockSuppressed`) and
 * tells the dialog (`consentChanged`) by itself. Returns the changes that are new.
 */
export async function recordRevocations(
  tx: Transaction,
  changes: readonly (ConsentChange & { status: 'opted_out' | 'pending_opt_out' })[],
  pseudonyms: Pseudonyms,
): Promise<readonly ConsentChange[]> {
  return (await append(tx, changes, pseudonyms)).recorded;
}

/**
 * Consent that somebody gives who is not opted out: it adds to what they granted and lifts nothing. For services that
 * have no business with suppressions. The phones are locked by the caller. A grant of somebody who is opted out, from
 * everything or from its scope, is left out, unless it was given before they opted out: only an opt-in that goes through
 * `recordConsents` may open anything.
 * `isWanted` is asked about where each person stands.
 * Returns the grants that are new.
 */
export async function recordGrants(
  tx: Transaction,
  grants: readonly (ConsentChange & { status: 'opted_in' })[],
  pseudonyms: Pseudonyms,
  isWanted: (changeId: string, standings: Standings) => boolean = () => true,
): Promise<readonly ConsentChange[]> {
  const standings = await readStandings(tx, phonesOf(grants), pseudonyms);
  const kept = grants.filter((grant) => {
    const { changeId, foundLate, phoneNumber, requestedAt, scope } = grant;
    const known = standings.get(phoneNumber);
    if (!isWanted(changeId, known ?? NO_STANDINGS)) return false;
    if (known === undefined || !isBlocked(known, scope === WHOLE_SENDER ? null : scope)) return true;
    // Given before the revocation: it opens nothing, and counts again when the person comes back.
    const revokedAt = known.get(scope)?.revokedAt ?? null;
    return foundLate && revokedAt !== null && revokedAt >= requestedAt;
  });
  return (await appendAndFold(tx, kept, pseudonyms)).recorded;
}

/** Whether this change, which is in the history, lifted a suppression when it was recorded. */
async function hadLifted(
  tx: Transaction,
  { changeId, phoneNumber, status }: ConsentChange,
  pseudonyms: Pseudonyms,
): Promise<boolean> {
  if (status !== 'opted_in') return false;
  const histories = await readEffects(tx, [phoneNumber], pseudonyms);
  return hasLifted(histories.get(phoneNumber) ?? [], changeId);
}

interface Appended {
  recorded: readonly ConsentChange[];
  /** Phones that an opt-in may have opened: something of theirs was blocked. */
  opened: readonly string[];
  /** Phones of which nothing was blocked, and nothing is. */
  open: ReadonlySet<string>;
}

/** History, standings, and what is added to the suppression list. */
async function append(
  tx: Transaction,
  changes: readonly ConsentChange[],
  pseudonyms: Pseudonyms,
): Promise<Appended> {
  const appended = await appendAndFold(tx, changes, pseudonyms);
  const blocked = phonesOf(appended.recorded).filter((phone) => !appended.open.has(phone));
  if (blocked.length > 0) await suppressBlocked(tx, blocked);
  return appended;
}

/** History and standings; tells webhooks. */
async function appendAndFold(
  tx: Transaction,
  changes: readonly ConsentChange[],
  pseudonyms: Pseudonyms,
): Promise<Appended> {
  for (const change of changes) {
    const fault = faultOf(change);
    if (fault !== null) throw new CarillonError('invalid_record', `consent cannot be recorded: ${fault}`);
  }
  const fresh = new Set(changes.length === 0 ? [] : await appendChanges(tx, changes));
  // By identity, not by id alone: a batch may name one change twice.
  const recorded = changes.filter(({ changeId }) => fresh.delete(changeId));
  if (recorded.length === 0) return { recorded, opened: [], open: new Set() };
  const before = await readStandings(tx, phonesOf(recorded), pseudonyms);
  const after = new Map<string, Standings>(before);
  const opened = new Set<string>();
  for (const change of recorded) {
    if (change.reverses !== null) continue;
    const standings = after.get(change.phoneNumber) ?? NO_STANDINGS;
    const next = evolveStanding(standings, change);
    if (change.status === 'opted_in' && next !== standings && blocksAny(standings)) {
      opened.add(change.phoneNumber);
    }
    after.set(change.phoneNumber, next);
  }
  const reversed = phonesOf(recorded.filter(({ reverses }) => reverses !== null));
  if (reversed.length > 0) {
    for (const [phone, history] of await readEffects(tx, reversed, pseudonyms)) {
      after.set(phone, foldStandings(history));
      opened.add(phone);
    }
  }
  await writeStandings(tx, after, reversed);
  await tellWebhooks(tx, recorded);
  const open = phonesOf(recorded).filter(
    (phone) => !blocksAny(before.get(phone) ?? NO_STANDINGS) && !blocksAny(after.get(phone) ?? NO_STANDINGS),
  );
  return { recorded, opened: [...opened], open: new Set(open) };
}

/** For so many changes it is asked first whether anybody wants to be told: of a list of a million mostly nobody does. */
const MANY = 100;

async function tellWebhooks(tx: Transaction, recorded: readonly ConsentChange[]): Promise<void> {
  if (recorded.length > MANY && !(await wantedEvents(tx)).has('consent.changed')) return;
  await recordWebhookEvents(tx, recorded.map(consentEvent));
}

const NO_STANDINGS: Standings = new Map();

const blocksAny = (standings: Standings): boolean => isBlocked(standings, null);

async function haveDialogs(tx: Transaction, changes: readonly ConsentChange[]): Promise<ConsentChange[]> {
  const { rows } = await tx.query<{ phone_number: string }>(
    'SELECT phone_number FROM dialog_state WHERE phone_number = ANY ($1)',
    [phonesOf(changes)],
  );
  const known = new Set(rows.map((row) => row.phone_number));
  return changes.filter(({ phoneNumber }) => known.has(phoneNumber));
}

const phonesOf = <P>(changes: readonly { phoneNumber: P }[]): P[] => [
  ...new Set(changes.map(({ phoneNumber }) => phoneNumber)),
];
