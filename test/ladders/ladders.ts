import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { fileOf } from '../driver/contacts-file.ts';
import { zoneAtNight, zoneInDaytime } from '../driver/daytime.ts';
import { inParts } from '../driver/in-parts.ts';
import { killAtRandom } from '../driver/kills.ts';
import { phonesOf } from '../driver/phones.ts';
import { seededRandom } from '../driver/random.ts';
import { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { Outreach } from '../outreach/client.ts';
import { type Campaign, climbs, type Ladder } from './climbs.ts';
import { faultsOf } from './faults.ts';
import { AREA_CODES, type Person, peopleOf } from './people.ts';
import { openContacts, untilQuiet } from './quiet.ts';

/**
 * Campaigns with ladders go to people of whom it is written down what becomes of each text and call to them: some are texted
 * first, some called, some texted with a call as the way out. Part of them live where it is night. Processes are killed
 * meanwhile. Whenever nothing is under way any more people answer, and time is skipped to what is due next, until everything
 * has ended. Then what everybody got is held against the oracle, hours against the windows, attempts against the budget, and
 * every count against its rows.
 */
export interface LaddersOptions {
  seed: number;
  /** Of the campaign that texts first, of the one that calls first, and of the texts with a way out. */
  contacts: readonly [number, number, number];
  callsPerSecond: number;
  messagesPerSecond: number;
  kills: number;
  say(line: string): void;
}

export interface LaddersOutcome {
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: readonly string[];
}

const ONE_IN_NIGHT = 5;
const TEXTING_AT_ONCE = 10;
const SETTING_AT_ONCE = 20;
/** What is due so soon after the first is due as well: time is skipped once for both. */
const TOGETHER_MS = 45 * 60_000;
/** Longer than any ladder takes. */
const MOST_ROUNDS = 60;
const REPORTS_MS = 61 * 60_000;
const KILLED = ['campaigns', 'caller', 'sender', 'log', 'inbox'];

export async function runLadders(options: LaddersOptions): Promise<LaddersOutcome> {
  const { callsPerSecond, contacts, kills, messagesPerSecond, say, seed } = options;
  const random = seededRandom(seed);
  const system = await System.start({
    '*': { CALLS_PER_SECOND: String(callsPerSecond), MAX_CONCURRENT_CALLS: '500' },
    gateway: { STATUS_FIRST_LOOK_MS: '3600000' },
    // What is under test is not whether campaigns stop at so many faults.
    campaigns: { BREAKER_LEAST: '1000000' },
    carrier: {
      CARRIER_SENT_AFTER_MS: '5-20',
      CARRIER_DELIVERED_AFTER_MS: '10-40',
      CARRIER_CALL_SPEED: '1000',
      CARRIER_CALLS_PER_SECOND: '1000',
    },
  });
  try {
    const outreach = await Outreach.of(system);
    const people = peopleOf(
      phonesOf(
        AREA_CODES,
        contacts.reduce((sum, each) => sum + each, 0),
      ),
      random,
    );
    const now = await system.now();
    const [day, night] = [zoneInDaytime(now), zoneAtNight(now)];
    const zoneOf = new Map(people.map(({ phone }, n) => [phone, n % ONE_IN_NIGHT === 0 ? night : day]));
    await prepare(system, people);
    await system.simulator.setFaults({
      duplicateCallbackRate: 0.1,
      outOfOrderCallbackRate: 0.2,
      errorCodes: codesOf(people),
    });
    const campaigns: Campaign[] = [];
    let from = 0;
    for (const [index, ladder] of climbs.entries()) {
      const of = people.slice(from, from + (contacts[index] ?? 0));
      from += of.length;
      campaigns.push(await make(outreach, ladder, of, { day, messagesPerSecond, zoneOf }));
    }
    await allowCalls(system, people);
    for (const { id } of campaigns) await outreach.tell(id, 'start');
    say(`${people.length} people on ${campaigns.length} ladders, in ${day} and ${night}`);

    const killing = killAtRandom(system, {
      kills,
      next: () => KILLED[Math.floor(random() * KILLED.length)] ?? 'campaigns',
      random,
      pauseMs: { min: 500, max: 4_500 },
    });
    const answered = new Set<PhoneNumber>();
    let skips = 0;
    for (let round = 0; ; round += 1) {
      await untilQuiet(system, campaigns);
      const texted = await answerTexts(system, campaigns, answered);
      if (texted > 0) await untilHeard(system, campaigns, answered);
      await untilQuiet(system, campaigns);
      await setSecondLines(system, people);
      const open = await openContacts(system, campaigns);
      say(
        `round ${round}: ${texted} people texted, ${open.count} wait, the first until ${open.due?.toISOString()}`,
      );
      if (open.due === null) break;
      if (round > MOST_ROUNDS) throw new Error('a ladder does not end');
      await system.skip({ to: new Date(lastTogether(open.all, open.due) + 1_000).toISOString() });
      skips += 1;
    }
    say(`killed ${(await killing).join(', ')}`);
    // One that has nothing to do any more waits for reports for an hour.
    await system.skip({ to: new Date((await system.now()).getTime() + REPORTS_MS).toISOString() });
    await eventually(async () => {
      for (const { id, ladder } of campaigns) {
        const { reason, status } = await outreach.statusOf(id);
        if (status !== 'completed') throw new Error(`${ladder.name} is ${status} (${reason})`);
      }
    }, 300_000);
    const { counts, faults } = await faultsOf(system, outreach, campaigns, { zoneOf, answered });
    return { counts: { ...counts, 'skips of time': skips, kills }, faults };
  } finally {
    await system.end();
  }
}

/** Times that are so close to the first that nobody tells them apart. */
const lastTogether = (all: readonly Date[], first: Date): number =>
  Math.max(...all.map(Number).filter((at) => at - first.getTime() <= TOGETHER_MS));

const codesOf = (people: readonly Person[]): Record<string, number> =>
  Object.fromEntries(
    people.flatMap(({ phone, text }) => (text.kind === 'fails' ? [[phone, text.code]] : [])),
  );

const prepare = (system: System, people: readonly Person[]): Promise<void> =>
  inParts(people, SETTING_AT_ONCE, ({ calls: [line], phone }) => system.simulator.setLine(phone, line));

/** Whoever has been called once has the line of their second call. */
async function setSecondLines(system: System, people: readonly Person[]): Promise<void> {
  const { rows } = await system.database.query<{ phone: string }>(
    `SELECT phone_number AS phone FROM attempt WHERE channel = 'voice' AND state = 'accepted' GROUP BY 1`,
  );
  const called = new Set(rows.map(({ phone }) => phone));
  await inParts(
    people.filter(({ phone }) => called.has(phone)),
    SETTING_AT_ONCE,
    ({ calls: [, line], phone }) => system.simulator.setLine(phone, line),
  );
}

/** They agreed to calls as well, on paper: files of contacts cannot say so of an artificial voice. */
async function allowCalls(system: System, people: readonly Person[]): Promise<void> {
  const phones = people.map(({ phone }) => phone);
  const { rowCount } = await system.database.query(
    `UPDATE consent_standing
        SET consents = '[{"changeId": "ladders", "granted": ["informational", "artificial_voice"],
                          "givenAt": "2026-01-01T00:00:00.000Z"}]'
      WHERE phone_number = ANY ($1)`,
    [phones],
  );
  if (rowCount !== phones.length) throw new Error(`${rowCount} of ${phones.length} have consented`);
  await system.database.query(`UPDATE contact SET line_type = 'landline' WHERE phone_number = ANY ($1)`, [
    people.filter(({ isLandline }) => isLandline).map(({ phone }) => phone),
  ]);
}

async function make(
  outreach: Outreach,
  ladder: Ladder,
  people: readonly Person[],
  {
    day,
    messagesPerSecond,
    zoneOf,
  }: { day: string; messagesPerSecond: number; zoneOf: ReadonlyMap<PhoneNumber, string> },
): Promise<Campaign> {
  const list = await outreach.makeList(ladder.name);
  await outreach.importContacts(
    fileOf(
      people.map(({ phone }) => phone),
      (phone) => zoneOf.get(phone) ?? day,
    ),
    list,
  );
  const definition = {
    audience: { include: [list] },
    ...ladder.definition,
    windows: [{ days: [1, 2, 3, 4, 5, 6, 7], ...ladder.window }],
    timeZone: day,
    messagesPerSecond,
  };
  const { name, type } = ladder;
  return { id: await outreach.makeCampaign({ name, type, definition }), ladder, people };
}

/** Whoever got their first text and answers texts does so. Returns how many did. */
async function answerTexts(
  system: System,
  campaigns: readonly Campaign[],
  answered: Set<PhoneNumber>,
): Promise<number> {
  const { rows } = await system.database.query<{ phone: string }>(
    `SELECT DISTINCT message.phone_number AS phone FROM message
       JOIN message_log AS log ON log.message_id = message.message_id
      WHERE message.channel = 'sms' AND message.campaign_id = ANY ($1) AND log.status = 'delivered'`,
    [campaigns.map(({ id }) => id)],
  );
  const got = new Set(rows.map(({ phone }) => phone));
  const texting = campaigns
    .flatMap(({ people }) => people)
    .flatMap(({ phone, text }) => {
      const reply = text.kind === 'arrives' ? text.reply : null;
      return reply !== null && got.has(phone) && !answered.has(phone) ? [{ phone, reply }] : [];
    });
  await inParts(texting, TEXTING_AT_ONCE, ({ phone, reply }) => system.simulator.text(phone, reply));
  for (const { phone } of texting) answered.add(phone);
  return texting.length;
}

/** Resolves when what people texted is known: who answered, and who wants to be left alone. */
async function untilHeard(
  system: System,
  campaigns: readonly Campaign[],
  answered: ReadonlySet<PhoneNumber>,
): Promise<void> {
  const texted = campaigns
    .flatMap(({ people }) => people)
    .filter(({ phone }) => answered.has(phone))
    .map(({ phone, text }) => ({ phone, isStop: text.kind === 'arrives' && text.reply === 'STOP' }));
  const phones = (isStop: boolean) =>
    texted.filter((each) => each.isStop === isStop).map(({ phone }) => phone);
  await eventually(async () => {
    const { rows } = await system.database.query<{ replied: number; stopped: number }>(
      `SELECT (SELECT count(DISTINCT phone_number)::int FROM campaign_contact
                WHERE replied_at IS NOT NULL AND phone_number = ANY ($1)) AS replied,
              (SELECT count(*)::int FROM consent_standing WHERE status = 'opted_out' AND phone_number = ANY ($2)) AS stopped`,
      [phones(false), phones(true)],
    );
    const { replied = 0, stopped = 0 } = rows[0] ?? {};
    const wanted = [phones(false).length, phones(true).length];
    if (replied !== wanted[0] || stopped !== wanted[1])
      throw new Error(`${replied} have answered and ${stopped} stopped, of ${wanted}`);
  }, 120_000);
}
