import { storable } from '#shared/contracts/storable-text.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

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

/**
 * Puts a text into the review queue. Idempotent. One that changed nothing is left out for somebody to whom nothing is
 * sent anyway.
 */
export async function openReview(db: Queryable, text: ForReview): Promise<void> {
  await db.query(
    `INSERT INTO consent_review (review_id, phone_number, original_message, rule, change_id, requested_at, deadline)
     SELECT $1, $2, $3, $4, $5::uuid, $6, $7
      WHERE $5 IS NOT NULL OR NOT EXISTS (SELECT FROM suppression WHERE phone_number = $2)
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

/** As it is stored. */
export interface ReviewRow {
  review_id: string;
  phone_number: string;
  original_message: string;
  rule: string;
  change_id: string | null;
  requested_at: Date;
  deadline: string;
}

export const reviewOf = (row: ReviewRow): ForReview => ({
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

/** A text by its id, judged or not, and whether the revocation that was made of it has been taken back; null: none. */
export async function findReview(
  db: Queryable,
  reviewId: string,
): Promise<{ review: ForReview; takenBack: boolean } | null> {
  const { rows } = await db.query<ReviewRow & { taken_back: boolean }>(
    `SELECT review_id, phone_number, original_message, rule, change_id, requested_at, deadline::text,
            EXISTS (SELECT FROM consent_change WHERE reverses = consent_review.change_id) AS taken_back
       FROM consent_review WHERE review_id = $1`,
    [reviewId],
  );
  const [row] = rows;
  return row === undefined ? null : { review: reviewOf(row), takenBack: row.taken_back };
}
