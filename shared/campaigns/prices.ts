import { z } from 'zod';
import { type Config, parsed, type Settings, text } from '#shared/config.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';

/** Money in millionths of the currency: whole numbers, so that sums are exact. */
export const MICROS = 1_000_000;

/** `twilio=0.0083,vonage=0.0068`: prices by carrier; those that are not named cost nothing. */
const pricesByCarrier = z
  .string()
  .regex(
    /^(?:(?:twilio|vonage|aws)=\d{1,4}(?:\.\d{1,6})?(?:,(?!$)|$))+$/,
    'must be prices by carrier, as twilio=0.0083,vonage=0.0068',
  )
  .transform((list): Readonly<Record<CarrierName, number>> => {
    const given = new Map(list.split(',').map((each) => each.split('=') as [string, string]));
    const priceOf = (carrier: CarrierName): number => Math.round(Number(given.get(carrier) ?? 0) * MICROS);
    return { twilio: priceOf('twilio'), vonage: priceOf('vonage'), aws: priceOf('aws') };
  });

/** What messages cost, for budgets and estimates. Bills are the carrier's. */
export const priceSettings = {
  SEGMENT_PRICES: parsed(pricesByCarrier, {
    fallback: 'twilio=0.0083',
    unit: 'currency/segment',
    help: "Price of a segment of a text by carrier, with the carriers' surcharges that you pay.",
  }),
  MEDIA_PRICES: parsed(pricesByCarrier, {
    fallback: 'twilio=0.022',
    unit: 'currency/message',
    help: 'Price of a message with media by carrier, with surcharges.',
  }),
  PRICE_CURRENCY: text({ fallback: 'USD', help: 'Currency of prices and budgets.' }),
} satisfies Settings;

export interface Prices {
  /** In millionths of the currency. */
  segment: Readonly<Record<CarrierName, number>>;
  media: Readonly<Record<CarrierName, number>>;
  currency: string;
}

export const pricesFrom = (config: Config<typeof priceSettings>): Prices => ({
  segment: config.SEGMENT_PRICES,
  media: config.MEDIA_PRICES,
  currency: config.PRICE_CURRENCY,
});

/** What one message costs, in millionths: one with media by the message, a text by its segments. */
export const priceOf = (
  { hasMedia, segments }: { segments: number; hasMedia: boolean },
  prices: Prices,
  carrier: CarrierName,
): number => (hasMedia ? prices.media[carrier] : segments * prices.segment[carrier]);

/** Millionths as people write money. */
export const moneyOf = (micros: number, { currency }: Pick<Prices, 'currency'>): string =>
  `${(micros / MICROS).toFixed(2)} ${currency}`;
