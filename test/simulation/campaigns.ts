import { readSampleCounts } from '#shared/campaigns/choice.ts';
import { readCampaign } from '#shared/campaigns/store.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { metricsOf } from '../../apps/api/campaigns/metrics.ts';
import { readDeliveryCounts } from '../../apps/api/campaigns/store.ts';
import { insertCampaign, insertContacts, wrongCounts } from '../../apps/campaigns/test-campaigns.ts';
import { countFaults } from '../driver/campaign-counts.ts';
import type { Happening } from '../driver/phone.ts';
import type { Records } from '../driver/records.ts';
import type { Database } from './database.ts';
import { hoursFaults } from './hours-ledger.ts';
import type { Simulation } from './simulation.ts';
import { byWhatsApp, type WhatsApp } from './whatsapp.ts';

/** People on a list, in New York: what they hear they answer, or stop, or say nothing. */
export interface Recipient {
  phone: PhoneNumber;
  happenings: Happening[];
}

/** Before they have read it. */
const THINK_MS = { least: 100, most: 4_000 };
/** Shares of those who write something when they get a text of a campaign. */
const STOPS = 0.3;
const ANSWERS = 0.3;

/**
 * Makes a list of so many people, and starts campaigns of texts to it. `throttleGroups`: of each campaign. With `whatsApp` the last goes by
 * that, and people answer there or by text. Returns the people, and by what the campaigns are known.
 */
export async function startCampaigns(
  simulation: Simulation,
  database: Database,
  {
    campaigns,
    people,
    throttleGroups,
    whatsApp,
  }: {
    campaigns: number;
    people: number;
    throttleGroups: readonly (readonly string[])[];
    whatsApp: WhatsApp | null;
  },
): Promise<{ recipients: Recipient[]; ids: string[] }> {
  const { theCarrier, world } = simulation;
  // Away from the numbers of those who chat.
  const pool = database.admin(world.time()) as Pool;
  const list = await insertContacts(pool, people, FIRST);
  const ids: string[] = [];
  for (let index = 0; index < campaigns; index += 1)
    ids.push(
      await insertCampaign(pool, world.time(), {
        include: [list],
        definition: {
          ...(whatsApp !== null && index === campaigns - 1
            ? byWhatsApp(saidBy(index))
            : { variants: [{ name: 'A', bodies: { en: `${saidBy(index)}, {{first_name}}.` } }] }),
          throttleGroups: throttleGroups[index] ?? [],
        },
      }),
    );
  const recipients = Array.from({ length: people }, (_, index) => {
    const recipient: Recipient = {
      phone: `+1212555${String(FIRST + index).padStart(4, '0')}` as PhoneNumber,
      happenings: [],
    };
    const { happenings, phone } = recipient;
    const seen = new Set<string>();
    // As one who waits for the tick: a text goes when the one before was answered.
    const toWrite: string[] = [];
    let isOnItsWay = false;
    const write = async (): Promise<void> => {
      const [body] = toWrite;
      if (isOnItsWay || body === undefined) return;
      toWrite.shift();
      isOnItsWay = true;
      await theCarrier.text(phone, body, whatsApp?.anyOfOurs());
    };
    const heard = ({ at, body, direction, id, status }: PhoneView): void => {
      if (direction === 'from_phone') {
        if (status === 'receiving') happenings.push({ kind: 'said', id, body, at });
        else {
          happenings.push({ kind: 'answered', id, taken: status === 'received' });
          isOnItsWay = false;
          void write();
        }
        return;
      }
      if (seen.has(id)) return;
      seen.add(id);
      happenings.push({ kind: 'heard', id, body, at });
      const drawn = world.random();
      const says = !body.startsWith('Campaign')
        ? null
        : drawn < STOPS
          ? 'STOP'
          : drawn < STOPS + ANSWERS
            ? 'Thank you'
            : null;
      if (says !== null)
        world.scheduler.after(
          world.between(THINK_MS.least, THINK_MS.most),
          `${phone} writes`,
          null,
          async () => {
            toWrite.push(says);
            await write();
          },
        );
    };
    void theCarrier.follow(phone, heard);
    return recipient;
  });
  return { recipients, ids };
}

const FIRST = 150;
const saidBy = (campaign: number): string => `Campaign ${campaign}: the clinic is open`;

/**
 * Each person got each campaign once, where hours are and nobody stopped it, and in the hours of planned texts; counts are those of the rows,
 * and what the API says.
 */
