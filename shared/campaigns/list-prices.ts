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

/** As Twilio reckons with it in an example. Listening for a machine is on no page that could be read. */
const TWILIO_VOICE = {
  seen: '2026-11-27',
  source: 'https://support.twilio.com/hc/en-us/articles/223183328-How-Volume-Pricing-works-at-Twilio',
};

/** What a price is of. */
export type PricedUnit = 'segment' | 'media' | 'minute' | 'detection';

/**
 * What carriers ask for a message or a call to a phone in the United States: a segment of a text, a message with media, a
 * minute of a call, and listening for an answering machine. Without
 * the fees of networks (0.0025 to 0.0062 a segment at Twilio) and discounts. Null: no page could be read that says it, so that
 * whoever sends through that carrier has to say what they pay.
 */
export const listPrices: Readonly<Record<CarrierName, Readonly<Record<PricedUnit, ListPrice | null>>>> = {
  twilio: {
    segment: { usd: '0.0083', ...TWILIO },
    media: { usd: '0.022', ...TWILIO },
    minute: { usd: '0.013', ...TWILIO_VOICE },
    detection: null,
  },
  vonage: { segment: null, media: null, minute: null, detection: null },
  aws: { segment: null, media: null, minute: null, detection: null },
};
