import type { Channel } from '#shared/compliance/touch.ts';

/**
 * Turns of one look at a campaign, by channel. Of one that is spread over a time everybody takes one in the order in which they
 * wait: whoever something is planned for, and whoever gets nothing. Of others there is no end of them.
 */
export interface Turns {
  has: (channel: Channel) => boolean;
  /** False: there was none left. */
  take: (channel: Channel) => boolean;
  /** Somebody waits for their turn: nobody behind them has one before. */
  stop: (channel: Channel) => void;
}

/** Null: as many as anybody likes. */
export type TurnsLeft = Readonly<Record<Channel, number | null>>;

export const ENDLESS: TurnsLeft = { sms: null, voice: null };

export function turnsOf(turns: TurnsLeft): Turns {
  const left = { ...turns };
  const has = (channel: Channel): boolean => (left[channel] ?? 1) > 0;
  return {
    has,
    take: (channel) => {
      if (!has(channel)) return false;
      const turnsLeft = left[channel];
      if (turnsLeft !== null) left[channel] = turnsLeft - 1;
      return true;
    },
    stop: (channel) => {
      if (left[channel] !== null) left[channel] = 0;
    },
  };
}
