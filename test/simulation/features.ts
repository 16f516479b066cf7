import { seededRandom } from '../driver/random.ts';

/** What a seed has besides what all have. */
export interface Features {
  /** Campaigns share throttle groups. */
  hasThrottles: boolean;
  /** A number of ours is on WhatsApp, and people write there. */
  hasWhatsApp: boolean;
  /** What is drawn for the two. */
  random: () => number;
  /**
   * Reads of streams bring nothing though there is more, shards are merged, and what a queue would give again is a dead letter; what is drawn
   * for that. Null: not so.
   */
  restless: (() => number) | null;
}

const THROTTLES = 0.11;
const WHATSAPP = 0.12;
/** Away from the numbers that everything else of a seed is drawn from. */
const OWN = 0x4000_0000;
const RESTLESS = 0.06;
const OWN_OF_STREAMS = 0x5000_0000;

/** Drawn from numbers of their own: a seed that has none of them goes as it went before there were any. */
export function featuresOf(seed: number): Features {
  const random = seededRandom(seed + OWN);
  const restless = seededRandom(seed + OWN_OF_STREAMS);
  return {
    hasThrottles: random() < THROTTLES,
    hasWhatsApp: random() < WHATSAPP,
    random,
    restless: restless() < RESTLESS ? restless : null,
  };
}
