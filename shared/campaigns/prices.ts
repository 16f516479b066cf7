import { z } from 'zod';
import { type Config, parsed, type Settings, text } from '#shared/config.ts';
import { type CarrierName, carrierNames } from '#shared/contracts/dialog-commands.ts';
import { type ListPrice, leastAssumed, listPrices, type PricedUnit } from './list-prices.ts';
import { isOnWhatsApp } from './whatsapp.ts';

/** Money in millionths of the currency: whole numbers, so that sums are exact. */
export const MICROS = 1_000_000;

const microsOf = (decimal: string): number => Math.round(Number(decimal) * MICROS);

/** Whoever runs this says what they pay; of carriers that are not named the list says it. */
type GivenPrices = ReadonlyMap<CarrierName, number>;

/** `twilio=0.0083,vonage=0.0068`: prices by carrier. */
const pricesByCarrier = z
  .string()
  .regex(
    /^(?:(?:(?:twilio|vonage|aws)=\d{1,4}(?:\.\d{1,6})?(?:,(?!$)|$))+)?$/,
    'must be prices by carrier, as twilio=0.0083,vonage=0.0068',
  )
  .transform((list): GivenPrices => {
    const given = list === '' ? [] : list.split(',').map((each) => each.split('='));
    return new Map(given.map(([carrier, price]) => [carrier as CarrierName, microsOf(price ?? '')]));
  });

const OTHERWISE =
  'Those that are not named have their list price; where none is known, the dearest that is, and estimates say so.';

/** What messages cost, for budgets and estimates. Bills are the carrier's. */
export const priceSettings = {
  SEGMENT_PRICES: parsed(pricesByCarrier, {
    fallback: '',
    unit: 'currency/segment',
    help: `Price of a segment of a text by carrier, with the carriers' surcharges that you pay: \`twilio=0.0083,vonage=0.0068\`. ${OTHERWISE}`,
  }),
  MEDIA_PRICES: parsed(pricesByCarrier, {
    fallback: '',
    unit: 'currency/message',
    help: `Price of a message with media by carrier, with surcharges: \`twilio=0.022\`. ${OTHERWISE}`,
  }),
  WHATSAPP_PRICES: parsed(pricesByCarrier, {
    fallback: '',
    unit: 'currency/message',
    help: `Price of a message by WhatsApp by carrier, with what Meta asks for a template: \`twilio=0.03\`. It depends on the template’s category and the country: where none is given, or only lower ones, ${leastAssumed.whatsapp} is assumed, and estimates say so.`,
  }),
  CALL_MINUTE_PRICES: parsed(pricesByCarrier, {
    fallback: '',
    unit: 'currency/minute',
    help: `Price of a minute of a call by carrier: \`twilio=0.013\`; each that has begun is paid for. ${OTHERWISE}`,
  }),
  CALL_DETECTION_PRICES: parsed(pricesByCarrier, {
    fallback: '',
    unit: 'currency/call',
    help: `Price of listening for an answering machine by carrier, for each call that is answered: \`twilio=0.0075\`. No carrier lists it: where none is given, or only lower ones, ${leastAssumed.detection} is assumed, and estimates say so.`,
  }),
  PRICE_CURRENCY: text({ fallback: 'USD', help: 'Currency of prices and budgets.' }),
} satisfies Settings;

/** Where a price is from: it was given, it is the carrier's list price, or nobody knows it and another figure was taken. */
export type PriceBasis =
  | { kind: 'given' }
  | { kind: 'listed'; seen: string; source: string }
  | { kind: 'assumed' };

export interface Price {
  /** In millionths of the currency. */
  micros: number;
  basis: PriceBasis;
}

type PricesOf = Readonly<Record<CarrierName, Price>>;

export interface Prices {
  segment: PricesOf;
  media: PricesOf;
  /** Of a message by WhatsApp, whatever its length. */
  whatsapp: PricesOf;
  /** Of a call: each minute that has begun. */
  minute: PricesOf;
  /** Of a call that is answered, besides: whether a machine did. */
  detection: PricesOf;
  currency: string;
}

export const pricesFrom = (config: Config<typeof priceSettings>): Prices => {
  const currency = config.PRICE_CURRENCY;
  return {
    segment: pricesOf(config.SEGMENT_PRICES, 'segment', currency),
    media: pricesOf(config.MEDIA_PRICES, 'media', currency),
    whatsapp: pricesOf(config.WHATSAPP_PRICES, 'whatsapp', currency),
    minute: pricesOf(config.CALL_MINUTE_PRICES, 'minute', currency),
    detection: pricesOf(config.CALL_DETECTION_PRICES, 'detection', currency),
    currency,
  };
};

function pricesOf(given: GivenPrices, what: PricedUnit, currency: string): PricesOf {
  const listed = (carrier: CarrierName): ListPrice | null => listPrices[carrier][what];
  // A budget that does not know what a message costs must not let everything go.
  const dearest = Math.max(
    microsOf(leastAssumed[what] ?? '0'),
    ...carrierNames.map((carrier) => given.get(carrier) ?? microsOf(listed(carrier)?.usd ?? '0')),
  );
  const priceOf = (carrier: CarrierName): Price => {
    const own = given.get(carrier);
    if (own !== undefined) return { micros: own, basis: { kind: 'given' } };
    const list = listed(carrier);
    if (list === null) return { micros: dearest, basis: { kind: 'assumed' } };
    const { seen, source, usd } = list;
    // In another currency the same figure is only a guess.
    return {
      micros: microsOf(usd),
      basis: currency === 'USD' ? { kind: 'listed', seen, source } : { kind: 'assumed' },
    };
  };
  return { twilio: priceOf('twilio'), vonage: priceOf('vonage'), aws: priceOf('aws') };
}

/** Those by which a campaign pays: one that goes by WhatsApp for messages, of which each counts as one segment. */
export const pricesOfCampaign = (prices: Prices, definition: Parameters<typeof isOnWhatsApp>[0]): Prices =>
  isOnWhatsApp(definition) ? { ...prices, segment: prices.whatsapp, media: prices.whatsapp } : prices;

/** What is paid for. */
export type Priced =
  | { kind: 'text'; segments: number; hasMedia: boolean }
  /** One that is answered. */
  | { kind: 'call'; minutes: number };

/** What one message costs, in millionths: one with media by the message, a text by its segments, a call by its minutes. */
export function priceOf(message: Priced, prices: Prices, carrier: CarrierName): number {
  if (message.kind === 'call')
    return message.minutes * prices.minute[carrier].micros + prices.detection[carrier].micros;
  return message.hasMedia ? prices.media[carrier].micros : message.segments * prices.segment[carrier].micros;
}

/** Of every carrier in millionths, as statements take them. */
export const microsByCarrier = (prices: PricesOf): Record<CarrierName, number> => ({
  twilio: prices.twilio.micros,
  vonage: prices.vonage.micros,
  aws: prices.aws.micros,
});

/** Millionths as people write money. */
export const moneyOf = (micros: number, { currency }: Pick<Prices, 'currency'>): string =>
  `${(micros / MICROS).toFixed(2)} ${currency}`;
