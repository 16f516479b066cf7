import type { ServiceName } from '#shared/topology.ts';

/** How much goes wrong, as probabilities: of one request, and of one step of a task that changes something. */
export interface Weather {
  /** A request takes long. */
  slow: number;
  /** It is refused, or does not arrive. */
  refused: number;
  /** It is done, and the answer is lost. */
  lost: number;
  /** The task that makes it is killed, just before or just after it takes effect. */
  killed: number;
  /** The task is stopped for a while, long enough for others to take over what it has. */
  stopped: number;
  /** A connection to the database breaks, before a statement or behind it. */
  cut: number;
  /** Something happens between a sender and the carrier, or on the way of a webhook. */
  carrier: number;
}

export const CALM: Weather = { slow: 0, refused: 0, lost: 0, killed: 0, stopped: 0, cut: 0, carrier: 0 };

/** What becomes of a task around a step that changes something. */
export type Illness = 'killed before' | 'killed after' | 'stopped';

/** A service is struck at one of its steps, counted over all of its tasks. */
export interface Turn {
  service: ServiceName;
  step: number;
  illness: Illness;
}

/** What goes wrong in a run, and to whom. */
export interface Plan {
  weather: Weather;
  turns: readonly Turn[];
  /** Services that are killed and stopped; null: all. */
  struck: readonly ServiceName[] | null;
  /** While a task of a service is down or stopped, the others of that service are well, and take over what it had. */
  oneAtATime: boolean;
  /** For how long tasks are stopped, in ms. */
  stoppedMs: Range;
  /** Whose requests take long, all of them: others go first, always; null: nobody's. */
  last: ServiceName | null;
}

export interface Range {
  least: number;
  most: number;
}

/** Where each kind is on, at most. */
const MOST: Weather = {
  slow: 0.1,
  refused: 0.2,
  lost: 0.15,
  cut: 0.01,
  killed: 0.05,
  stopped: 0.05,
  carrier: 0.6,
};
const KINDS = Object.keys(MOST) as (keyof Weather)[];

/** Senders thrice: what they do cannot be taken back. */
const SERVICES: readonly [ServiceName, ...ServiceName[]] = [
  'gateway',
  'dialog',
  'outbound',
  'sender',
  'sender',
  'sender',
  'progress',
  'log',
  'campaigns',
];

/** Longer than a lease lasts; and, where it comes seldom, longer than it takes until what a task had on its way was looked for and done again. */
const STOPPED_MS: Range = { least: 4_000, most: 20_000 };
const LONG_MS: Range = { least: 20_000, most: 40_000 };
const ILLNESSES: readonly [Illness, ...Illness[]] = [
  'killed before',
  'killed after',
  'stopped',
  'stopped',
  'stopped',
];
/** About as many as a service has in a run. */
const STEPS: Readonly<Partial<Record<ServiceName, number>>> = {
  sender: 36,
  gateway: 40,
  progress: 40,
  campaigns: 50,
};
const FEW_STEPS = 30;
const MOST_TURNS = 8;
const LIKELY = 0.6;

/**
 * Draws what goes wrong in a run. Each kind is there or not, by itself: where everything goes wrong a little, one thing hides what
 * another would show (Groce and others, Swarm Testing, 2012). Illness comes at steps of one or two services that are drawn
 * beforehand, each as likely as the others, so that a bug that shows after one of them alone is met in one run of so many as
 * there are steps (Burckhardt and others, A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010); in some
 * runs at every step with a small probability, to whomever. `likely`: whom it strikes more often than others, as more is to be seen there;
 * null: nobody.
 */
export function planOf(random: () => number, likely: ServiceName | null = null): Plan {
  const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0];
  const weather = { ...CALM };
  for (const kind of KINDS) if (random() < 0.4) weather[kind] = MOST[kind] * random();
  const victims: readonly [ServiceName, ...ServiceName[]] = [
    likely !== null && random() < LIKELY ? likely : pick(SERVICES),
    ...(random() < 0.3 ? [pick(SERVICES)] : []),
  ];
  const isPlanned = random() < 0.7;
  if (isPlanned) {
    weather.killed = 0;
    weather.stopped = 0;
  }
  const turns = Array.from({ length: isPlanned ? 1 + Math.floor(random() * MOST_TURNS) : 0 }, () => {
    const service = pick(victims);
    return {
      service,
      step: 1 + Math.floor(random() * (STEPS[service] ?? FEW_STEPS)),
      illness: pick(ILLNESSES),
    };
  });
  return {
    weather,
    turns,
    struck: isPlanned || random() < 0.5 ? victims : null,
    oneAtATime: random() < 0.7,
    stoppedMs: isPlanned ? LONG_MS : STOPPED_MS,
    last: random() < 0.25 ? pick(SERVICES) : null,
  };
}
