import { isDeepStrictEqual } from 'node:util';
import { exemptIntents } from '#shared/compliance/touch.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { ProfileChange } from '#shared/contracts/profile.ts';
import { rebuild } from '#shared/dialog/evolve.ts';
import { contactNewsCommandId, inboundCommandId } from '#shared/identity.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { expectedBatches, expectedMessages, expectedProgressCommands } from './expected-dialog.ts';
import { OUR_NUMBER } from './our-number.ts';
import type { Happening } from './phone.ts';
import type { AttemptRow, ConsentRow, ContactRow, LogRow, MessageRow, Records, StateRow } from './records.ts';
import type { Sample } from './sample.ts';
import { type ClockMove, withheldFaults } from './withheld.ts';

/** Everything known about one phone, each in its order. */
export interface PhoneRecords {
  phone: PhoneNumber;
  happenings: readonly Happening[];
  carrier: readonly PhoneView[];
  commands: readonly DialogCommand[];
  batches: readonly DialogEventBatch[];
  state: StateRow | null;
  messages: readonly MessageRow[];
  attempts: readonly AttemptRow[];
  log: readonly LogRow[];
  consent: readonly ConsentRow[];
  contact: ContactRow | null;
  executed: ReadonlyMap<string, Date>;
  beginning: ProfileChange;
  /** How clocks of services were moved meanwhile. Left out: not at all. */
  clockMoves?: readonly ClockMove[];
  /** Whether windows of WhatsApp are judged elsewhere. Left out: there are none. */
  areWindowsJudged?: boolean;
  /** Whether people plan texts to the phone, which wait for their pace as those of campaigns do. Left out: nobody does. */
  isWrittenTo?: boolean;
}

/**
 * Without what lets nothing through: an opt-in that was asked for before an opt-out which was recorded before it
 * (shared/consent/standing.ts). A registration is recorded when its event is read, which may be after a STOP.
 */
export const effective = (consent: readonly ConsentRow[]): ConsentRow[] =>
  consent.filter(
    (row, index) =>
      row.status !== 'opted_in' ||
      !consent
        .slice(0, index)
        .some(
          ({ requested_at, status }) =>
            status === 'opted_out' &&
            (row.found_late ? requested_at >= row.requested_at : requested_at > row.requested_at),
        ),
  );

const CARRIER = 'twilio';
/** What passes a STOP, and what is stopped before it. */
const EXEMPT: ReadonlySet<string> = new Set(exemptIntents);
const SETTLED: ReadonlySet<string> = new Set(['sent', 'blocked', 'failed', 'cancelled']);

export function recordsOfPhone(
  phone: PhoneNumber,
  happenings: readonly Happening[],
  records: Records,
  /** What a contact said of the person before anything was written. */
  beginning: ProfileChange = {},
): PhoneRecords {
  const its = <Row extends { phone_number: string | null }>(rows: readonly Row[]): Row[] =>
    rows.filter((row) => row.phone_number === phone);
  return {
    phone,
    happenings,
    carrier: records.carrier.filter(({ from, to }) => from === phone || to === phone),
    commands: records.commands.filter((command) => command.phoneNumber === phone),
    batches: records.batches.filter((batch) => batch.phoneNumber === phone),
    state: its(records.states)[0] ?? null,
    messages: its(records.messages),
    attempts: its(records.attempts),
    log: its(records.log),
    consent: effective(its(records.consent)),
    contact: its(records.contacts)[0] ?? null,
    executed: records.executed,
    beginning,
  };
}

/**
 * What is wrong with one phone after everything has come to rest; empty: nothing was lost, repeated, out of order or
 * against the rules.
 */
export function faultsOf(records: PhoneRecords, sample: Sample): string[] {
  return [
    ...textsLost(records),
    ...dialogFaults(records, sample),
    ...toldFaults(records),
    ...messageFaults(records, sample),
    ...withheldFaults(records),
    ...sendingFaults(records),
    ...orderFaults(records),
    ...stopFaults(records),
    ...logFaults(records),
  ];
}

