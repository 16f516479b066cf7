import { setTimeout as delay } from 'node:timers/promises';
import { ChattingPhone } from '../driver/phone.ts';
import { understanding } from '../driver/phone-book.ts';
import { phonesOf } from '../driver/phones.ts';
import { faultsOf, recordsOfPhone } from '../driver/proof.ts';
import { seededRandom } from '../driver/random.ts';
import { type Records, readRecords } from '../driver/records.ts';
import { untilAtRest } from '../driver/rest.ts';
import { loadSample } from '../driver/sample.ts';
import { recordsOf } from '../driver/streams.ts';
import { System } from '../driver/system.ts';
import { type AimName, aims, type Kill } from './aims.ts';
import { buildGates } from './gates.ts';
import { inboxFaults } from './inbox.ts';
import { storyOf } from './story.ts';

/** Phones chat while processes are killed; then everything that went in and came out is compared. */
export interface Campaign {
  seed: number;
  phones: number;
  thinkMs: { min: number; max: number };
  /** Aims of one round are taken at the same time, each at another service; the next round follows when all hit. */
  rounds: readonly (readonly AimName[])[];
  /** Between rounds, before phones must have heard something again: for the services to be back. */
  breakMs: number;
  /** How often an aim is taken at most, until it was met. */
  tries?: number;
  /** The phones go on until they have written so many, however slow the machine is; a minute more at most. */
  leastTexts?: number;
  /** Longest time to come to rest, in ms. */
  restMs: number;
  say: (line: string) => void;
}

export interface Outcome {
  seed: number;
  kills: readonly Kill[];
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: readonly string[];
}

const SETTINGS = {
  gateway: {
    INBOUND_ALIVE_MS: '500',
    INBOUND_OUTAGE_MS: '5000',
    SWEEP_INTERVAL_MS: '2000',
    STATUS_FIRST_LOOK_MS: '2000',
  },
  sender: { MESSAGE_PAUSE_MS: '200', RECONCILE_INTERVAL_MS: '1000', INBOUND_DOUBT_MS: '10000' },
  carrier: { CARRIER_SENT_AFTER_MS: '20-100', CARRIER_DELIVERED_AFTER_MS: '50-200' },
};
const AREAS = ['415', '212', '312', '617', '718'];
/** Of status callbacks, which are best-effort at every carrier, some are never sent. */
const CARRIER_FAULTS = { latencyMs: { min: 20, max: 80 }, lostCallbackRate: 0.02 };

export async function runCampaign(campaign: Campaign): Promise<Outcome> {
  const { say, seed } = campaign;
  say(`seed ${seed}, ${campaign.phones} phones`);
  const sample = await loadSample();
  const system = await System.start(SETTINGS);
  try {
    await buildGates(system.database);
    await system.simulator.setFaults(CARRIER_FAULTS);
    const understand = understanding(sample);
    const phones = phonesOf(AREAS, campaign.phones).map(
      (number, index) =>
        new ChattingPhone({
          number,
          simulator: system.simulator,
          understand,
          code: sample.code,
          random: seededRandom(seed * 1_000 + index),
          thinkMs: campaign.thinkMs,
        }),
    );
    await Promise.all(phones.map((phone) => phone.start()));
    const kills: Kill[] = [];
    for (const round of campaign.rounds) {
      let left = round;
      for (let taken = 0; left.length > 0 && taken < (campaign.tries ?? 1); taken += 1) {
        await untilTalking(phones);
        const killed = await Promise.all(
          left.map(async (name) => ({ ...(await aims[name].kill({ system, phones })), name })),
        );
        for (const { gap, hit, open, service } of killed) {
          say(`killed ${service}: ${gap} (${hit ? 'hit' : 'missed'}, ${open})`);
        }
        kills.push(...killed.map(({ name: _, ...kill }) => kill));
        left = killed.flatMap(({ hit, name }) => (hit ? [] : [name]));
        await delay(campaign.breakMs);
      }
    }
    await untilWritten(phones, campaign.leastTexts ?? 0);
    await Promise.all(phones.map((phone) => phone.hangUp()));
    say('all phones hung up; waiting for rest');
    const unrest = await untilAtRest(system, campaign.restMs).then(
      () => [],
      (error: Error) => [error.message],
    );
    const records = await readRecords(system);
    const faults = phones.flatMap((phone) => {
      const its = recordsOfPhone(phone.number, phone.happenings, records);
      const found = faultsOf(its, sample);
      return found.length > 0 ? [`${found.join('\n')}\n${storyOf(its)}`] : [];
    });
    return {
      seed,
      kills,
      counts: await countsOf(system, records, kills),
      faults: [...unrest, ...(await leftovers(system)), ...(await inboxFaults(system, records)), ...faults],
    };
  } finally {
    await system.end();
  }
}

