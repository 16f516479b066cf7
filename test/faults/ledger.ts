import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { faultsOf, type PhoneRecords, recordsOfPhone } from '../driver/proof.ts';
import { type Records, readRecords } from '../driver/records.ts';
import { untilAtRest } from '../driver/rest.ts';
import type { Sample } from '../driver/sample.ts';
import type { System } from '../driver/system.ts';
import type { ClockMove } from '../driver/withheld.ts';
import { Outreach } from '../outreach/client.ts';
import { inboxFaults } from './inbox.ts';
import { endLoad, type Load } from './load.ts';
import { storyOf } from './story.ts';

/** What went in while something went wrong, against what came out, and what the system knows of it. */
export interface Ledger {
  records: Records;
  /** From the moment when everything was mended, in ms. */
  restMs: number;
  counts: Record<string, number>;
  /** Empty when everything held. */
  faults: string[];
}

/** Ends the load, waits for rest for `restMs` at most, and compares. `clockMoves`: of clocks of services. */
export async function closeLedger(
  system: System,
  load: Load,
  sample: Sample,
  { clockMoves, restMs }: { restMs: number; clockMoves: readonly ClockMove[] },
): Promise<Ledger> {
  const began = performance.now();
  const undecided = await endLoad(system, load);
  const unrest = await untilAtRest(system, restMs).then(
    () => [],
    (error: Error) => [error.message],
  );
  const took = performance.now() - began;
  const records = await readRecords(system);
  const phones = [...load.chatting, ...load.listening].map((phone) =>
    recordsOfPhone(phone.number, phone.happenings, records, load.beginningOf(phone.number)),
  );
  return {
    records,
    restMs: took,
    counts: countsOf(phones, load, records),
    faults: [
      ...undecided,
      ...unrest,
      ...(await leftovers(system)),
      ...(await inboxFaults(system, records)),
      ...(await campaignFaults(system, load, records)),
      ...phones.flatMap((its) => {
        const found = faultsOf({ ...its, clockMoves }, sample);
        return found.length > 0 ? [`${found.join('\n')}\n${storyOf(its)}`] : [];
      }),
    ],
  };
}

/** Rows that must not be there. */
async function leftovers({ database }: System): Promise<string[]> {
  const { rows } = await database.query<{ consumer: string; state: string; reason: string }>(
    "SELECT consumer, state, reason FROM quarantined_record WHERE state IN ('quarantined', 'parked')",
  );
  return rows.map(({ consumer, reason, state }) => `${consumer} has a ${state} record: ${reason}`);
}

interface ContactRow {
  phone_number: PhoneNumber;
  state: string;
  rule: string | null;
}

/** Everybody stands in the campaign once, got its text once where they stand as having got it, and counts are what rows are. */
async function campaignFaults(
  system: System,
  { campaign }: Load,
  { carrier, consent, log }: Records,
): Promise<string[]> {
  const { rows } = await system.database.query<ContactRow>(
    'SELECT phone_number, state, rule FROM campaign_contact WHERE campaign_id = $1',
    [campaign.id],
  );
  const contacts = Map.groupBy(rows, (row) => row.phone_number);
  const texts = Map.groupBy(
    carrier.filter(({ body, direction }) => direction === 'to_phone' && campaign.isOf(body)),
    ({ to }) => to,
  );
  const stopped = new Set(
    consent.filter(({ status }) => status === 'opted_out').map(({ phone_number }) => phone_number),
  );
  const faults: string[] = [];
  for (const phone of [...campaign.phones, ...campaign.asleep]) {
    const standing = contacts.get(phone) ?? [];
    const [contact] = standing;
    const heard = texts.get(phone)?.length ?? 0;
    const isAsleep = campaign.asleep.includes(phone);
    if (contact === undefined || standing.length !== 1) {
      faults.push(`${phone} stands in the campaign ${standing.length} times`);
    } else if (heard !== (GOT.has(contact.state) ? 1 : 0)) {
      faults.push(`${phone} stands as ${contact.state} (${contact.rule}) and got the text ${heard} times`);
    } else if (isAsleep ? contact.state !== 'cancelled' : !isExplained(contact, stopped.has(phone))) {
      faults.push(`${phone} stands as ${contact.state} (${contact.rule}), asleep: ${isAsleep}`);
    }
  }
  if (rows.length !== campaign.phones.length + campaign.asleep.length) {
    faults.push(`the campaign has ${rows.length} contacts`);
  }
  return [...faults, ...(await countFaults(system, campaign.id, rows, { texts, log }))];
}

/** Where somebody stands whose text the carrier has. */
const GOT: ReadonlySet<string> = new Set(['sent', 'delivered']);

const isExplained = ({ state }: ContactRow, hasStopped: boolean): boolean =>
  GOT.has(state) || ((state === 'blocked' || state === 'skipped') && hasStopped);

/** What the API counts, against rows of contacts, the message log and the carrier. */
async function countFaults(
  system: System,
  id: string,
  contacts: readonly ContactRow[],
  { log, texts }: { texts: ReadonlyMap<string, readonly { id: string }[]>; log: Records['log'] },
): Promise<string[]> {
  const { deliveries, states, total } = await (await Outreach.of(system)).metricsOf(id);
  const faults =
    total === contacts.length ? [] : [`the campaign counts ${total} of ${contacts.length} contacts`];
  const said = tally(states.map(({ contacts: count, state }) => [state, count]));
  const are = tally(contacts.map(({ state }) => [state, 1]));
  if (said !== are) faults.push(`the campaign counts ${said} of ${are}`);
  const carried = new Set([...texts.values()].flat().map((text) => text.id));
  const ended = log.filter(({ carrier_message_id }) => carried.has(carrier_message_id ?? ''));
  const delivered = tally(deliveries.map(({ messages, outcome }) => [outcome, messages]));
  const logged = tally(ended.map(({ status }) => [status, 1]));
  if (delivered !== logged) faults.push(`the campaign counts ${delivered} of ${logged} in the log`);
  return faults;
}

/** Sums by name, without those that are zero, as text that can be compared. */
function tally(counts: readonly (readonly [string, number])[]): string {
  const sums = new Map<string, number>();
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  return JSON.stringify([...sums].filter(([, sum]) => sum > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function countsOf(
  phones: readonly PhoneRecords[],
  { campaign }: Load,
  { carrier }: Records,
): Record<string, number> {
  const happenings = phones.flatMap((phone) => phone.happenings);
  const inbound = phones.flatMap(({ commands }) =>
    commands.flatMap(({ commandId, type }) => (type === 'INBOUND_SMS' ? [commandId] : [])),
  );
  const messages = phones.flatMap((phone) => phone.messages);
  const attempts = phones.flatMap((phone) => phone.attempts);
  return {
    texts: phones.flatMap((phone) => phone.carrier.filter(({ direction }) => direction === 'from_phone'))
      .length,
    'messages sent': phones.flatMap((phone) =>
      phone.carrier.filter(({ direction }) => direction === 'to_phone'),
    ).length,
    '... of the campaign': carrier.filter(
      ({ body, direction }) => direction === 'to_phone' && campaign.isOf(body),
    ).length,
    'messages blocked by a STOP': messages.filter(({ state }) => state === 'blocked').length,
    'texts put more than once (repeated, or swept)': inbound.length - new Set(inbound).size,
    'texts that the carrier gave up on': happenings.filter((one) => one.kind === 'answered' && !one.taken)
      .length,
    'attempts that the carrier never had': attempts.filter(({ state }) => state === 'not_sent').length,
  };
}
