import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { MICROS, priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { readConfig } from '#shared/config.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import { wrongConversations } from '../../apps/inbox/test-inbox.ts';
import { fileOf } from '../driver/contacts-file.ts';
import { zoneInDaytime } from '../driver/daytime.ts';
import { killAtRandom } from '../driver/kills.ts';
import { CAPPED_AREAS, FREE_AREAS, phonesOf } from '../driver/phones.ts';
import { seededRandom } from '../driver/random.ts';
import { loadSample } from '../driver/sample.ts';
import { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';
import { type Answered, answerCampaigns, faultsOfAnswers } from './answers.ts';
import { Outreach } from './client.ts';

/**
 * Three campaigns of texts and one of lessons are under way at once, two of them to the same people; processes of the
 * campaigns and the sender are killed at random; one campaign is paused in the middle, and goes on. Afterwards what the
 * carrier got is held against who was to get it, what campaigns count of deliveries, segments and cost against what the carrier
 * got, and every count against its rows. Then people answer, and stop, while
 * processes of the inbox and the log are killed, and what campaigns count of that is held against what was texted.
 */
export interface OutreachOptions {
  seed: number;
  /** On each of two lists; the third campaign goes to both. */
  contactsEach: number;
  learners: number;
  /** Of each campaign. */
  messagesPerSecond: number;
  kills: number;
  /** Of the inbox and the log, while people answer. */
  killsWhileAnswered: number;
  say(line: string): void;
}

export interface OutreachOutcome {
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: readonly string[];
}

/** What a paused campaign may still have sent: requests that were at the carrier. */
const PAUSE_GRACE_MS = 5_000;
const PAUSED_FOR_MS = 8_000;
const SETTLED_MS = 300_000;
const BETWEEN_KILLS_MS = { min: 300, max: 2_500 };
/** A segment at the price of the system, which names none of its own. */
const SEGMENT_MICROS = pricesFrom(readConfig(priceSettings, {})).segment.twilio.micros;
const LEARNER_AREAS = ['206', '253', '360', '425', '509'];

interface Running {
  id: string;
  name: string;
  phones: readonly PhoneNumber[];
}

export async function runOutreach(options: OutreachOptions): Promise<OutreachOutcome> {
  const {
    contactsEach,
    kills,
    killsWhileAnswered,
    learners: learnerCount,
    messagesPerSecond,
    say,
    seed,
  } = options;
  const system = await System.start({
    gateway: { STATUS_FIRST_LOOK_MS: '3600000' },
    carrier: { CARRIER_SENT_AFTER_MS: '5-20', CARRIER_DELIVERED_AFTER_MS: '10-40' },
  });
  try {
    const random = seededRandom(seed);
    const outreach = await Outreach.of(system);
    const timeZone = zoneInDaytime(await system.now());
    const [first, second] = [phonesOf(FREE_AREAS, contactsEach), phonesOf(CAPPED_AREAS, contactsEach)];
    const learners = phonesOf(LEARNER_AREAS, learnerCount);
    const lists = new Map<readonly PhoneNumber[], string>();
    for (const [name, phones] of Object.entries({ first, second, learners })) {
      const list = await outreach.makeList(name);
      await outreach.importContacts(
        fileOf(phones, () => timeZone),
        list,
      );
      lists.set(phones, list);
    }
    const sample = await loadSample();
    const [, drill] = sample.inOrder;
    if (drill === undefined) throw new Error('the sample has no second drill');
    await Promise.all(learners.map((phone) => system.simulator.text(phone, sample.code)));
    await eventually(async () => {
      const { rows } = await system.database.query(
        `SELECT FROM dialog_state WHERE phone_number = ANY ($1) AND (state -> 'profile' ->> 'validated')::boolean`,
        [learners],
      );
      if (rows.length !== learners.length) throw new Error(`${rows.length} of ${learners.length} registered`);
    }, 60_000);
    const heardBefore = new Set((await system.simulator.messages()).map(({ id }) => id));

    const make = async (
      name: string,
      type: 'sms' | 'drill',
      audience: readonly (readonly PhoneNumber[])[],
    ): Promise<Running> => {
      const include = audience.map((phones) => lists.get(phones));
      const definition = {
        audience: { include },
        ...(type === 'sms'
          ? { variants: [{ name: 'A', bodies: { en: `${name} for {{name}}` } }] }
          : { drill: { programme: sample.programme.slug, drill: drill.slug } }),
        windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }],
        timeZone,
        messagesPerSecond,
      };
      return { id: await outreach.makeCampaign({ name, type, definition }), name, phones: audience.flat() };
    };
    const texts = [
      await make('Alpha', 'sms', [first]),
      await make('Bravo', 'sms', [second]),
      await make('Charlie', 'sms', [first, second]),
    ];
    const lesson = await make('Delta', 'drill', [learners]);
    const all = [...texts, lesson];
    for (const { id } of all) await outreach.tell(id, 'start');
    say(
      `${all.length} campaigns started: ${texts.reduce((sum, { phones }) => sum + phones.length, 0)} texts`,
    );

    const [, , paused] = texts;
    if (paused === undefined) throw new Error('there is no third campaign');
    const faults: string[] = [];
    const either = (one: string, other: string) => (): string => (random() < 0.6 ? one : other);
    const killing = killAtRandom(system, {
      kills,
      next: either('campaigns', 'sender'),
      random,
      pauseMs: BETWEEN_KILLS_MS,
    });
    const pausing = (async () => {
      await untilHeard(system, heardBefore, paused.name, Math.ceil(paused.phones.length / 5));
      await outreach.tell(paused.id, 'pause');
      const answeredAt = performance.now();
      await delay(PAUSE_GRACE_MS);
      const after = await heardOf(system, heardBefore, paused.name);
      await delay(PAUSED_FOR_MS - PAUSE_GRACE_MS);
      const later = await heardOf(system, heardBefore, paused.name);
      if (later.length !== after.length) {
        faults.push(`${later.length - after.length} texts of a campaign left that was paused 5 s ago`);
      }
      if (after.length >= paused.phones.length) faults.push('the campaign was over before it was paused');
      await outreach.tell(paused.id, 'resume');
      say(`paused with ${later.length} sent, resumed after ${Math.round(performance.now() - answeredAt)} ms`);
    })();
    const [killed] = await Promise.all([killing, pausing]);
    say(`killed ${killed.join(', ')}`);
    await eventually(async () => {
      for (const { id, name } of all) {
        const { reason, status } = await outreach.statusOf(id);
        if (status !== 'completed') throw new Error(`${name} is ${status} (${reason})`);
      }
    }, SETTLED_MS);

    const messages = (await system.simulator.messages()).filter(
      ({ direction, id }) => direction === 'to_phone' && !heardBefore.has(id),
    );
    for (const { name, phones } of texts) faults.push(...faultsOfTexts(name, phones, messages));
    faults.push(...(await faultsOfLessons(system, learners, drill.slug)));
    // Up to the first value that is put in, or what is left out with it.
    const openings = (drill.prompts[0]?.messages ?? []).map(({ text }) => text?.en?.split(/[{,]/u)[0] ?? '');
    const [begins = ''] = openings;
    if (begins === '' || openings.includes(''))
      throw new Error('a text of the drill does not begin with words');
    faults.push(...faultsOfOpenings(learners, openings, messages));
    faults.push(...(await faultsOfFigures(outreach, texts, messages)));
    const answered = all.map(({ id, name }): Answered => {
      const opening = id === lesson.id ? begins : `${name} for`;
      return { id, name, isOf: (body) => body.startsWith(opening) };
    });
    const people = [...learners, ...first, ...second];
    const [killedThen, tallies] = await Promise.all([
      killAtRandom(system, {
        kills: killsWhileAnswered,
        next: either('inbox', 'log'),
        random,
        pauseMs: BETWEEN_KILLS_MS,
      }),
      answerCampaigns(system, answered, people),
    ]);
    say(`killed ${killedThen.join(', ')} while people answered`);
    faults.push(...(await faultsOfAnswers(outreach, answered, tallies)));
    faults.push(
      ...(await wrongConversations(system.database)).map(
        (row) => `a conversation counts wrongly: ${JSON.stringify(row)}`,
      ),
    );
    faults.push(...(await faultsOfCounts(system, outreach, all)));
    const { rows } = await system.database.query<{ name: string; count: number }>(
      `SELECT name || ' ' || state || coalesce(' ' || rule, '') AS name, count(*)::int AS count
         FROM campaign_contact JOIN campaign USING (campaign_id) GROUP BY 1 ORDER BY 1`,
    );
    const counts = Object.fromEntries(rows.map(({ count, name }) => [name, count]));
    const told = [...tallies.values()];
    const sumOf = (kind: 'replied' | 'optedOut'): number => told.reduce((sum, each) => sum + each[kind], 0);
    return {
      counts: {
        ...counts,
        kills: killed.length + killedThen.length,
        messages: messages.length,
        answers: sumOf('replied'),
        'answers to the lesson': tallies.get(lesson.id)?.replied ?? 0,
        'opted out': sumOf('optedOut'),
      },
      faults,
    };
  } finally {
    await system.end();
  }
}

interface Heard {
  id: string;
  to: string;
  body: string;
}

async function heardOf(system: System, before: ReadonlySet<string>, name: string): Promise<Heard[]> {
  return (await system.simulator.messages()).filter(
    ({ body, direction, id }) =>
      direction === 'to_phone' && !before.has(id) && body.startsWith(`${name} for`),
  );
}

const untilHeard = (
  system: System,
  before: ReadonlySet<string>,
  name: string,
  least: number,
): Promise<void> =>
  eventually(async () => {
    const { length } = await heardOf(system, before, name);
    if (length < least) throw new Error(`${length} of ${least} texts of ${name} were heard`);
  }, SETTLED_MS);

function faultsOfTexts(name: string, phones: readonly PhoneNumber[], messages: readonly Heard[]): string[] {
  const heard = new Map<string, number>();
  for (const { body, to } of messages) {
    if (body.startsWith(`${name} for`)) heard.set(to, (heard.get(to) ?? 0) + 1);
  }
  const meant = new Set<string>(phones);
  return [
    ...phones
      .filter((phone) => heard.get(phone) !== 1)
      .map((phone) => `${phone} got ${name} ${heard.get(phone) ?? 0} times`),
    ...[...heard.keys()]
      .filter((phone) => !meant.has(phone))
      .map((phone) => `${phone} got ${name}, which was not for it`),
  ];
}

/** Every learner's lesson was started once by the campaign. */
async function faultsOfLessons(
  system: System,
  learners: readonly PhoneNumber[],
  slug: string,
): Promise<string[]> {
  const { rows } = await system.database.query<{ phone: string; starts: number }>(
    `SELECT phone_number AS phone, count(*)::int AS starts
       FROM dialog_event_batch, json_array_elements(batch -> 'events') AS event
      WHERE event ->> 'type' = 'DRILL_STARTED' AND phone_number = ANY ($1) AND event -> 'drill' ->> 'slug' = $2
      GROUP BY phone_number`,
    [learners, slug],
  );
  const starts = new Map(rows.map((row) => [row.phone, row.starts]));
  return learners
    .filter((phone) => starts.get(phone) !== 1)
    .map((phone) => `the lesson of ${phone} began ${starts.get(phone) ?? 0} times`);
}

/** Every learner got each text with which the lesson begins once. What welcomes them when they register is another lesson's. */
function faultsOfOpenings(
  learners: readonly PhoneNumber[],
  openings: readonly string[],
  messages: readonly Heard[],
): string[] {
  return learners.flatMap((phone) => {
    const got = messages.filter(({ to }) => to === phone).map(({ body }) => body);
    return openings
      .map((opening) => ({ opening, times: got.filter((body) => body.startsWith(opening)).length }))
      .filter(({ times }) => times !== 1)
      .map(({ opening, times }) => `${phone} got ${JSON.stringify(opening)} ${times} times`);
  });
}

/**
 * What campaigns of texts count of deliveries, segments and cost is what the carrier got, counted from its own list. Waits for
 * its reports, for a while.
 */
async function faultsOfFigures(
  outreach: Outreach,
  campaigns: readonly Running[],
  messages: readonly Heard[],
): Promise<string[]> {
  let faults: string[] = [];
  await eventually(async () => {
    faults = [];
    for (const { id, name } of campaigns) {
      const own = messages.filter(({ body }) => body.startsWith(`${name} for`));
      const segments = own.reduce((sum, { body }) => sum + segmentsOf(body).segments, 0);
      const wanted = {
        deliveries: [{ outcome: 'delivered', messages: own.length }],
        segments,
        cost: (segments * SEGMENT_MICROS) / MICROS,
      };
      const { cost, deliveries, segments: counted } = await outreach.metricsOf(id);
      const told = {
        deliveries: deliveries.map(({ messages: count, outcome }) => ({ outcome, messages: count })),
        segments: counted,
        cost,
      };
      if (!isDeepStrictEqual(told, wanted))
        faults.push(`${name} counts ${JSON.stringify(told)} of ${JSON.stringify(wanted)}`);
    }
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }, SETTLED_MS).catch(() => undefined);
  return faults;
}

/** Everybody stands somewhere, once, and what the API counts is what the rows are. */
async function faultsOfCounts(
  system: System,
  outreach: Outreach,
  campaigns: readonly Running[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const { id, name, phones } of campaigns) {
    const { states, total } = await outreach.metricsOf(id);
    const { rows } = await system.database.query<{ state: string; contacts: number }>(
      'SELECT state, count(*)::int AS contacts FROM campaign_contact WHERE campaign_id = $1 GROUP BY 1 ORDER BY 1',
      [id],
    );
    const counted = states
      .map(({ contacts, state }) => ({ state, contacts }))
      .sort((a, b) => (a.state < b.state ? -1 : 1));
    if (JSON.stringify(counted) !== JSON.stringify(rows)) {
      faults.push(`${name} counts ${JSON.stringify(counted)} of ${JSON.stringify(rows)}`);
    }
    if (total !== phones.length) faults.push(`${name} has ${total} contacts, not ${phones.length}`);
    const { rows: twice } = await system.database.query(
      'SELECT FROM campaign_contact WHERE campaign_id = $1 GROUP BY phone_number HAVING count(*) > 1',
      [id],
    );
    if (twice.length > 0) faults.push(`${name} has ${twice.length} contacts twice`);
  }
  return faults;
}
