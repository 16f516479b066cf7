import { reviewedRevocationId } from '#shared/identity.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { isPhoneNumber } from '#shared/phone/phone-number.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { consentChange } from './change.ts';
import { recordConsents, type Telling } from './record.ts';
import { type Restored, restore } from './restore.ts';
import { type ForReview, type ReviewRow, reviewOf } from './review-queue.ts';

export interface Judgement {
  reviewId: string;
  /**
   * - keep: it stays as it was read.
   * - restore: it was read as a revocation, and is none.
   * - suppress: it was not read as a revocation, and is one.
   */
  verdict: 'keep' | 'restore' | 'suppress';
  /** Kept in the history. */
  reason: string;
  by: string;
  /** Business time. */
  now: Date;
}

export type Judged =
  | { kind: 'kept' | 'suppressed' }
  | Restored
  | { kind: 'unknown_review' }
  | { kind: 'already_judged' }
  | { kind: 'refused'; why: string };

/** A person's judgement of a text in the queue, and what follows from it, in this transaction. The first one counts. */
export async function judgeReview(tx: Transaction, judgement: Judgement, telling: Telling): Promise<Judged> {
  const { reviewId, verdict, by, reason, now } = judgement;
  if (by.trim() === '' || reason.trim() === '')
    return { kind: 'refused', why: 'it needs a reason and a name' };
  const review = await lockReview(tx, reviewId);
  if (review === null) return { kind: 'unknown_review' };
  if (review.judged) return { kind: 'already_judged' };
  const { changeId } = review.text;
  switch (verdict) {
    case 'keep':
      await settle(tx, judgement, 'kept');
      return { kind: 'kept' };
    case 'restore': {
      if (changeId === null) return { kind: 'refused', why: 'nothing was suppressed because of this text' };
      const restored = await restore(
        tx,
        { changeId, reason: 'misread_text', explanation: reason, actor: by, now },
        telling,
      );
      // Also what was taken back otherwise than from the queue: nobody has to read it any more.
      if (restored.kind === 'restored' || restored.kind === 'already_restored')
        await settle(tx, judgement, 'restored');
      return restored;
    }
    case 'suppress':
      if (changeId !== null) return { kind: 'refused', why: 'this text is a revocation already' };
      await recordConsents(tx, [revocationIn(review.text, judgement)], telling);
      await settle(tx, judgement, 'suppressed');
      return { kind: 'suppressed' };
  }
}

const revocationIn = (text: ForReview, { by, reason }: Judgement) =>
  consentChange({
    changeId: reviewedRevocationId(text.reviewId),
    phoneNumber: text.phoneNumber,
    status: 'opted_out',
    method: 'sms',
    requestedAt: text.requestedAt,
    originalMessage: text.originalMessage,
    rule: text.rule,
    cause: reason,
    actor: by,
  });

/** Locks the phone first, as everything that changes consent does, then the review. */
async function lockReview(
  tx: Transaction,
  reviewId: string,
): Promise<{ text: ForReview; judged: boolean } | null> {
  const { rows: found } = await tx.query<{ phone_number: string }>(
    'SELECT phone_number FROM consent_review WHERE review_id = $1',
    [reviewId],
  );
  const phone = found[0]?.phone_number;
  // Of somebody who was erased there is nothing left to read.
  if (phone === undefined || !isPhoneNumber(phone)) return null;
  await lockPhones(tx, [phone]);
  const { rows } = await tx.query<ReviewRow & { judged: boolean }>(
    `SELECT review_id, phone_number, original_message, rule, change_id, requested_at, deadline::text,
            outcome IS NOT NULL AS judged
       FROM consent_review WHERE review_id = $1`,
    [reviewId],
  );
  const row = rows[0];
  return row === undefined ? null : { text: reviewOf(row), judged: row.judged };
}

async function settle(
  tx: Transaction,
  { reviewId, by, reason, now }: Judgement,
  outcome: 'kept' | 'suppressed' | 'restored',
): Promise<void> {
  await tx.query(
    `UPDATE consent_review SET outcome = $2, resolved_at = $3, resolved_by = $4, reason = $5 WHERE review_id = $1`,
    [reviewId, outcome, now, by, reason],
  );
}
