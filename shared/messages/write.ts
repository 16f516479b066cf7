import type { TemplateUse } from '#shared/carriers/carrier.ts';
import { isPlanned } from '#shared/compliance/case.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { Channel, Intent } from '#shared/compliance/touch.ts';
import { type Lane, queueFor, turnDeduplicationId } from '#shared/contracts/turn.ts';
import { appendDecisions } from '#shared/decisions/append.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { freeFrom } from '#shared/gate/free-from.ts';
import { type Candidate, type Ruling, recordOf, rule, untilOf } from '#shared/gate/judge.ts';
import { plannedDecisionId } from '#shared/identity.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { unitsOfText } from '#shared/senders/units.ts';
import type { QueueName } from '#shared/topology.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import { minutesOf, secondsOf } from '#shared/voice/duration.ts';
import { adoptRestored } from './restored.ts';

/** A message before it is written. */
export interface OutgoingMessage {
  /** Derives from its cause, where that may be repeated: then the row that is there stays. */
  messageId: string;
  lane: Lane;
  intent: Intent;
  senderNumber: SenderAddress;
  /** May be empty where there is media. Of a call what it says, for people who look for it. */
  body: string;
  mediaUrls: readonly string[];
  /** On WhatsApp: the approved template that goes in the place of the body, which is what it says. Left out: the body goes. */
  template?: TemplateUse | null;
  /** What a call says; left out: it is a text. */
  call?: CallScript;
  /** The event behind it, or whatever else had it written. */
  causeId: string;
  /** What it is about, where people may refuse topics; left out: nothing in particular. */
  topic?: string | null;
  /** Business time, after which it is worth nothing; left out: never. */
  notAfter?: Date | null;
  /** Left out: none. */
  campaignId?: string | null;
  /** Of the campaign, where it goes to one of its audience; left out: it is not counted with it. */
  variant?: number | null;
  /** Of the ladder of the campaign; left out: it has none. */
  step?: number | null;
}

/** Messages that go together, in their order: with a pause between them. */
export interface MessagesOfBatch {
  batchId: string;
  phoneNumber: PhoneNumber;
  /** When the text came in that they answer; null: they were planned. */
  causedAt: Date | null;
  /** Of the person; null: nobody said. */
  timeZone: string | null;
  /** Whether the phone's row has to hear of the time zone also where there is no message. */
  isTimeZoneNew: boolean;
  /** The campaign that asked for the lesson that they begin; left out: none did. Its hours are theirs, and what people say to them belongs to it. */
  lessonCampaignId?: string | undefined;
  /** Somebody wrote them: how long that took is not measured. Left out: nobody did. */
  byHand?: boolean;
  messages: readonly OutgoingMessage[];
}

/** What planned messages are judged by when they are written. */
export interface PlanningGate {
  config: GateConfig;
  pseudonyms: Pseudonyms;
}

/**
 * Writes messages as rows, in order per phone number, and returns the turns to queue: one per batch and lane. Time zones
 * of people go with them to the phones' rows, where the gate reads them.
 *
 * With a gate, what is planned is judged in bulk (docs/decisions/0025): what has to wait is written as held until the
 * computed instant, what may never go as blocked, each with its decision, and neither gets a turn. Answers are judged in
 * the claim alone, as is everything without a gate, and whatever passes here is judged there again.
 *
 * The phones' rows are locked in the order of their numbers, as everywhere, and stay locked to the end of the
 * transaction: ordinals of one phone are given out in the order of commits. A message that exists already (its id
 * derives from its event) keeps its row.
 */