/** The same of whoever gets more than answers: what the dialog makes of it is not looked at. */
export const faultsOfSending = (records: PhoneRecords): string[] => [
  ...textsLost(records),
  ...toldFaults(records),
  ...withheldFaults(records),
  ...sendingFaults(records),
  ...orderFaults(records),
  ...stopFaults(records),
  ...logFaults(records),
];

/** Every text is an executed command, in the order in which it was written, and is in the log once. */
function textsLost({ carrier, commands, executed, happenings, log }: PhoneRecords): string[] {
  const faults: string[] = [];
  const texts = carrier.filter(({ direction }) => direction === 'from_phone');
  for (const { id, body } of texts) {
    if (!executed.has(inboundCommandId(CARRIER, id))) faults.push(`text ${id} "${body}" was not executed`);
    const rows = log.filter((row) => row.carrier_message_id === id);
    const [row] = rows;
    if (rows.length !== 1 || row?.direction !== 'inbound' || row.body !== body || row.status !== 'received') {
      faults.push(`text ${id} "${body}" has ${rows.length} rows in the log: ${JSON.stringify(rows)}`);
    }
  }
  const given = happenings.filter((one) => one.kind === 'answered' && !one.taken).map(({ id }) => id);
  const inStream = [
    ...new Set(
      commands.flatMap((command) =>
        command.type === 'INBOUND_SMS' ? [command.payload.carrierMessageId] : [],
      ),
    ),
  ].filter((id) => !given.includes(id));
  // What the carrier gave up on was swept later, after texts that were written after it.
  const written = texts.map(({ id }) => id).filter((id) => !given.includes(id));
  if (!isDeepStrictEqual(inStream, written)) {
    faults.push(`texts stand in another order on the stream: ${inStream.join(' ')} / ${written.join(' ')}`);
  }
  return faults;
}

/** The events are what the pure engine makes of the commands, the state is their fold, progress asked for what follows. */
function dialogFaults(records: PhoneRecords, sample: Sample): string[] {
  const { batches, beginning, commands, executed, phone, state } = records;
  const faults: string[] = [];
  const stored = new Map(batches.map((batch) => [batch.commandId, batch]));
  const expected = expectedBatches(
    phone,
    commands,
    {
      beginning,
      nowOf: (commandId) => {
        const at = stored.get(commandId)?.occurredAt;
        return at === undefined ? null : new Date(at);
      },
      suppressedAt: (commandId) =>
        !stored.has(commandId) && wasSuppressed(records, executed.get(commandId) ?? new Date(0)),
      // What came to something was followed; what did not must have had the record against it.
      overtaken: ({ commandId, payload }) =>
        'consent' in payload &&
        (payload.consent === 'opted_out' || payload.consent === 'opted_in') &&
        !stored.has(commandId) &&
        wasSuppressed(records, executed.get(commandId) ?? new Date(0)) !== (payload.consent === 'opted_out'),
    },
    sample,
  );
  if (!isDeepStrictEqual(batches, expected))
    faults.push(`events differ from the engine's: ${difference(batches, expected)}`);
  const folded = rebuild(batches);
  const { currentDrill, ...rest } = folded ?? { currentDrill: null };
  const kept = { state: state?.state ?? null, drill: state?.drill ?? null };
  if (!isDeepStrictEqual(kept, { state: folded === null ? null : rest, drill: currentDrill })) {
    faults.push('the stored state is not the fold of the events');
  }
  // What a contact and its dialog tell each other has a clock of its own (`toldFaults`): whoever was there a minute after the dialog began.
  const asked = new Set(
    commands.flatMap(({ type, commandId }) =>
      type === 'INBOUND_SMS' || type === 'UPDATE_USER' ? [] : [commandId],
    ),
  );
  const wanted = new Set(expectedProgressCommands(batches, sample).map(({ commandId }) => commandId));
  if (!isDeepStrictEqual(asked, wanted)) {
    faults.push(`progress asked for ${[...asked].join(' ')} instead of ${[...wanted].join(' ')}`);
  }
  return faults;
}

