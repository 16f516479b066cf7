import type { Campaign, CampaignMetrics } from '#shared/api-client/api-types.ts';

/** States that a contact does not stay in. */
const OPEN = new Set(['pending', 'queued', 'held']);

/** Of a campaign's contacts, those for whom it is over, and those that are held. */
export function doneOf({ states, total }: Pick<CampaignMetrics, 'states' | 'total'>): {
  done: number;
  held: number;
  total: number;
} {
  const open = states.filter(({ state }) => OPEN.has(state)).reduce((sum, { contacts }) => sum + contacts, 0);
  const held = states.find(({ state }) => state === 'held')?.contacts ?? 0;
  return { done: total - open, held, total };
}

/**
 * When a campaign ends at the pace that it had since its start, as ISO 8601; null while nothing can be said. What is held
 * for the morning counts as if it could go now: it is an estimate, and called one.
 */
export function finishOf(
  { startedAt }: Pick<Campaign, 'startedAt'>,
  metrics: Pick<CampaignMetrics, 'states' | 'total'>,
  now: number,
): string | null {
  const { done, total } = doneOf(metrics);
  if (startedAt === null || done === 0 || total === done) return null;
  const elapsed = now - Date.parse(startedAt);
  return elapsed <= 0 ? null : new Date(now + (elapsed / done) * (total - done)).toISOString();
}
