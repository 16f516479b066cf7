import { crc32 } from 'node:zlib';
import { messageOf } from '#shared/errors.ts';
import { seededRandom } from '../driver/random.ts';
import { loadSample, type Sample } from '../driver/sample.ts';
import { mergedOverrides, type Overrides, type System } from '../driver/system.ts';
import type { Kill } from './aims.ts';
import { draftText } from './asked.ts';
import { draftCallsBesides } from './called.ts';
import { draftCampaign } from './drafted.ts';
import { buildGates } from './gates.ts';
import { closeLedger } from './ledger.ts';
import { beginLoad, type LoadSize, untilTalking, untilWritten } from './load.ts';
import type { Scenario } from './scenario.ts';
import { beginSecond } from './second.ts';
import { CARRIER_FAULTS, SETTINGS } from './settings.ts';
import { startTroubledSystem, type Troubles } from './troubles.ts';

/** Scenarios, one after the other, each under a load of its own and with a ledger of its own. */
export interface Trial {
  seed: number;
  scenarios: readonly Scenario[];
  size: LoadSize;
  /** The phones go on until they have written so many, however slow the machine is; a minute more at most. */
  leastTexts: number;
  /** Longest time to come to rest, in ms. */
  restMs: number;
  /** How long what goes on for a while goes on: 1 is as the scenarios say, less is shorter. */
  length: number;
  /** Whether PostgreSQL gets a disk of its own, where one can be mounted. */
  withDisk: boolean;
  say: (line: string) => void;
  /** Told of each scenario when it is over. */
  over?(outcome: Outcome): Promise<void>;
}

/** What became of one scenario. */
export interface Outcome {
  name: string;
  says: string;
  seed: number;
  inflicted: Readonly<Record<string, number>>;
  kills: readonly Kill[];
  counts: Readonly<Record<string, number>>;
  /** From the first phone that chats to rest, in s. */
  seconds: number;
  /** Of these, from when everything was mended, in s. */
  restSeconds: number;
  /** Empty when everything held. */
  faults: readonly string[];
}

interface Running {
  system: System;
  troubles: Troubles;
  sample: Sample;
  /** Besides those of all; null: none. */
  settings: Overrides | null;
}

/** They share a system; one that leaves a fault behind is followed by a fresh one. */
export async function runTrial(trial: Trial): Promise<Outcome[]> {
  const sample = await loadSample();
  const outcomes: Outcome[] = [];
  let running: Running | null = null;
  try {
    for (const [place, scenario] of trial.scenarios.entries()) {
      const { settings = null } = scenario;
      if (running !== null && running.settings !== settings) {
        await running.system.end();
        running = null;
      }
      running ??= { sample, settings, ...(await start(trial, settings)) };
      const outcome = await runScenario(running, scenario, place, trial);
      outcomes.push(outcome);
      await trial.over?.(outcome);
      if (outcome.faults.length === 0) continue;
      for (const fault of outcome.faults) trial.say(`${scenario.name}: ${fault.split('\n')[0]}`);
      const { system }: Running = running;
      running = null;
      await system.end();
    }
    return outcomes;
  } finally {
    await running?.system.end();
  }
}

async function start(
  { withDisk }: Trial,
  settings: Overrides | null,
): Promise<Pick<Running, 'system' | 'troubles'>> {
  const running = await startTroubledSystem(mergedOverrides(SETTINGS, settings ?? {}), { withDisk });
  await buildGates(running.system.database);
  await running.system.simulator.setFaults(CARRIER_FAULTS);
  return running;
}

async function runScenario(
  { sample, system, troubles }: Running,
  scenario: Scenario,
  place: number,
  { leastTexts, length, restMs, say: sayAll, seed: seedOfAll, size }: Trial,
): Promise<Outcome> {
  const { name, says } = scenario;
  // The same whatever else is tried.
  const seed = seedOfAll + (crc32(name) % 10_000);
  const say = (line: string): void => sayAll(`${name}: ${line}`);
  say(`seed ${seed}, ${size.chatting} phones chat`);
  const began = performance.now();
  const load = await beginLoad(system, sample, size, { name, place, seed });
  await untilTalking(load.chatting);
  const inflicted = await scenario
    .inflict({
      system,
      troubles,
      phones: load.chatting,
      spare: load.spare,
      draftCampaign: () => draftCampaign(system, load, name),
      draftCalls: () => draftCallsBesides(system, load.called, { name, timeZone: load.zones.awake }),
      draftText: () => draftText(system, { asked: load.asked, spare: load.spareForAsked }, name),
      reachBySecond: async () => {
        load.second = await beginSecond(system, {
          name,
          numbers: load.forSecond,
          timeZone: load.zones.awake,
          random: seededRandom(seed),
        });
      },
      lasts: (ms) => ms * length,
      random: seededRandom(seed),
      untilTalking: () => untilTalking(load.chatting),
      say,
    })
    .catch((error: unknown) => messageOf(error));
  const isInflicted = typeof inflicted !== 'string';
  await untilWritten(load.chatting, isInflicted ? leastTexts : 0);
  const {
    counts,
    faults,
    restMs: rest,
  } = await closeLedger(system, load, sample, {
    restMs,
    clockMoves: scenario.clockMoves?.() ?? [],
  });
  const seconds = Math.round((performance.now() - began) / 1_000);
  say(`at rest ${Math.round(rest / 1_000)} s after everything was mended, ${seconds} s in all`);
  return {
    name,
    says,
    seed,
    inflicted: isInflicted ? inflicted : {},
    kills: scenario.kills?.() ?? [],
    counts,
    seconds,
    restSeconds: Math.round(rest / 1_000),
    faults: [
      ...(isInflicted ? notInflicted(inflicted) : [`it broke off: ${inflicted}`]),
      ...notMet(counts),
      ...faults,
    ],
  };
}

const notInflicted = (inflicted: Readonly<Record<string, number>>): string[] =>
  Object.entries(inflicted).flatMap(([name, count]) => (count > 0 ? [] : [`there were no ${name}`]));

/** What must have taken place in every scenario, whatever was inflicted. */
const MET = [
  'STOPs with something behind them',
  'people not reached when the window closed',
  'calls',
  'key 9 answered',
] as const;

/** What a load was to bring about and did not. */
export const notMet = (counts: Readonly<Record<string, number>>): string[] =>
  MET.flatMap((name) => ((counts[name] ?? 0) > 0 ? [] : [`there were no ${name}`]));
