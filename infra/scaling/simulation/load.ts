import { seededRandom } from './random.ts';

/** What comes in from outside during a day. Rates per second, by the second of the day. */
export interface DayLoad {
  /** Texts of people that nobody prompted: questions, registration codes. */
  texts(second: number): number;
  /** Drills that start for one person each; every start is one command. */
  starts(second: number): number;
}

/** Of the day that docs/scaling.md shows and that costs are reckoned with. */
export const SEED = 20_261_126;

const HOUR = 3_600;
const MINUTE = 60;

/** Drills of the morning: nine o'clock in each of three time zones, as fast as the programme puts them. */
const MORNING = { people: 150_000, hours: [9, 10, 11], startsPerSecond: 500 };
/** A campaign of a million messages in the afternoon: every five minutes an equal part of its people. */
const CAMPAIGN = {
  people: 1_000_000,
  from: 12.5 * HOUR,
  to: 18 * HOUR,
  every: 5 * MINUTE,
  startsPerSecond: 500,
};
/** A registration code on television: from nothing to its peak in a minute, half as many every four minutes after. */
const STORMS = [
  { at: 19.5 * HOUR, peak: 80, halfLife: 6 * MINUTE },
  { at: 21 * HOUR, peak: 60, halfLife: 8 * MINUTE },
];

/** Share of a day's quiet texts per hour: nearly none at night, most in the early evening. */
const QUIET_TEXTS_PER_DAY = 60_000;
const HOURLY = [2, 1, 1, 1, 1, 3, 8, 20, 40, 55, 60, 62, 65, 62, 58, 58, 62, 72, 85, 90, 78, 50, 22, 8];

export function dayLoad(seed: number): DayLoad {
  const random = seededRandom(seed);
  /** Minutes differ from each other by up to a third. */
  const noise = Array.from({ length: 24 * 60 }, () => 0.67 + random() * 0.66);
  const weights = HOURLY.reduce((sum, weight) => sum + weight, 0);
  const hourly = (hour: number): number => (HOURLY[hour % 24] ?? 0) / weights / HOUR;
  const quiet = (second: number): number => {
    const hour = Math.floor(second / HOUR);
    const part = (second % HOUR) / HOUR;
    const rate = hourly(hour) * (1 - part) + hourly(hour + 1) * part;
    return QUIET_TEXTS_PER_DAY * rate * (noise[Math.floor(second / MINUTE)] ?? 1);
  };
  return {
    texts: (second) => STORMS.reduce((sum, storm) => sum + stormRate(storm, second), quiet(second)),
    starts: (second) => morning(second) + campaign(second),
  };
}

function stormRate(storm: (typeof STORMS)[number], second: number): number {
  const since = second - storm.at;
  if (since < 0) return 0;
  return storm.peak * Math.min(1, since / MINUTE) * 0.5 ** (Math.max(0, since - MINUTE) / storm.halfLife);
}

function morning(second: number): number {
  return MORNING.hours.reduce(
    (sum, hour) => sum + wave(second - hour * HOUR, MORNING.people, MORNING.startsPerSecond),
    0,
  );
}

function campaign(second: number): number {
  const parts = (CAMPAIGN.to - CAMPAIGN.from) / CAMPAIGN.every;
  const since = second - CAMPAIGN.from;
  if (since < 0 || since >= CAMPAIGN.to - CAMPAIGN.from) return 0;
  return wave(since % CAMPAIGN.every, CAMPAIGN.people / parts, CAMPAIGN.startsPerSecond);
}

/** So many people as fast as allowed; the last second takes what is left. */
const wave = (since: number, people: number, perSecond: number): number =>
  since < 0 ? 0 : Math.max(0, Math.min(perSecond, people - since * perSecond));
