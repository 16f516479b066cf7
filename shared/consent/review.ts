import { storable } from '#shared/contracts/storable-text.ts';
import { reviewedRevocationId } from '#shared/identity.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { consentChange } from './change.ts';
import { recordConsents, type Telling } from './record.ts';
import { type Restored, restore } from './restore.ts';
import { lockPhones } from './store.ts';

/** A text that a person should read. */
export interface ForReview {
  /** Of the text: the command that it becomes. One text is reviewed once. */
  reviewId: string;
  phoneNumber: PhoneNumber;
  originalMessage: string;
  /** What read it. */
  rule: string;
  /** The revocation that was made of it; null: nothing was suppressed. */
  changeId: string | null;
  requestedAt: Date;
  /** Last day to honour it, should it be a revocation: YYYY-MM-DD, US Eastern. */
  deadline: string;
}

/** Puts a text into the review queue. Idempotent. */
export async function openReview(db: Queryable, text: ForReview): Promise<void> {
  await db.query(
    `INSERT INTO consent_review (review_id, phone_number, original_message, rule, change_id, requested_at, deadline)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (review_id) DO NOTHING`,
    [
      text.reviewId,
      text.phoneNumber,
      storable(text.originalMessage),
      text.rule,
      text.changeId,
      text.requestedAt,
      text.deadline,
    ],
  );
}

interface ReviewRow {
  review_id: string;
  phone_number: string;
  original_message: string;
  rule: string;
  change_id: string | null;
  requested_at: Date;
  deadline: string;
}

const reviewOf = (row: ReviewRow): ForReview => ({
  reviewId: row.review_id,
  phoneNumber: phoneNumber(row.phone_number),
  originalMessage: row.original_message,
  rule: row.rule,
  changeId: row.change_id,
  requestedAt: row.requested_at,
  deadline: row.deadline,
});

/** Texts that nobody has judged yet, the soonest deadline first, at most `limit` after `cursor`. */
export async function listOpenReviews(
  db: Queryable,
  cursor: Pick<ForReview, 'deadline' | 'reviewId'> | null,
  limit: number,
): Promise<ForReview[]> {
  const { rows } = await db.query<ReviewRow>(
    `SELECT review_id, phone_number, original_message, rule, change_id, requested_at, deadline::text
       FROM consent_review
      WHERE outcome IS NULL AND ($1::date IS NULL OR (deadline, review_id) > ($1, $2::uuid))
      ORDER BY deadline, review_id
      LIMIT $3`,
    [cursor?.deadline ?? null, cursor?.reviewId ?? null, limit],
  );
  return rows.map(reviewOf);
}

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
      if (restored.kind === 'restored') await settle(tx, judgement, 'restored');
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
  if (phone === undefined) return null;
  await lockPhones(tx, [phoneNumber(phone)]);
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
