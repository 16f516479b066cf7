import type { CampaignEstimate } from '#shared/api-client/api-types.ts';

/**
 * What it may cost: as estimated, less and more what a survey by chance may be off; and at the most the same for every
 * attempt that may be made of every message.
 */
export function costRange(
  { basis, cost, recipients }: Pick<CampaignEstimate, 'basis' | 'cost' | 'recipients'>,
  maxAttempts: number,
): { low: number; high: number } {
  const amount = Number(cost.amount);
  const share = basis.contacts === 0 ? 0 : recipients / basis.contacts;
  // A share of people may be off by the margin: so is what they cost.
  const off = share === 0 ? 0 : basis.margin / share;
  const cents = (value: number): number => Math.round(value * 100) / 100;
  return { low: cents(amount * Math.max(0, 1 - off)), high: cents(amount * (1 + off) * maxAttempts) };
}
