import { setTimeout as delay } from 'node:timers/promises';
import type { ProfileChange } from '#shared/contracts/profile.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { nameOf } from '../driver/contacts-file.ts';
import { zoneAtNight, zoneInDaytime } from '../driver/daytime.ts';
import { ChattingPhone } from '../driver/phone.ts';
import { understanding } from '../driver/phone-book.ts';
import { phonesOf } from '../driver/phones.ts';
import { seededRandom } from '../driver/random.ts';
import type { Sample } from '../driver/sample.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from '../outreach/client.ts';
import type { AskedText } from './asked.ts';
import { type Called, draftCalled, endCalled, stopByText } from './called.ts';
import { draftTexts, listOf } from './campaigns.ts';
import { beginClosing, type ClosingCampaign, untilClosed, untilPlanned } from './closing.ts';
import type { DraftedCampaign } from './drafted.ts';
import type { SecondCampaign } from './second.ts';

/** How much goes on while something goes wrong. */
export interface LoadSize {
  /** People who chat; every second of them is in the campaign as well. */
  chatting: number;
  /**
   * People of the campaign who only listen. Every fourth texts STOP when it has planned to write to them and has not; of the others a quarter
   * answers its text with STOP.
   */
  listening: number;
  /** People of a second campaign, whose window closes when it has hardly begun; every fourth texts STOP before. */
  waiting: number;
  /** People of the campaign for whom it is night: they must get nothing. */
  asleep: number;
  /** People whom two campaigns of calls are to call once each: some press key 9, some text STOP, some do not answer. */
  called: number;
  messagesPerSecond: number;
  thinkMs: { min: number; max: number };
}

/** Everything that a scenario is inflicted on: phones of its own, and a campaign of its own. */
export interface Load {
  /** Numbers of the same kind that nobody has. */
  spare: readonly PhoneNumber[];
  chatting: readonly ChattingPhone[];
  /** What was known of the person before anybody wrote. */
  beginningOf(phone: PhoneNumber): ProfileChange;
  listening: readonly ChattingPhone[];
  waiting: readonly ChattingPhone[];
  /** That of those who wait. */
  closing: ClosingCampaign;
  /** What scenarios have made besides. */
  drafted: DraftedCampaign[];
  called: Called;
  /** Texts that scenarios had the API send, and numbers for them. */
  asked: AskedText[];
  spareForAsked: readonly PhoneNumber[];
  /** People who are reached through another carrier; null: nobody is. Numbers for them. */
  second: SecondCampaign | null;
  forSecond: readonly PhoneNumber[];
  /** Where people are, awake and asleep. */
  zones: { awake: string; asleep: string };
  campaign: {
    id: string;
    phones: readonly PhoneNumber[];
    asleep: readonly PhoneNumber[];
    isOf(body: string): boolean;
    closesAt: null;
  };
}

/** As many as have fictitious numbers enough: four for each scenario. */
const AREAS = [
  ['415', '212', '312', '617'],
  ['718', '213', '310', '408'],
  ['510', '559', '619', '650'],
  ['707', '916', '206', '253'],
  ['360', '425', '509', '503'],
  ['541', '602', '623', '702'],
  ['775', '801', '505', '719'],
  ['720', '970', '214', '281'],
  ['512', '713', '817', '903'],
  ['314', '417', '573', '636'],
  ['218', '320', '507', '612'],
  ['262', '414', '608', '715'],
  ['217', '309', '618', '708'],
  ['219', '260', '317', '574'],
  ['231', '248', '269', '313'],
  ['216', '234', '330', '419'],
  ['215', '267', '412', '484'],
  ['315', '516', '518', '585'],
  ['201', '551', '609', '732'],
  ['203', '860', '413', '508'],
  ['207', '603', '802', '401'],
  ['208', '406', '701', '907'],
] as const;
/** One more for each, in states that add nothing to the hours of the federation on any day: calls have rules of their own elsewhere. */
const AREAS_OF_OTHERS = [
  '404',
  '470',
  '678',
  '706',
  '770',
  '912',
  '252',
  '336',
  '704',
  '828',
  '910',
  '919',
  '319',
  '515',
  '563',
  '641',
  '712',
  '308',
  '402',
  '316',
  '620',
  '785',
] as const;
/** For so many scenarios of one run there are numbers. */
export const MOST_SCENARIOS = Math.min(AREAS.length, AREAS_OF_OTHERS.length);

