import type { CarrierName } from '#shared/contracts/dialog-commands.ts';

/** What a carrier asks in public, in US dollars, and where that was read. */
export interface ListPrice {
  /** Decimal. */
  usd: string;
  /** The day on which the source was read. */
  seen: string;
  source: string;
}

/** Twilio's own page shows figures only to browsers that run its scripts: what was read quotes it. */
const TWILIO = { seen: '2026-11-27', source: 'https://www.budgetforge.dev/tools/twilio-sms-pricing-2026' };

/**
 * What carriers ask for a message to a phone in the United States: a segment of a text, and a message with media. Without
 * the fees of networks (0.0025 to 0.0062 a segment at Twilio) and discounts. Null: no page could be read that says it, so that
 * whoever sends through that carrier has to say what they pay.
 */
export const listPrices: Readonly<
  Record<CarrierName, { segment: ListPrice | null; media: ListPrice | null }>
> = {
  twilio: { segment: { usd: '0.0083', ...TWILIO }, media: { usd: '0.022', ...TWILIO } },
  vonage: { segment: null, media: null },
  aws: { segment: null, media: null },
};