/** What a dialog was told of its person comes from that person's own contact, as it was in one of its versions. */
function toldFaults({ commands, contact }: PhoneRecords): string[] {
  return commands.flatMap((command) => {
    if (command.type !== 'UPDATE_USER') return [];
    const { commandId, payload } = command;
    const { dialogVersion } = payload;
    const isItsOwn =
      contact !== null &&
      dialogVersion !== undefined &&
      Array.from({ length: contact.version }, (_, index) =>
        contactNewsCommandId(contact.contact_id, index + 1, dialogVersion),
      ).includes(commandId);
    return isItsOwn
      ? []
      : [`the dialog was told ${commandId}, which no version of its person's contact says`];
  });
}

/** Whether the last change of consent before that instant was an opt-out. */
const wasSuppressed = ({ consent }: PhoneRecords, at: Date): boolean =>
  consent.filter(({ recorded_at }) => recorded_at <= at).at(-1)?.status === 'opted_out';

function difference(actual: readonly unknown[], expected: readonly unknown[]): string {
  const at = actual.findIndex((one, index) => !isDeepStrictEqual(one, expected[index]));
  const index = at < 0 ? actual.length : at;
  return `${actual.length} and ${expected.length}, first at ${index}: ${JSON.stringify(actual[index])} / ${JSON.stringify(expected[index])}`;
}

/** The dialog's rows are the messages that the events ask for, in their order, and none of all is left unsettled. */
function messageFaults({ batches, messages }: PhoneRecords, sample: Sample): string[] {
  const wanted = expectedMessages(batches, sample, phoneNumber(OUR_NUMBER)).map(
    ({ messageId, lane, intent, body }) => ({ messageId, lane, intent, body }),
  );
  const rows = messages
    .filter(({ campaign_id }) => campaign_id === null)
    .map(({ message_id, lane, intent, body }) => ({ messageId: message_id, lane, intent, body }));
  const faults = isDeepStrictEqual(rows, wanted)
    ? []
    : [`messages differ from the events': ${difference(rows, wanted)}`];
  for (const { body, ordinal, rule, state } of messages) {
    if (!SETTLED.has(state)) faults.push(`message ${ordinal} "${body}" is ${state} (${rule})`);
    if (state === 'failed') faults.push(`message ${ordinal} "${body}" failed (${rule})`);
  }
  return faults;
}

/** Each carrier message is that of one accepted attempt, each sent message has exactly one, no other has any. */
function sendingFaults({ attempts, carrier, messages }: PhoneRecords): string[] {
  const faults: string[] = [];
  const byId = new Map(messages.map((row) => [row.message_id, row]));
  const accepted = attempts.filter(({ state }) => state === 'accepted');
  const sent = carrier.filter(({ direction }) => direction === 'to_phone');
  for (const { body, id } of sent) {
    const owners = accepted.filter((attempt) => attempt.carrier_message_id === id);
    const row = owners[0] && byId.get(owners[0].message_id);
    if (owners.length !== 1 || row?.body !== body) {
      faults.push(`carrier message ${id} "${body}" belongs to ${owners.length} attempts (${row?.body})`);
    }
  }
  const known = new Set(sent.map(({ id }) => id));
  for (const { attempt_id, carrier_message_id, state } of attempts) {
    if (state === 'posting' || state === 'ambiguous' || state === 'unknown') {
      faults.push(`attempt ${attempt_id} is ${state}`);
    } else if (state === 'accepted' && !known.has(carrier_message_id ?? '')) {
      faults.push(
        `attempt ${attempt_id} was accepted as ${carrier_message_id}, which the carrier does not know`,
      );
    }
  }
  for (const { body, message_id, ordinal, state } of messages) {
    const times = accepted.filter((attempt) => attempt.message_id === message_id).length;
    if (times !== (state === 'sent' ? 1 : 0)) {
      faults.push(`message ${ordinal} "${body}" is ${state} and was accepted ${times} times`);
    }
  }
  return faults;
}

