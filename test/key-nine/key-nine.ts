import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import { composeCall } from '#shared/voice/compose.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { inParts } from '../driver/in-parts.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import { FREE_AREAS, phonesOf } from '../driver/phones.ts';
import { planBoth } from '../driver/plan-both.ts';
import { seededRandom } from '../driver/random.ts';
import { unrest } from '../driver/rest.ts';
import { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { AWAY_MS, faultsOf } from './ledger.ts';
import { Story } from './story.ts';

/**
 * Calls and texts go to many phones at once; a third of them press key 9 in their first call while further texts and calls to
 * them wait, another third text STOP, and Redis, the caller, the gateway and the sender are killed meanwhile. Afterwards
 * everything that the carrier was asked for is held against what was answered when.
 */
export interface KeyNineOptions {
  phones: number;
  textsEach: number;
  callsEach: number;
  textsPerSecond: number;
  callsPerSecond: number;
  /** How long it may take until nothing is on its way any more, in ms. */
  settledMs: number;
  say(line: string): void;
}

export interface KeyNineOutcome {
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: readonly string[];
}

/** How many times faster than life calls go. */
const SPEED = 4;
const BEGINNING_AT_ONCE = 50;
const KILLED = ['redis', 'caller', 'gateway', 'sender'] as const;
/** When the first of them is killed, as a share of the time that the texts take, and the others after each other. */
const FIRST_KILL = 0.35;
const NEXT_KILL = 0.15;
/** Numbers for fiction where marketing is not capped: a thousand and more. */
const AREAS = [...FREE_AREAS, '805', '858', '909'];

export const SCRIPT: CallScript = composeCall({
  language: 'en-US',
  organisation: 'Riverside County Health',
  tollFreeNumber: phoneNumber('+18005550142'),
  message: {
    say: 'Flu shots are free this week at every clinic of the county, and no appointment is needed.',
  },
  menu: [{ key: '1', prompt: 'For the opening hours, press 1.', say: 'We are open from nine to five.' }],
});

export async function runKeyNine(options: KeyNineOptions): Promise<KeyNineOutcome> {
  const { callsEach, callsPerSecond, phones: count, say, settledMs, textsEach, textsPerSecond } = options;
  const system = await System.start({
    // A STOP that its webhook gives up while the gateway is away is found soon.
    gateway: { STATUS_FIRST_LOOK_MS: '3600000', SWEEP_INTERVAL_MS: '10000' },
    sender: { ACCOUNT_SEGMENTS_PER_SECOND: String(textsPerSecond), RECONCILE_INTERVAL_MS: '2000' },
    caller: {
      CALLS_PER_SECOND: String(callsPerSecond),
      MAX_CONCURRENT_CALLS: '1000',
      RECONCILE_INTERVAL_MS: '2000',
      // What a gateway that is killed was not told is found soon.
      CALL_FIRST_LOOK_MS: '20000',
    },
    carrier: {
      CARRIER_CALLS_PER_SECOND: '1000',
      CARRIER_CALL_SPEED: String(SPEED),
      CARRIER_SENT_AFTER_MS: '5-20',
      CARRIER_DELIVERED_AFTER_MS: '10-40',
    },
  });
  try {
    const stories = phonesOf(AREAS, count).map((phone, index) => storyOf(system, phone, index));
    await inParts(stories, BEGINNING_AT_ONCE, (story) => story.begin());
    await planBoth(system.database, {
      phones: stories.map(({ phone }) => phone),
      textsEach,
      callsEach,
      script: SCRIPT,
      sender: OUR_NUMBER,
      timeZone: zoneInDaytime(new Date()),
    });
    say(`${count} phones, ${count * textsEach} texts and ${count * callsEach} calls planned`);
    const takesMs = ((count * textsEach) / textsPerSecond) * 1_000;
    const killing = killAll(system, takesMs, say);
    const stopping = stories.filter(({ deed }) => deed === 'stops');
    const stops = stopping.map(async (story, index) => {
      await delay(((index + 1) / stopping.length) * takesMs * 0.8);
      await system.simulator.text(story.phone, 'STOP');
    });
    const killedAt = await killing;
    await Promise.all(stops);
    await untilOptedOut(
      system,
      stories.filter(({ deed }) => deed !== 'listens'),
      settledMs,
    );
    say(`${stopping.length} phones stopped by text, ${countOf(stories, 'presses')} by key`);
    await untilSettled(system, settledMs);
    const faults = await faultsOf(system, stories, {
      callsEach,
      textsEach,
      script: SCRIPT,
      killed: KILLED,
      killedAt,
    });
    return {
      counts: {
        ...countsOf(stories),
        ...figuresOf(stories, killedAt),
      },
      faults,
    };
  } finally {
    await system.end();
  }
}

/** A third of them each; those who only listen are not all people who take calls. */
function storyOf(system: System, phone: PhoneNumber, index: number): Story {
  const random = seededRandom(index + 1);
  const deed = (['presses', 'stops', 'listens'] as const)[index % 3] ?? 'listens';
  const answers = (['human', 'machine', 'busy', 'no_answer', 'rejects'] as const)[Math.floor(index / 3) % 5];
  return new Story(system.simulator, {
    phone,
    deed,
    line: {
      answers: deed === 'presses' ? 'human' : (answers ?? 'human'),
      afterMs: 1_000 + random() * 3_000,
      greetingMs: 3_000,
    },
    confirmation: SCRIPT.optedOutConfirmation ?? '',
    listensMs: random() * 1_500,
  });
}

/** Kills each once; when. */
async function killAll(
  system: System,
  takesMs: number,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, number>> {
  const killedAt = new Map<string, number>();
  await delay(takesMs * FIRST_KILL);
  for (const name of KILLED) {
    const pid = (await system.pids()).get(name);
    if (pid !== undefined) {
      killedAt.set(name, Date.now());
      process.kill(pid, 'SIGKILL');
    }
    await delay(takesMs * NEXT_KILL);
  }
  say(`killed ${[...killedAt.keys()].join(', ')}`);
  return killedAt;
}

/** Returns as well when somebody is not by then: the ledger says who. */
const untilOptedOut = (system: System, stories: readonly Story[], withinMs: number): Promise<void> =>
  eventually(async () => {
    const { rowCount } = await system.database.query(
      'SELECT FROM suppression WHERE phone_number = ANY ($1)',
      [stories.map(({ phone }) => phone)],
    );
    if (rowCount !== stories.length) throw new Error(`${rowCount} of ${stories.length} have opted out`);
  }, withinMs).catch(() => undefined);

/** Every text has been answered, nothing waits, nothing is on its way, and no call is under way. */
const untilSettled = (system: System, withinMs: number): Promise<void> =>
  eventually(async () => {
    // Who has stopped stands in the database before their confirmation does: first all texts are followed to their end.
    const { behind, texts, unexecuted } = await unrest(system);
    if (behind + texts + unexecuted > 0)
      throw new Error(`not settled: ${JSON.stringify({ behind, texts, unexecuted })}`);
    const { rows } = await system.database.query<{ what: string; count: number }>(
      `SELECT channel || ' ' || state AS what, count(*)::int AS count FROM message
        WHERE state IN ('queued', 'posting', 'ambiguous', 'held') GROUP BY 1
       UNION ALL SELECT 'under way', count(*)::int FROM attempt
        WHERE channel = 'voice' AND state = 'accepted' AND over_at IS NULL HAVING count(*) > 0
       UNION ALL SELECT 'outbox', count(*)::int FROM outbox HAVING count(*) > 0`,
    );
    if (rows.length > 0) throw new Error(`not settled: ${JSON.stringify(rows)}`);
  }, withinMs);

const countOf = (stories: readonly Story[], deed: Story['deed']): number =>
  stories.filter((story) => story.deed === deed).length;

function countsOf(stories: readonly Story[]): Record<string, number> {
  return {
    phones: stories.length,
    presses: countOf(stories, 'presses'),
    stops: countOf(stories, 'stops'),
    texts: stories.reduce((sum, { texts }) => sum + texts.length, 0),
    calls: stories.reduce((sum, { calls }) => sum + calls.size, 0),
  };
}

/** What was measured, on whatever machine it ran: paces of both channels at once, and how soon key 9 was answered. */
function figuresOf(stories: readonly Story[], killedAt: ReadonlyMap<string, number>): Record<string, number> {
  const texts = stories.flatMap((story) => story.texts.map(({ at }) => Date.parse(at)));
  const calls = stories.flatMap((story) => [...story.calls.values()].map(({ at }) => Date.parse(at)));
  // From when both flow until something is killed.
  const from = Math.max(least(texts), least(calls)) + 1_000;
  const to = least([...killedAt.values()]);
  const perSecond = (instants: readonly number[]): number =>
    Math.round((instants.filter((at) => at >= from && at < to).length / ((to - from) / 1_000)) * 10) / 10;
  const killed = [...killedAt.values()];
  const waits = stories
    .flatMap(({ answeredAt, deed, pressedAt }) =>
      deed === 'presses' && answeredAt !== null && pressedAt !== null ? [{ answeredAt, pressedAt }] : [],
    )
    // While a gateway is away nobody answers.
    .filter(({ answeredAt, pressedAt }) => !killed.some((at) => pressedAt < at + AWAY_MS && answeredAt > at))
    .map(({ answeredAt, pressedAt }) => answeredAt - pressedAt)
    .sort((a, b) => a - b);
  return {
    'texts per second': perSecond(texts),
    'calls per second': perSecond(calls),
    'key 9 answered, measured': waits.length,
    'key 9 answered, median ms': waits[Math.floor(waits.length / 2)] ?? 0,
    'key 9 answered, longest ms': waits.at(-1) ?? 0,
  };
}

const least = (instants: readonly number[]): number => instants.reduce((a, b) => Math.min(a, b), Infinity);
