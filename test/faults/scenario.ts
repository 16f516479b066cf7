import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { ChattingPhone } from '../driver/phone.ts';
import type { Overrides, System } from '../driver/system.ts';
import type { ClockMove } from '../driver/withheld.ts';
import type { Kill } from './aims.ts';
import type { Troubles } from './troubles.ts';

/** A system under load, as a scenario finds it. */
export interface World {
  system: System;
  troubles: Troubles;
  /** Those that chat. */
  phones: readonly ChattingPhone[];
  /** Numbers that nobody has used, for what a scenario needs besides. */
  spare: readonly PhoneNumber[];
  /** Makes a campaign to some of these, which the ledger looks at as well. */
  draftCampaign(): Promise<{ start(): Promise<unknown> }>;
  /** Makes a campaign that calls some others, which the ledger looks at as well. */
  draftCalls(): Promise<{ start(): Promise<unknown> }>;
  /** Makes up a text that the API is asked for, again under the same key until it answers; it must go once. */
  draftText(): Promise<{ start(): Promise<unknown> }>;
  /** Has a campaign begin that goes through a second carrier, which the ledger looks at as well. */
  reachBySecond(): Promise<void>;
  /** How long what goes on for a while goes on, in ms: as it is said, or shorter. */
  lasts(ms: number): number;
  /** From the seed of the run and the name of the scenario. */
  random: () => number;
  /** Until half of the phones have heard something from now on; a minute at the latest. */
  untilTalking(): Promise<void>;
  say(line: string): void;
}

/**
 * What was inflicted, counted by whoever did it or saw it done. Each count must be above zero: a fault that did not take place
 * proves nothing.
 */
export type Inflicted = Readonly<Record<string, number>>;

const MORE_MS = 60_000;

/**
 * For so long, and then until each count is above zero, for a minute at most: what is left to chance has to take place on a
 * machine that is slow as well.
 */
export async function forAWhile(ms: number, counts: () => Promise<Inflicted>): Promise<void> {
  const end = performance.now() + ms + MORE_MS;
  await delay(ms);
  while (performance.now() < end && Object.values(await counts()).some((count) => count === 0))
    await delay(250);
}

/** Several things that go wrong at the same time. */
export const atOnce = (name: string, scenarios: readonly Scenario[]): Scenario => ({
  name,
  says: `At the same time: ${scenarios.map((scenario) => scenario.name).join(', ')}.`,
  clockMoves: () => scenarios.flatMap((scenario) => scenario.clockMoves?.() ?? []),
  inflict: async (world) =>
    Object.assign({}, ...(await Promise.all(scenarios.map((scenario) => scenario.inflict(world))))),
});

/** Something that goes wrong while phones chat and a campaign is under way. */
export interface Scenario {
  name: string;
  /** What is done, as a sentence of the report. */
  says: string;
  /** Of a system of its own, besides those of all. Left out: it shares one with the others. */
  settings?: Overrides;
  /** Resolves when all of it is over and mended, so that the system may come to rest. */
  inflict(world: World): Promise<Inflicted>;
  /** How it moved clocks of services, if it did: known after `inflict`. */
  clockMoves?(): readonly ClockMove[];
  /** Kills in the middle of its work, if it makes any: known after `inflict`. */
  kills?(): readonly Kill[];
}