export async function writeMessages(
  tx: Transaction,
  work: readonly MessagesOfBatch[],
  now: Date,
  gate: PlanningGate | null = null,
): Promise<OutboxEntry[]> {
  const rows = work.flatMap((batch) =>
    batch.messages.map((message, position) => ({
      batch,
      message,
      opensBatch: position === 0 && !batch.byHand,
    })),
  );
  const last = await reserveOrdinals(tx, phonesOf(work));
  if (rows.length === 0) return [];
  const next = new Map<string, number>();
  const ordinals = rows.map(({ batch: { phoneNumber } }) => {
    const ordinal = next.get(phoneNumber) ?? (last.get(phoneNumber) ?? 0) + 1;
    next.set(phoneNumber, ordinal + 1);
    return ordinal;
  });
  const stopped = gate === null ? NONE_STOPPED : await stopPlanned(tx, rows, now, gate);
  const decided = rows.map(({ message }) => stopped.get(message.messageId)?.decision);
  const { rowCount } = await tx.query(
    `INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                          batch_id, cause_id, caused_at, opens_batch, topic, not_after, created_at, campaign_id,
                          variant, state, due_at, settled_at, rule, verdict, decided_rule, rules_version, segments,
                          lesson_campaign_id, channel, call, step, template)
     SELECT message_id, phone_number, ordinal, lane, intent, sender_number, body,
            ARRAY(SELECT jsonb_array_elements_text(media_urls)), batch_id, cause_id, caused_at, opens_batch,
            topic, not_after, $15, campaign_id, variant,
            CASE verdict WHEN 'hold' THEN 'held' WHEN 'block' THEN 'blocked' ELSE 'queued' END, due_at,
            CASE verdict WHEN 'block' THEN clock_timestamp() END, rule, verdict, rule, rules_version, segments,
            lesson_campaign_id, channel, call, step, template
       FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                   $8::jsonb[], $9::uuid[], $10::uuid[], $11::timestamptz[], $12::boolean[], $13::text[],
                   $14::timestamptz[], $16::text[], $17::timestamptz[], $18::text[], $19::text[], $20::uuid[],
                   $21::smallint[], $22::smallint[], $23::uuid[], $24::text[], $25::jsonb[], $26::smallint[], $27::jsonb[])
            AS written(message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                       batch_id, cause_id, caused_at, opens_batch, topic, not_after, verdict, due_at, rule,
                       rules_version, campaign_id, segments, variant, lesson_campaign_id, channel, call, step, template)
     ON CONFLICT (message_id) DO NOTHING`,
    [
      rows.map(({ message }) => message.messageId),
      rows.map(({ batch }) => batch.phoneNumber),
      ordinals,
      rows.map(({ message }) => message.lane),
      rows.map(({ message }) => message.intent),
      rows.map(({ message }) => message.senderNumber),
      rows.map(({ message }) => message.body),
      rows.map(({ message }) => JSON.stringify(message.mediaUrls)),
      rows.map(({ batch }) => batch.batchId),
      rows.map(({ message }) => message.causeId),
      rows.map(({ batch: { causedAt } }) => causedAt),
      rows.map(({ opensBatch }) => opensBatch),
      rows.map(({ message }) => message.topic ?? null),
      rows.map(({ message }) => message.notAfter ?? null),
      now,
      decided.map((decision) => decision?.verdict),
      decided.map((decision) => (decision === undefined ? null : untilOf(decision))),
      decided.map((decision) => decision?.rule),
      decided.map((decision) => decision?.rulesVersion),
      rows.map(({ message }) => message.campaignId ?? null),
      rows.map(({ message }) => unitsOf(message)),
      rows.map(({ message }) => message.variant ?? null),
      rows.map(({ batch }) => batch.lessonCampaignId ?? null),
      rows.map(({ message }) => channelOf(message)),
      rows.map(({ message: { call } }) => (call === undefined ? null : JSON.stringify(call))),
      rows.map(({ message }) => message.step ?? null),
      rows.map(({ message: { template } }) => (template == null ? null : JSON.stringify(template))),
    ],
  );
  // One that exists already, of a campaign's audience: only what went out before a restore is planned twice.
  if (rowCount !== rows.length && rows.some(({ message }) => message.variant != null))
    await adoptRestored(
      tx,
      rows.map(({ batch: { batchId }, message }) => ({
        ...message,
        batchId,
        campaignId: message.campaignId ?? null,
        variant: message.variant ?? null,
        step: message.step ?? null,
        topic: message.topic ?? null,
        template: message.template ?? null,
        units: unitsOf(message),
      })),
    );
  return work.flatMap((batch) => turnsOf(batch, stopped));
}

const channelOf = ({ call }: OutgoingMessage): Channel => (call === undefined ? 'sms' : 'voice');

/** What it is planned to be paid for: segments of a text, minutes of a call. */
export const unitsOf = ({
  body,
  call,
  senderNumber,
}: Pick<OutgoingMessage, 'body' | 'call'> & { senderNumber: string }): number =>
  call === undefined ? unitsOfText(senderNumber, body) : minutesOf(secondsOf(call));

type Stopped = ReadonlyMap<string, Ruling<Candidate>>;
const NONE_STOPPED: Stopped = new Map();