export async function campaignFaults(
  { ids, isNoon, recipients }: { recipients: readonly Recipient[]; ids: readonly string[]; isNoon: boolean },
  { attempts, carrier, log, messages }: Records,
  database: Database,
): Promise<string[]> {
  const faults = (await wrongCounts(database.admin() as Pool)).map(
    (wrong) => `a count is not that of its rows: ${JSON.stringify(wrong)}`,
  );
  for (const { happenings, phone } of recipients) {
    const texts = carrier.filter(
      ({ body, direction, to }) => direction === 'to_phone' && to === phone && body.startsWith('Campaign'),
    );
    for (const [body, same] of Map.groupBy(texts, (text) => text.body)) {
      if (same.length > 1) faults.push(`${phone} got "${body}" ${same.length} times`);
    }
    const stops = hasStopped(happenings);
    if (isNoon && !stops && texts.length !== ids.length)
      faults.push(`${phone} got ${texts.length} campaigns of ${ids.length}`);
    const asked = messages.filter(
      ({ campaign_id, phone_number }) => campaign_id !== null && phone_number === phone,
    );
    faults.push(
      ...hoursFaults([
        ...texts.map(({ at, body }) => ({ phone, body, claims: [], acceptances: [new Date(at)] })),
        ...asked.map(({ body, message_id }) => ({
          ...{ phone, body, acceptances: [] },
          claims: attempts.flatMap((each) => (each.message_id === message_id ? [each.posted_at] : [])),
        })),
      ]),
    );
  }
  faults.push(...(await contactFaults({ campaigns: ids.length, isNoon, recipients }, messages, database)));
  faults.push(...(await apiFaults(ids, { carrier, log }, database)));
  // What the log counts of a campaign is what the carrier says of its messages.
  const kept = await database.read<{ message_id: string; outcome: string }>(
    'SELECT message_id, outcome FROM campaign_delivery',
  );
  const counted = new Map(kept.map(({ message_id, outcome }) => [message_id, outcome]));
  const statusOf = new Map(log.map(({ message_id, status }) => [message_id, status]));
  for (const { body, message_id, state } of messages) {
    if (state !== 'sent' || !body.startsWith('Campaign')) continue;
    if (!attempts.some((attempt) => attempt.message_id === message_id && attempt.state === 'accepted'))
      faults.push(`"${body}" is sent and no attempt was accepted`);
    if (counted.get(message_id) !== statusOf.get(message_id))
      faults.push(`"${body}" counts as ${counted.get(message_id)} and is ${statusOf.get(message_id)}`);
  }
  return faults;
}

/** What the API counts of each campaign, by its own code, against the rows of its contacts, the message log and the carrier. */
async function apiFaults(
  ids: readonly string[],
  { carrier, log }: Pick<Records, 'carrier' | 'log'>,
  database: Database,
): Promise<string[]> {
  const db = database.admin() as Pool;
  const contacts = await database.read<{ campaign_id: string; state: string }>(
    'SELECT campaign_id, state FROM campaign_contact',
  );
  const faults: string[] = [];
  for (const [index, id] of ids.entries()) {
    const campaign = await readCampaign(db, id);
    if (campaign === null) {
      faults.push(`campaign ${id} cannot be read`);
      continue;
    }
    const texts = new Set(
      carrier.flatMap((text) =>
        text.direction === 'to_phone' && text.body.startsWith(saidBy(index)) ? [text.id] : [],
      ),
    );
    const counted = metricsOf(
      campaign,
      await readSampleCounts(db, id),
      await readDeliveryCounts(db, id),
      { micros: 0 },
      new Map(),
    );
    const found = countFaults(counted, {
      states: contacts.flatMap((each) => (each.campaign_id === id ? [each.state] : [])),
      statuses: log.flatMap((row) => (texts.has(row.carrier_message_id ?? '') ? [row.status] : [])),
    });
    faults.push(...found.map((fault) => `of campaign ${index}: ${fault}`));
  }
  return faults;
}

const hasStopped = (happenings: readonly Happening[]): boolean =>
  happenings.some((one) => one.kind === 'said' && one.body === 'STOP');

/**
 * Nobody is kept from a campaign who has not stopped it, but by the hour; nobody is left in the middle; and whoever stopped it was
 * told so.
 */
async function contactFaults(
  { campaigns, isNoon, recipients }: { recipients: readonly Recipient[]; campaigns: number; isNoon: boolean },
  messages: Records['messages'],
  database: Database,
): Promise<string[]> {
  const rows = await database.read<{ phone_number: string; state: string; rule: string | null }>(
    'SELECT phone_number, state, rule FROM campaign_contact ORDER BY phone_number, campaign_id',
  );
  return recipients.flatMap(({ happenings, phone }) => {
    const its = rows.filter(({ phone_number }) => phone_number === phone);
    const stopped = hasStopped(happenings);
    const confirmed = messages.some(
      ({ intent, phone_number, state }) =>
        phone_number === phone && intent === 'opt_out_confirmation' && state === 'sent',
    );
    return [
      ...(its.length === campaigns
        ? []
        : [`${phone} is in the audience of ${its.length} campaigns of ${campaigns}`]),
      ...(stopped && !confirmed ? [`${phone} wrote STOP and got no confirmation`] : []),
      ...its.flatMap(({ rule, state }) =>
        ['sent', 'delivered'].includes(state) ||
        (stopped && ['blocked', 'skipped', 'cancelled'].includes(state)) ||
        (!isNoon && ['pending', 'held'].includes(state))
          ? []
          : [`${phone} is ${state} (${rule}) of a campaign, without a cause`],
      ),
    ];
  });
}
