import { reversalId } from '#shared/identity.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { isPhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type ConsentMethod, type ConsentStatus, consentChange, type ReversalReason } from './change.ts';
import { recordConsents, type Telling } from './record.ts';
import { isBlocked } from './standing.ts';
import { readStandings } from './store.ts';

/** What of a revocation decides whether a person may take it back. */
export interface Reversible {
  status: ConsentStatus;
  method: ConsentMethod;
  /** Who recorded it; null: the person's own act. */
  actor: string | null;
  /** Whether free text was read as a revocation, and is in the review queue for that. */
  readFromText: boolean;
}

/**
 * Why a change may not be taken back for this reason; null when it may. Pure. Only what was never a revocation can be:
 * what a person did say is lifted by that person alone, by START or new consent.
 */
export function reversalFault(change: Reversible, reason: ReversalReason): string | null {
  if (change.status === 'opted_in') return 'it is no revocation';
  const fits: Record<ReversalReason, boolean> = {
    misread_text: change.readFromText,
    import_fault: change.method === 'import',
    clerical_error: change.actor !== null && change.method !== 'import',
  };
  return fits[reason]
    ? null
    : `it is not ${reason.replace('_', ' ')}: only START from the person, or new consent, lifts this revocation`;
}

export interface Reversal {
  changeId: string;
  reason: ReversalReason;
  /** In the words of the person who takes it back: kept in the history. */
  explanation: string;
  actor: string;
  /** Business time. */
  now: Date;
}

export type Restored =
  /** `stillBlocked`: something else stops the person, which stays. */
  | { kind: 'restored'; stillBlocked: boolean }
  | { kind: 'already_restored' }
  | { kind: 'unknown_change' }
  | { kind: 'refused'; why: string };

/**
 * Takes back what was recorded as a revocation and was none. The history keeps both; where the phone stands is as if it
 * had never been said, so a STOP of the person's own that came before or after it stays in force.
 */
export async function restore(tx: Transaction, reversal: Reversal, telling: Telling): Promise<Restored> {
  const { changeId, reason, explanation, actor, now } = reversal;
  const change = await readReversible(tx, changeId);
  if (change === null) return { kind: 'unknown_change' };
  if (change.phone === null) return { kind: 'refused', why: 'its person was erased: nobody can be asked' };
  const why =
    explanation.trim() === '' || actor.trim() === ''
      ? 'it needs a reason and a name'
      : reversalFault(change, reason);
  if (why !== null) return { kind: 'refused', why };
  await lockPhones(tx, [change.phone]);
  const { recorded } = await recordConsents(
    tx,
    [
      consentChange({
        changeId: reversalId(changeId),
        phoneNumber: change.phone,
        status: 'opted_in',
        method: 'manual',
        scope: change.scope,
        requestedAt: now,
        cause: explanation,
        actor,
        reverses: { changeId, reason },
      }),
    ],
    telling,
  );
  if (recorded.length === 0) return { kind: 'already_restored' };
  const standings =
    (await readStandings(tx, [change.phone], telling.pseudonyms)).get(change.phone) ?? new Map();
  return { kind: 'restored', stillBlocked: isBlocked(standings, null) };
}

async function readReversible(tx: Transaction, changeId: string) {
  const { rows } = await tx.query<{
    phone_number: string;
    scope: string;
    status: ConsentStatus;
    method: ConsentMethod;
    actor: string | null;
    read_from_text: boolean;
  }>(
    `SELECT phone_number, scope, status, method, actor,
            EXISTS (SELECT FROM consent_review WHERE consent_review.change_id = consent_change.change_id)
              AS read_from_text
       FROM consent_change WHERE change_id = $1`,
    [changeId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { scope, status, method, actor } = row;
  return {
    /** Null: the person was erased. */
    phone: isPhoneNumber(row.phone_number) ? row.phone_number : null,
    scope,
    status,
    method,
    actor,
    readFromText: row.read_from_text,
  };
}