const SPARE = 12;
const SPARE_TO_CALL = 24;
const SPARE_FOR_ASKED = 8;
const FOR_SECOND = 16;
/** People to be called for whom it is night. */
const CALLED_ASLEEP = 1;
const STOPS_AFTER_CAMPAIGN = 0.25;
/** Of those who only listen or wait, one of so many stops before anything has come. */
const STOPS_BEFORE = 4;
/** Of those who chat: how often they stop right behind an answer, when what it asks for is on its way. */
const STOPS_AT_ONCE = 0.04;
/** Longest time for a campaign to have come to its end once everything is mended, in ms. */
const CAMPAIGN_MS = 240_000;
const MORE_MS = 60_000;

/** `place`: which scenario of the run this is for, from 0. Resolves when phones chat and the campaign is under way. */
export async function beginLoad(
  system: System,
  sample: Sample,
  size: LoadSize,
  { name, place, seed }: { name: string; place: number; seed: number },
): Promise<Load> {
  const known = size.chatting + size.listening + size.asleep;
  const people = known + size.waiting;
  const numbers = phonesOf(AREAS[place] ?? [], people + SPARE);
  const others = phonesOf(
    AREAS_OF_OTHERS.slice(place, place + 1),
    size.called + CALLED_ASLEEP + SPARE_TO_CALL + SPARE_FOR_ASKED + FOR_SECOND,
  );
  const take = (count: number): PhoneNumber[] => others.splice(0, count);
  const chatters = numbers.slice(0, size.chatting);
  const listeners = numbers.slice(size.chatting, size.chatting + size.listening);
  const asleep = numbers.slice(size.chatting + size.listening, known);
  const waiters = numbers.slice(known, people);
  const begins = `News of ${name} for`;

  const understand = understanding(sample);
  const phoneOf = (number: PhoneNumber, index: number, reacts: 'chats' | 'listens'): ChattingPhone => {
    const random = seededRandom(seed * 1_000 + index);
    const phone: ChattingPhone = new ChattingPhone({
      number,
      simulator: system.simulator,
      understand: (body) => {
        if (reacts === 'chats') return understand(body);
        if (body.startsWith(begins) && random() < STOPS_AFTER_CAMPAIGN) phone.write('STOP');
        return { kind: 'unknown' };
      },
      code: sample.code,
      random,
      thinkMs: size.thinkMs,
      ...(reacts === 'chats' ? { stopsAtOnce: STOPS_AT_ONCE } : {}),
    });
    return phone;
  };
  const chatting = chatters.map((number, index) => phoneOf(number, index, 'chats'));
  const listening = listeners.map((number, index) => phoneOf(number, size.chatting + index, 'listens'));
  const waiting = waiters.map((number, index) => phoneOf(number, known + index, 'listens'));

  const outreach = await Outreach.of(system);
  const now = await system.now();
  const timeZone = zoneInDaytime(now);
  const night = zoneAtNight(now);
  const awake = [...chatters.filter((_, index) => index % 2 === 0), ...listeners];
  const phones = [...awake, ...asleep];
  const sleeping = new Set(asleep);
  const { id, isOf } = await draftTexts(outreach, {
    name,
    begins,
    list: await listOf(outreach, {
      name,
      phones,
      zoneOf: (phone) => (sleeping.has(phone) ? night : timeZone),
    }),
    timeZone,
    perSecond: size.messagesPerSecond,
  });
  const listOfWaiting = await listOf(outreach, {
    name: `${name}, for those who wait`,
    phones: waiters,
    zoneOf: () => timeZone,
  });
  const called = await draftCalled(system, {
    name,
    phones: take(size.called),
    asleep: take(CALLED_ASLEEP),
    spare: take(SPARE_TO_CALL),
    timeZone,
    night,
    random: seededRandom(seed),
  });
  await Promise.all([...listening, ...waiting].map((phone) => phone.listen()));
  await Promise.all(chatting.map((phone) => phone.start()));
  await outreach.tell(id, 'start');
  for (const calling of called.campaigns) await outreach.tell(calling.id, 'start');
  const closing = await beginClosing(system, { name, list: listOfWaiting, phones: waiters, timeZone });
  await untilPlanned(system, id, phones.length);
  await untilPlanned(system, closing.id, waiters.length);
  for (const calling of called.campaigns)
    await untilPlanned(system, calling.id, calling.phones.length + calling.asleep.length);
  // The last first: to the first of each it may have written already.
  for (const phones of [listening, waiting]) {
    for (const [index, phone] of phones.toReversed().entries())
      if (index % STOPS_BEFORE === 0) phone.write('STOP');
  }
  await stopByText(system, called);
  const informed = new Set([...awake, ...waiters]);
  return {
    beginningOf: (phone) => (informed.has(phone) ? { name: nameOf(phone), timezone: timeZone } : {}),
    spare: numbers.slice(people),
    chatting,
    listening,
    waiting,
    closing,
    drafted: [],
    called,
    asked: [],
    spareForAsked: take(SPARE_FOR_ASKED),
    second: null,
    forSecond: take(FOR_SECOND),
    zones: { awake: timeZone, asleep: night },
    campaign: { id, phones: awake, asleep, isOf, closesAt: null },
  };
}