/**
 * The carrier accepted the phone's messages in their order; those exempt from blocks may pass others, and answers what a campaign
 * or people planned, which may have to wait for its pace.
 */
function orderFaults({ attempts, carrier, isWrittenTo = false, messages }: PhoneRecords): string[] {
  const rowOf = new Map(messages.map((row) => [row.message_id, row]));
  const accepted = carrier.flatMap(({ direction, id }) => {
    if (direction === 'from_phone') return [];
    const owner = attempts.find((attempt) => attempt.carrier_message_id === id);
    return rowOf.get(owner?.message_id ?? '') ?? [];
  });
  return [true, false].flatMap((exempt) => {
    const sent = accepted.filter(({ intent }) => EXEMPT.has(intent) === exempt);
    const isWrong = sent.some((passing, at) =>
      sent
        .slice(at + 1)
        .some((passed) => passed.ordinal < passing.ordinal && !mayPass(passing, passed, isWrittenTo)),
    );
    return isWrong ? [`sent in the order ${sent.map(({ ordinal }) => ordinal).join(' ')}`] : [];
  });
}

const mayPass = (passing: MessageRow, passed: MessageRow, isWrittenTo: boolean): boolean =>
  passing.lane === 'replies' && passed.lane === 'bulk' && (isWrittenTo || passed.campaign_id !== null);

/**
 * After the answer to a STOP the carrier accepts nothing but confirmations and help until the person writes START, and
 * no claim was made in between: both as the carrier's phone saw it and by the instants of consent and attempts.
 */
function stopFaults({ attempts, consent, happenings, messages }: PhoneRecords): string[] {
  const faults: string[] = [];
  const rowOf = new Map(messages.map((row) => [row.message_id, row]));
  const intentOf = (carrierId: string): string | undefined =>
    rowOf.get(attempts.find((attempt) => attempt.carrier_message_id === carrierId)?.message_id ?? '')?.intent;
  const bodies = new Map(happenings.flatMap((one) => (one.kind === 'said' ? [[one.id, one.body]] : [])));
  let out = false;
  for (const one of happenings) {
    if (one.kind === 'said' && one.body === 'START') out = false;
    else if (one.kind === 'answered' && one.taken && bodies.get(one.id) === 'STOP') out = true;
    else if (one.kind === 'heard' && out && !EXEMPT.has(intentOf(one.id) ?? '')) {
      faults.push(`after the answer to STOP the carrier accepted ${one.id} "${one.body}"`);
    }
  }
  for (const { attempt_id, message_id, posted_at } of attempts) {
    const standing = consent.filter(({ recorded_at }) => recorded_at < posted_at).at(-1)?.status;
    if (standing === 'opted_out' && !EXEMPT.has(rowOf.get(message_id)?.intent ?? '')) {
      faults.push(`attempt ${attempt_id} was claimed while the phone was opted out`);
    }
  }
  return faults;
}

/** Everything that the carrier took is in the log once, as ours, with the status that the carrier has of it. */
function logFaults({ attempts, carrier, log }: PhoneRecords): string[] {
  return carrier
    .filter(({ direction }) => direction === 'to_phone')
    .flatMap(({ body, id, status }) => {
      const rows = log.filter((row) => row.carrier_message_id === id);
      const owner = attempts.find((attempt) => attempt.carrier_message_id === id);
      const [row] = rows;
      const ours =
        row?.direction === 'outbound' &&
        row.body === body &&
        row.attempt_id === owner?.attempt_id &&
        row.message_id === owner?.message_id &&
        row.status === status;
      return rows.length === 1 && ours
        ? []
        : [
            `carrier message ${id} "${body}" (${status}) has ${rows.length} rows in the log: ${JSON.stringify(rows)}`,
          ];
    });
}