const MORE_MS = 60_000;

/**
 * Until half of the phones have heard something from now on, so that there is work to kill in the middle of: a service that
 * was killed is back, and what waited for it has gone on. After a minute at the latest.
 */
async function untilTalking(phones: readonly ChattingPhone[]): Promise<void> {
  const heardBy = ({ happenings }: ChattingPhone): number =>
    happenings.filter(({ kind }) => kind === 'heard').length;
  const before = new Map(phones.map((phone) => [phone, heardBy(phone)]));
  const talking = (): number => phones.filter((phone) => heardBy(phone) > (before.get(phone) ?? 0)).length;
  const end = performance.now() + MORE_MS;
  while (talking() < phones.length / 2 && performance.now() < end) await delay(250);
}

async function untilWritten(phones: readonly ChattingPhone[], least: number): Promise<void> {
  const written = (): number =>
    phones.reduce((sum, { happenings }) => sum + happenings.filter(({ kind }) => kind === 'said').length, 0);
  const end = performance.now() + MORE_MS;
  while (written() < least && performance.now() < end) await delay(250);
}

/** Rows that must not be there. */
async function leftovers({ database }: System): Promise<string[]> {
  const { rows } = await database.query<{ consumer: string; state: string; reason: string }>(
    "SELECT consumer, state, reason FROM quarantined_record WHERE state IN ('quarantined', 'parked')",
  );
  return rows.map(({ consumer, reason, state }) => `${consumer} has a ${state} record: ${reason}`);
}

async function countsOf(
  system: System,
  { attempts, carrier, commands, log, messages }: Records,
  kills: readonly Kill[],
): Promise<Record<string, number>> {
  const inbound = commands.flatMap(({ commandId, type }) => (type === 'INBOUND_SMS' ? [commandId] : []));
  const others = commands.flatMap(({ commandId, type }) => (type === 'INBOUND_SMS' ? [] : [commandId]));
  const events = await recordsOf(system.kinesisUrl, 'dialog-events');
  const senderKills = kills.filter(({ service }) => service === 'sender').map(({ at }) => at);
  const openAtKill = attempts.filter(({ ended_at, posted_at }) =>
    senderKills.some(
      (at) => posted_at.getTime() <= at && (ended_at === null || ended_at.getTime() > at + 1_000),
    ),
  );
  const stats = await system.simulator.failures();
  const statusOf = new Map(log.map((row) => [row.carrier_message_id, row.status]));
  return {
    texts: carrier.filter(({ direction }) => direction === 'from_phone').length,
    'messages sent': carrier.filter(({ direction }) => direction === 'to_phone').length,
    'messages blocked by a STOP': messages.filter(({ state }) => state === 'blocked').length,
    'texts put more than once (repeated, or swept)': inbound.length - new Set(inbound).size,
    'texts that the carrier gave up on': stats.textsGivenUp,
    'repetitions of webhooks of texts': stats.textsRetried,
    'event batches published twice': events.length - new Set(events).size,
    'progress commands published twice': others.length - new Set(others).size,
    'attempts open when the sender was killed': openAtKill.length,
    '... that the carrier had accepted': openAtKill.filter(({ state }) => state === 'accepted').length,
    '... that the carrier never had': openAtKill.filter(({ state }) => state === 'not_sent').length,
    'status callbacks that the carrier gave up on': stats.callbacksFailed,
    'status callbacks that it never sent': stats.callbacksLost,
    'messages in the log without the end that the carrier knows': carrier.filter(
      ({ direction, id, status }) => direction === 'to_phone' && statusOf.get(id) !== status,
    ).length,
  };
}