/**
 * Until half of the phones have heard something from now on, so that there is work to break in the middle of. After a minute at
 * the latest.
 */
export async function untilTalking(phones: readonly ChattingPhone[]): Promise<void> {
  const heardBy = ({ happenings }: ChattingPhone): number =>
    happenings.filter(({ kind }) => kind === 'heard').length;
  const before = new Map(phones.map((phone) => [phone, heardBy(phone)]));
  const talking = (): number => phones.filter((phone) => heardBy(phone) > (before.get(phone) ?? 0)).length;
  const end = performance.now() + MORE_MS;
  while (talking() < phones.length / 2 && performance.now() < end) await delay(250);
}

/** Until the phones have written so many texts; a minute at the latest. */
export async function untilWritten(phones: readonly ChattingPhone[], least: number): Promise<void> {
  const written = (): number =>
    phones.reduce((sum, { happenings }) => sum + happenings.filter(({ kind }) => kind === 'said').length, 0);
  const end = performance.now() + MORE_MS;
  while (written() < least && performance.now() < end) await delay(250);
}

/**
 * All hang up, and the campaigns are stopped: the one once everybody who may get its text was decided on, the other once its window has
 * closed. What is wrong with that, as who was never decided on, and how many were not reached when the window closed.
 */
export async function endLoad(
  system: System,
  { called, campaign, chatting, closing, drafted, listening, second, waiting }: Load,
): Promise<{ faults: string[]; unreached: number }> {
  await Promise.all(chatting.map((phone) => phone.hangUp()));
  const [undecided, closed, calling, besides] = await Promise.all([
    untilDecided(system, campaign.id, campaign.asleep),
    untilClosed(system, closing),
    endCalled(system, called),
    Promise.all([...drafted, ...(second ? [second] : [])].map(({ id }) => untilDecided(system, id, []))),
  ]);
  const listeners = [...listening, ...waiting, ...(second?.phones ?? [])];
  await Promise.all(listeners.map((phone) => phone.hangUp()));
  const outreach = await Outreach.of(system);
  await outreach.tell(campaign.id, 'stop');
  const left = await Promise.all([
    undecided.length > 0 ? [] : untilDecided(system, campaign.id, []),
    closed.faults.length > 0 ? [] : untilDecided(system, closing.id, []),
  ]);
  return {
    ...closed,
    faults: [...undecided, ...closed.faults, ...calling, ...besides.flat(), ...left.flat()],
  };
}

/** Waits until the campaign has nobody left but these, for a while; what it then still has. */
const untilDecided = (system: System, id: string, but: readonly PhoneNumber[]): Promise<string[]> =>
  eventually(async () => {
    const { rows } = await system.database.query<{ phone_number: string; state: string }>(
      `SELECT phone_number, state, rule FROM campaign_contact
        WHERE campaign_id = $1 AND state IN ('pending', 'queued', 'held') AND NOT phone_number = ANY ($2)`,
      [id, but],
    );
    if (rows.length > 0) throw new Error(`not decided on by the campaign: ${JSON.stringify(rows)}`);
  }, CAMPAIGN_MS).then(
    () => [],
    (error: Error) => [error.message],
  );
