import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { type CampaignCounts, countFaults } from '../driver/campaign-counts.ts';
import { effective } from '../driver/proof.ts';
import type { ConsentRow, MessageRow, Records } from '../driver/records.ts';
import { wasOptedOut } from '../driver/withheld.ts';

/** Where one person stands in a campaign. */
export interface ContactRow {
  phone_number: PhoneNumber;
  state: string;
  rule: string | null;
  /** The newest message to them; null: none was planned. */
  message_id: string | null;
  settled_at: Date | null;
}

/** A campaign as it was left: who is in it, where they stand, and what the API counts of it. */
export interface CampaignRecords {
  /** Everybody who may get its text. */
  phones: readonly PhoneNumber[];
  /** For whom it was night. */
  asleep: readonly PhoneNumber[];
  /** Whether a text is the campaign's. */
  isOf(body: string): boolean;
  /**
   * When its window closes, in business time; null: it is open all day. Whoever was not written to until then is carried over to
   * the next day, and cancelled when the campaign is stopped before.
   */
  closesAt: Date | null;
  contacts: readonly ContactRow[];
  counted: CampaignCounts;
}

type Known = Pick<Records, 'carrier' | 'consent' | 'log' | 'messages'>;

/** Where somebody stands whose text the carrier has. */
const GOT: ReadonlySet<string> = new Set(['sent', 'delivered']);

/**
 * What is wrong with a campaign that was stopped after everything had come to rest. Everybody stands in it once, and got its text
 * once where they stand as having got it; who was blocked had an opt-out in force at that instant; nothing went outside of hours;
 * and counts are what rows are. Pure; empty: nothing.
 */
export function faultsOfCampaign(campaign: CampaignRecords, known: Known): string[] {
  const { asleep, contacts, isOf, phones } = campaign;
  const standing = Map.groupBy(contacts, (row) => row.phone_number);
  const texts = known.carrier.filter(({ body, direction }) => direction === 'to_phone' && isOf(body));
  const textsTo = Map.groupBy(texts, ({ to }) => to);
  const everybody = [...phones, ...asleep];
  const expected = new Set<string>(everybody);
  return [
    ...everybody.flatMap((phone) =>
      faultOfContact(phone, standing.get(phone) ?? [], textsTo.get(phone)?.length ?? 0, campaign, known),
    ),
    ...[...textsTo.keys()].filter((to) => !expected.has(to)).map((to) => `${to} got a text of the campaign`),
    ...(contacts.length === everybody.length ? [] : [`the campaign has ${contacts.length} contacts`]),
    ...lateTexts(campaign, texts),
    ...countFaults(campaign.counted, {
      states: contacts.map(({ state }) => state),
      statuses: statusesOf(texts, known.log),
    }),
  ];
}

function faultOfContact(
  phone: PhoneNumber,
  standing: readonly ContactRow[],
  heard: number,
  { asleep, closesAt }: CampaignRecords,
  known: Known,
): string[] {
  const [contact] = standing;
  if (contact === undefined || standing.length !== 1)
    return [`${phone} stands in the campaign ${standing.length} times`];
  const { rule, state } = contact;
  if (heard !== (GOT.has(state) ? 1 : 0))
    return [`${phone} stands as ${state} (${rule}) and got the text ${heard} times`];
  const isAsleep = asleep.includes(phone);
  const isExplained = isAsleep
    ? state === 'cancelled'
    : GOT.has(state) ||
      (state === 'cancelled' && closesAt !== null) ||
      ((state === 'blocked' || state === 'skipped') && hadStopped(contact, known));
  return isExplained ? [] : [`${phone} stands as ${state} (${rule}), asleep: ${isAsleep}`];
}

/** Whether an opt-out was in force when that person was decided on: when the message was blocked, where there is one. */
export function hadStopped(
  contact: ContactRow,
  {
    consent,
    messages,
  }: {
    consent: readonly ConsentRow[];
    messages: readonly Pick<MessageRow, 'message_id' | 'settled_at'>[];
  },
): boolean {
  const message = messages.find(({ message_id }) => message_id === contact.message_id);
  const decidedAt = message?.settled_at ?? contact.settled_at;
  const its = effective(consent.filter(({ phone_number }) => phone_number === contact.phone_number));
  return decidedAt !== null && wasOptedOut(its, decidedAt.getTime());
}

/** How many phones have a message, or stand in a campaign, that was planned and then blocked because they had stopped. Pure. */
export const behindStops = (campaigns: readonly CampaignRecords[], messages: Records['messages']): number =>
  new Set<string>([
    ...messages
      .filter(({ rule, state }) => state === 'blocked' && rule === 'suppressed')
      .map((row) => row.phone_number),
    ...campaigns.flatMap(({ contacts }) =>
      contacts.filter(({ state }) => state === 'blocked').map((row) => row.phone_number),
    ),
  ]).size;

/** Texts that the carrier accepted after the window had closed. */
const lateTexts = ({ closesAt }: CampaignRecords, texts: Records['carrier']): string[] =>
  closesAt === null
    ? []
    : texts
        .filter(({ at }) => Date.parse(at) >= closesAt.getTime())
        .map(
          ({ at, to }) => `${to} got the text at ${at}, after the window closed at ${closesAt.toISOString()}`,
        );

/** What the message log has of the texts that the carrier took. */
function statusesOf(texts: Records['carrier'], log: Records['log']): string[] {
  const carried = new Set(texts.map((text) => text.id));
  return log
    .filter(({ carrier_message_id }) => carried.has(carrier_message_id ?? ''))
    .map(({ status }) => status);
}
