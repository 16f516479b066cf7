import { randomUUID } from 'node:crypto';
import { openReview } from '#shared/consent/review-queue.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';

/** Rows that no operation of the API makes, so that requests reach the operations that are about them. */
export async function seed(pool: Pool): Promise<void> {
  // As many as are judged, once each.
  for (let n = 0; n < 100; n += 1) {
    await openReview(pool, {
      reviewId: randomUUID(),
      phoneNumber: phoneNumber(`+1212555${String(100 + n).padStart(4, '0')}`),
      originalMessage: 'stop by at noon?',
      rule: 'en',
      changeId: null,
      requestedAt: new Date('2026-11-26T11:00:00Z'),
      deadline: '2026-12-11',
    });
  }
}
