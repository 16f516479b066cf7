import { createHash } from 'node:crypto';

/**
 * Which variant of a campaign a contact gets: drawn by the weights from the ids of both, so that it is the same however
 * often and wherever it is asked, and independent between campaigns.
 */

/** The numbers drawn are 0 to DRAWS - 1. */
const DRAWS = 2 ** 32;

/** First draw that belongs to the variant after each, by weights that are positive whole numbers. */
function ends(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return Math.floor((sum / total) * DRAWS);
  });
}

/** Position of the contact's variant. */
export function variantOf(campaignId: string, contactId: string, weights: readonly number[]): number {
  const draw = createHash('md5').update(`${campaignId}:${contactId}`).digest().readUInt32BE(0);
  return ends(weights).findIndex((end) => draw < end);
}

/** The same in SQL, for audiences that never leave the database. Both arguments are SQL for ids. */
export function variantSql(campaignId: string, contactId: string, weights: readonly number[]): string {
  if (weights.length < 2) return '0';
  const draw = `('x' || left(md5(${campaignId}::uuid::text || ':' || ${contactId}::text), 8))::bit(32)::bigint`;
  // Thresholds of one array, so that the draw is made once.
  const thresholds = ends(weights).slice(0, -1);
  return `width_bucket(${draw}, ARRAY[${thresholds.join(', ')}]::bigint[])`;
}