/** Planned messages that may not go now, or never, by their ids; the decisions are appended. */
async function stopPlanned(
  tx: Transaction,
  rows: readonly { batch: MessagesOfBatch; message: OutgoingMessage }[],
  now: Date,
  gate: PlanningGate,
): Promise<Stopped> {
  const planned = rows.filter(({ message }) => isPlanned(message.intent));
  if (planned.length === 0) return NONE_STOPPED;
  const rulings = await rule(tx, planned.map(candidateOf), { ...gate, now });
  const stops = rulings.filter(({ decision }) => decision.verdict !== 'send');
  await appendDecisions(
    tx,
    stops.map((ruling) => recordOf(ruling, plannedDecisionId(ruling.candidate.messageId))),
    now,
  );
  return new Map(stops.map((ruling) => [ruling.candidate.messageId, ruling]));
}

const candidateOf = ({
  batch,
  message,
}: {
  batch: MessagesOfBatch;
  message: OutgoingMessage;
}): Candidate => ({
  messageId: message.messageId,
  phoneNumber: batch.phoneNumber,
  channel: channelOf(message),
  freeFrom: freeFrom(message.senderNumber, message.template),
  intent: message.intent,
  batchId: batch.batchId,
  campaignId: message.campaignId ?? null,
  lessonCampaignId: batch.lessonCampaignId ?? null,
  topic: message.topic ?? null,
  causedAt: batch.causedAt,
  notAfter: message.notAfter ?? null,
  decided: null,
});

/** What a phone's row takes from the batches of one transaction. */
interface PhoneUpdate {
  /** Ordinals that its messages need. */
  messages: number;
  /** As the newest batch has it; null: nothing is known, or nothing new. */
  timeZone: string | null;
}

/** Phones with messages, and those whose time zone changed. */
function phonesOf(work: readonly MessagesOfBatch[]): Map<string, PhoneUpdate> {
  const phones = new Map<string, PhoneUpdate>();
  for (const { isTimeZoneNew, messages, phoneNumber, timeZone } of work) {
    const known = phones.get(phoneNumber);
    if (messages.length === 0 && !isTimeZoneNew && !known) continue;
    phones.set(phoneNumber, { messages: (known?.messages ?? 0) + messages.length, timeZone });
  }
  return phones;
}

/**
 * Locks the phones' rows as `lockPhones` does, and with the same statement reserves their ordinals; returns the last one
 * that was taken before.
 */
async function reserveOrdinals(
  tx: Transaction,
  updates: ReadonlyMap<string, PhoneUpdate>,
): Promise<Map<string, number>> {
  if (updates.size === 0) return new Map();
  const phones = [...updates.keys()].sort();
  const { rows } = await tx.query<{ phone_number: string; last_ordinal: number }>(
    `INSERT INTO phone AS known (phone_number, last_ordinal, time_zone)
     SELECT phone_number, count, time_zone
       FROM unnest($1::text[], $2::bigint[], $3::text[]) AS wanted(phone_number, count, time_zone)
      ORDER BY phone_number
     ON CONFLICT (phone_number) DO UPDATE
        SET last_ordinal = known.last_ordinal + excluded.last_ordinal,
            time_zone = coalesce(excluded.time_zone, known.time_zone)
     RETURNING phone_number, last_ordinal`,
    [
      phones,
      phones.map((phone) => updates.get(phone)?.messages ?? 0),
      phones.map((phone) => updates.get(phone)?.timeZone ?? null),
    ],
  );
  return new Map(
    rows.map((row) => [row.phone_number, row.last_ordinal - (updates.get(row.phone_number)?.messages ?? 0)]),
  );
}

/** One entry per queue that the batch has messages for which may go, named after the first of them. */
function turnsOf({ messages, phoneNumber }: MessagesOfBatch, stopped: Stopped): OutboxEntry[] {
  const first = new Map<QueueName, OutgoingMessage>();
  for (const message of messages) {
    const queue = queueFor(channelOf(message), message.lane);
    if (!stopped.has(message.messageId) && !first.has(queue)) first.set(queue, message);
  }
  return [...first].map(([queue, { messageId }]) => {
    const turn = { phoneNumber, messageId, generation: 0 };
    return {
      kind: 'queue' as const,
      target: queue,
      orderingKey: phoneNumber,
      deduplicationId: turnDeduplicationId(turn),
      body: JSON.stringify(turn),
    };
  });
}
