import { phoneNumber } from '#shared/phone/phone-number.ts';
import { faultsOf, faultsOfSending, type PhoneRecords, recordsOfPhone } from '../driver/proof.ts';
import { type Records, readRecords } from '../driver/records.ts';
import { untilAtRest } from '../driver/rest.ts';
import type { Sample } from '../driver/sample.ts';
import type { System } from '../driver/system.ts';
import type { ClockMove } from '../driver/withheld.ts';
import { Outreach } from '../outreach/client.ts';
import { faultsOfAsked } from './asked.ts';
import { type CallRecords, faultsOfCalling } from './call-ledger.ts';
import type { Called } from './called.ts';
import { behindStops, type CampaignRecords, type ContactRow, faultsOfCampaign } from './campaign-ledger.ts';
import { inboxFaults } from './inbox.ts';
import { endLoad, type Load } from './load.ts';
import { readCalls } from './read-calls.ts';
import { faultsOfSecond, type SecondRecords, unknownOf } from './second-ledger.ts';
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
  const ended = await endLoad(system, load);
  const unrest = await untilAtRest(system, restMs).then(
    () => [],
    (error: Error) => [error.message],
  );
  const took = performance.now() - began;
  const records = await readRecords(system);
  const calls = await readCalls(system, load.called, { consent: records.consent, zones: load.zones });
  const texts = withoutCalls(records, calls);
  const second = await readSecond(system, load);
  const campaigns = await readCampaigns(system, load, mostBehind(clockMoves));
  const phones = [...load.chatting, ...load.listening, ...load.waiting].map((phone) =>
    recordsOfPhone(phone.number, phone.happenings, records, load.beginningOf(phone.number)),
  );
  return {
    records,
    restMs: took,
    counts: {
      ...countsOf(phones, load, records),
      'STOPs with something behind them': behindStops(
        campaigns,
        phones.flatMap(({ messages }) => messages),
      ),
      'people not reached when the window closed': ended.unreached,
      ...countsOfCalls(load.called, calls),
      ...(second === null
        ? {}
        : {
            'texts through the second carrier': records.carrier.filter(
              ({ body, direction }) => direction === 'to_phone' && second.isOf(body),
            ).length,
            '... whose request ended as unknown': unknownOf(second, records),
          }),
    },
    faults: [
      ...ended.faults,
      ...unrest,
      ...(await leftovers(system)),
      ...(await inboxFaults(system, records)),
      ...campaigns.flatMap((campaign) => faultsOfCampaign(campaign, records)),
      ...faultsOfCalling(calls),
      ...faultsOfAsked(load.asked, records),
      ...(second === null ? [] : faultsOfSecond(second, records)),
      ...calls.people.flatMap(({ phone }) =>
        faultsOfSending(recordsOfPhone(phoneNumber(phone), [], texts)).map((fault) => `${phone}: ${fault}`),
      ),
      ...load.drafted.flatMap((drafted) =>
        drafted.phones.flatMap((phone) => faultsOfSending(recordsOfPhone(phone, [], records))),
      ),
      ...phones.flatMap((its) => {
        const found = faultsOf({ ...its, clockMoves }, sample);
        return found.length > 0 ? [`${found.join('\n')}\n${storyOf(its)}`] : [];
      }),
    ],
  };
}

async function readSecond({ database }: System, { second }: Load): Promise<SecondRecords | null> {
  if (second === null) return null;
  const { rows } = await database.query<ContactRow>(
    'SELECT phone_number, state, rule, message_id, settled_at FROM campaign_contact WHERE campaign_id = $1',
    [second.id],
  );
  return { isOf: second.isOf, phones: second.phones, contacts: rows };
}

/** What goes as a text: calls have a ledger of their own. */
function withoutCalls(records: Records, { messages }: CallRecords): Records {
  const calls = new Set(messages.map(({ message_id }) => message_id));
  return {
    ...records,
    messages: records.messages.filter(({ message_id }) => !calls.has(message_id)),
    attempts: records.attempts.filter(({ message_id }) => !calls.has(message_id)),
  };
}

function countsOfCalls({ campaigns, stories }: Called, calls: CallRecords): Record<string, number> {
  const phones = new Set<string>(campaigns.flatMap((campaign) => campaign.phones));
  const its = <Row extends { phone_number: string }>(rows: readonly Row[]): Row[] =>
    rows.filter((row) => phones.has(row.phone_number));
  return {
    calls: calls.people.reduce((sum, person) => sum + person.calls.length, 0),
    'calls blocked by a STOP or key 9': its(calls.messages).filter(({ state }) => state === 'blocked').length,
    'key 9 answered': stories.filter(({ answeredAt, deed }) => deed === 'presses' && answeredAt !== null)
      .length,
    'requests for calls that the carrier never had': its(calls.attempts).filter(
      ({ state }) => state === 'not_sent',
    ).length,
  };
}

/** Rows that must not be there. */
async function leftovers({ database }: System): Promise<string[]> {
  const { rows } = await database.query<{ consumer: string; state: string; reason: string }>(
    "SELECT consumer, state, reason FROM quarantined_record WHERE state IN ('quarantined', 'parked')",
  );
  return rows.map(({ consumer, reason, state }) => `${consumer} has a ${state} record: ${reason}`);
}

/** The campaigns of a load as they were left, with what the API counts of them. */
const readCampaigns = (system: System, load: Load, behindMs: number): Promise<CampaignRecords[]> =>
  Promise.all(
    [
      ...[load.campaign, ...load.drafted].map((campaign) => ({ ...campaign, closesAt: null })),
      { ...load.closing, closesAt: later(load.closing.closesAt, behindMs) },
    ].map(async (campaign) => {
      const { rows } = await system.database.query<ContactRow>(
        'SELECT phone_number, state, rule, message_id, settled_at FROM campaign_contact WHERE campaign_id = $1',
        [campaign.id],
      );
      const counted = await (await Outreach.of(system)).metricsOf(campaign.id);
      return { ...campaign, contacts: rows, counted };
    }),
  );

const later = (instant: Date, ms: number): Date => new Date(instant.getTime() + ms);

/** How far clocks of services were behind at the most, in ms: by their time a window closed so much later. */
function mostBehind(moves: readonly ClockMove[]): number {
  let off = 0;
  return moves.reduce((most, { ms }) => {
    off += ms;
    return Math.max(most, -off);
  }, 0);
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
