import { tallyOf } from '../driver/campaign-counts.ts';
import { hourOf } from '../driver/daytime.ts';
import { effective } from '../driver/proof.ts';
import type { AttemptRow, ConsentRow } from '../driver/records.ts';
import type { CarrierCall } from '../driver/simulator.ts';
import { callsAfter } from '../key-nine/ledger.ts';
import { type CallingCampaign, CONFIRMATION } from './called.ts';
import { type ContactRow, hadStopped } from './campaign-ledger.ts';

/** One person who may be called, as the carrier has it. */
export interface CalledPerson {
  phone: string;
  /** Where they are, as of all who are awake. */
  timeZone: string;
  /** Oldest first. */
  calls: readonly CarrierCall[];
  /** Calls that had been asked for when their STOP by text was answered; null: it was not, or there was none. */
  before: ReadonlySet<string> | null;
}

export type CallAttemptRow = Omit<AttemptRow, 'ended_at'>;
export interface CallMessageRow {
  message_id: string;
  phone_number: string;
  state: string;
  rule: string | null;
  settled_at: Date | null;
}
/** A row of the message log about a call, with what stands beside it. */
export interface CallLogRow {
  carrier_message_id: string;
  message_id: string | null;
  status: string;
  outcome: string | null;
}

/** A campaign of calls as it was left. */
export interface CallingRecords extends CallingCampaign {
  contacts: readonly ContactRow[];
  counted: {
    total: number;
    states: readonly { state: string; contacts: number }[];
    calls: readonly { outcome: string; calls: number }[];
  };
}

export interface CallRecords {
  people: readonly CalledPerson[];
  campaigns: readonly CallingRecords[];
  attempts: readonly CallAttemptRow[];
  messages: readonly CallMessageRow[];
  log: readonly CallLogRow[];
  consent: readonly ConsentRow[];
}

/** What the log may make of how the carrier says that a call ended. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  completed: ['answered', 'machine', 'opted_out'],
  busy: ['busy'],
  'no-answer': ['no_answer'],
  failed: ['failed'],
  canceled: ['canceled'],
};
/** Where somebody stands who was called: what became of it says which. */
const CALLED: ReadonlySet<string> = new Set(['answered', 'delivered', 'undelivered', 'failed']);
/** Hours in which the law lets anybody be called, where they are. */
const LAWFUL = { from: 8, to: 21 };

/**
 * What is wrong with calls once all are over: each belongs to one message of ours, which has no other; nobody was called after their STOP,
 * or their key 9, was answered, and nobody at night; each has in the log the end that the carrier has of it; everybody stands where their
 * call left them; and counts are what rows are. Pure; empty: nothing.
 */
export const faultsOfCalling = (records: CallRecords): string[] => [
  ...records.people.flatMap((person) => faultsOfPerson(person, records)),
  ...records.campaigns.flatMap((campaign) => faultsOfCampaign(campaign, records)),
];

function faultsOfPerson(person: CalledPerson, records: CallRecords): string[] {
  const { before, calls, phone, timeZone } = person;
  const its = <Row extends { phone_number: string }>(rows: readonly Row[]): Row[] =>
    rows.filter((row) => row.phone_number === phone);
  const attempts = its(records.attempts);
  const consent = effective(its(records.consent));
  const afterKey = callsAfter(calls, CONFIRMATION, Number.POSITIVE_INFINITY);
  const afterText = before === null ? [] : calls.filter(({ id }) => !before.has(id));
  return [
    ...faultsOfRows(phone, calls, attempts, its(records.messages)),
    ...calls.flatMap((call) => faultsOfCall(phone, call, records.log)),
    ...afterKey.map(({ at }) => `${phone} was called at ${at}, after their key 9 was answered`),
    ...afterText.map(({ id }) => `${phone} was called as ${id}, after their STOP was answered`),
    ...attempts
      .filter(({ posted_at }) => standingAt(consent, posted_at) === 'opted_out')
      .map(({ attempt_id }) => `call ${attempt_id} to ${phone} was claimed while they were opted out`),
    ...(calls.some(hasConfirmed) && !consent.some(({ status }) => status === 'opted_out')
      ? [`${phone} was told that they are opted out, and is not`]
      : []),
    ...calls
      .filter(({ at }) => !isLawful(hourOf(timeZone, new Date(at))))
      .map(({ at }) => `${phone} was called at ${at}, which is out of hours in ${timeZone}`),
  ];
}

