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

/** As Twilio reckons with it in an example. */
const TWILIO_VOICE = {
  seen: '2026-11-27',
  source: 'https://support.twilio.com/hc/en-us/articles/223183328-How-Volume-Pricing-works-at-Twilio',
};

/** What a price is of. */
export type PricedUnit = 'segment' | 'media' | 'whatsapp' | 'minute' | 'detection';

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
    whatsapp: null,
    minute: { usd: '0.013', ...TWILIO_VOICE },
    detection: null,
  },
  vonage: { segment: null, media: null, whatsapp: null, minute: null, detection: null },
  aws: { segment: null, media: null, whatsapp: null, minute: null, detection: null },
};

/**
 * What is reckoned with at the least where a carrier's price is not known, in US dollars: of what no carrier lists, so that it
 * is not taken for free. What listening for a machine costs stood in an earlier form of Twilio's page on it
 * (https://www.twilio.com/docs/voice/answering-machine-detection); that of today says nothing of prices. A message by WhatsApp costs what the carrier asks and what Meta does, which depends on the template's category and
 * the country and is on no page that could be read (https://www.twilio.com/docs/whatsapp/best-practices-and-faqs says what it is made of): a guess on the dear side.
 */
export const leastAssumed: Readonly<Partial<Record<PricedUnit, string>>> = {
  detection: '0.0075',
  whatsapp: '0.03',
};