/** A message is called for once where it stands as sent, and not at all elsewhere; the carrier has the same calls as our rows. */
function faultsOfRows(
  phone: string,
  calls: readonly CarrierCall[],
  attempts: readonly CallAttemptRow[],
  messages: readonly CallMessageRow[],
): string[] {
  const accepted = attempts.filter(({ state }) => state === 'accepted');
  const known = new Set(calls.map(({ id }) => id));
  return [
    ...calls.flatMap(({ id }) => {
      const owners = accepted.filter(({ carrier_message_id }) => carrier_message_id === id).length;
      return owners === 1 ? [] : [`call ${id} to ${phone} belongs to ${owners} requests of ours`];
    }),
    ...accepted
      .filter(({ carrier_message_id }) => !known.has(carrier_message_id ?? ''))
      .map(({ carrier_message_id }) => `the carrier does not know call ${carrier_message_id} to ${phone}`),
    ...attempts
      .filter(({ state }) => ['posting', 'ambiguous', 'unknown'].includes(state))
      .map(({ attempt_id, state }) => `call ${attempt_id} to ${phone} is ${state}`),
    ...messages.flatMap(({ message_id, rule, state }) => {
      const times = accepted.filter((attempt) => attempt.message_id === message_id).length;
      return times === (state === 'sent' ? 1 : 0)
        ? []
        : [`${phone} was called ${times} times for message ${message_id}, which is ${state} (${rule})`];
    }),
  ];
}

const hasConfirmed = ({ heard }: CarrierCall): boolean => heard.some(({ text }) => text === CONFIRMATION);

/** The log has of it, once, the end that the carrier has, and what that comes to. */
function faultsOfCall(phone: string, call: CarrierCall, log: readonly CallLogRow[]): string[] {
  const rows = log.filter(({ carrier_message_id }) => carrier_message_id === call.id);
  const [row] = rows;
  const outcomes = hasConfirmed(call) ? ['opted_out'] : (OUTCOMES[call.status] ?? []);
  return rows.length === 1 && row?.status === call.status && outcomes.includes(row.outcome ?? '')
    ? []
    : [`call ${call.id} to ${phone} is ${call.status} and stands in the log as ${JSON.stringify(rows)}`];
}

const standingAt = (consent: readonly ConsentRow[], at: Date): string | undefined =>
  consent.filter(({ recorded_at }) => recorded_at < at).at(-1)?.status;

const isLawful = (hour: number): boolean => hour >= LAWFUL.from && hour < LAWFUL.to;

function faultsOfCampaign(campaign: CallingRecords, records: CallRecords): string[] {
  const { asleep, contacts, counted, id, phones } = campaign;
  const everybody = [...phones, ...asleep];
  const messages = new Set(contacts.map(({ message_id }) => message_id));
  const outcomes = records.log.filter(({ message_id }) => messages.has(message_id));
  return [
    ...everybody.flatMap((phone) => faultOfContact(phone, campaign, records)),
    ...(contacts.length === everybody.length ? [] : [`campaign ${id} has ${contacts.length} contacts`]),
    ...differing(
      'contacts',
      counted.states.map(({ contacts: count, state }) => [state, count]),
      contacts.map(({ state }) => state),
    ),
    ...differing(
      'calls',
      counted.calls.map(({ calls, outcome }) => [outcome, calls]),
      outcomes.map(({ outcome }) => outcome ?? 'none'),
    ),
  ];
}

const differing = (
  of: string,
  counted: readonly (readonly [string, number])[],
  rows: readonly string[],
): string[] => {
  const [said, are] = [tallyOf(counted), tallyOf(rows.map((name) => [name, 1]))];
  return said === are ? [] : [`a campaign of calls counts ${said} of ${are} ${of}`];
};

function faultOfContact(
  phone: CallingCampaign['phones'][number],
  { asleep, contacts }: CallingRecords,
  records: CallRecords,
): string[] {
  const standing = contacts.filter(({ phone_number }) => phone_number === phone);
  const [contact] = standing;
  if (contact === undefined || standing.length !== 1)
    return [`${phone} stands in a campaign of calls ${standing.length} times`];
  const { message_id, rule, state } = contact;
  const times = records.attempts.filter(
    (attempt) => attempt.message_id === message_id && attempt.state === 'accepted',
  ).length;
  if (times !== (CALLED.has(state) ? 1 : 0))
    return [`${phone} stands as ${state} (${rule}) and was called ${times} times`];
  const isExplained = asleep.includes(phone)
    ? state === 'cancelled'
    : CALLED.has(state) || ((state === 'blocked' || state === 'skipped') && hadStopped(contact, records));
  return isExplained ? [] : [`${phone} stands as ${state} (${rule}) in a campaign of calls`];
}
