import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { promptSchema } from '#shared/contracts/drill.ts';
import { sampleBatch } from '#shared/dialog-events/sample-batch.ts';
import { batchIdOf, eventIdOf, inboundCommandId } from '#shared/identity.ts';
import type { SetAside, StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import { noMetrics } from '#shared/metrics.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import type { TakenAs, Verdict } from '#shared/replies/taken-as.ts';
import type { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { dialogConsumer } from './follow-dialog.ts';
import { textsConsumer } from './hear-texts.ts';

export const OURS = phoneNumber('+14155550199');

/** The consumers of the service. */
export function testConsumers(clock: ManualClock, withinDays = 30) {
  const deps = {
    clock,
    pseudonyms: testPseudonyms,
    metrics: noMetrics,
    withinDays,
    changed: () => undefined,
  };
  return { texts: textsConsumer(deps), dialog: dialogConsumer(deps) };
}

interface TextParts {
  from?: string;
  to?: string;
  body?: string;
  consent?: InboundSms['payload']['consent'];
  media?: InboundSms['payload']['media'];
}

/** The n-th text of a test. */
export function inboundText(n: number, at: Date, parts: TextParts = {}): InboundSms {
  const from = phoneNumber(parts.from ?? '+12125550101');
  return {
    type: 'INBOUND_SMS',
    commandId: inboundCommandId('twilio', `SMin${n}`),
    phoneNumber: from,
    occurredAt: at.toISOString(),
    payload: {
      from,
      to: senderAddress(parts.to ?? OURS),
      body: parts.body ?? `text ${n}`,
      media: parts.media ?? [],
      carrier: 'twilio',
      carrierMessageId: `SMin${n}`,
      receivedAt: at.toISOString(),
      consent: parts.consent ?? null,
    },
  };
}

/** What the dialog puts on its stream about a text, as the phone's batch of that version. */
export function batchAbout(
  text: InboundSms,
  version: number,
  taken: Verdict | Extract<TakenAs, 'consent'>,
): DialogEventBatch {
  const batchId = batchIdOf(text.commandId);
  const event = { eventId: eventIdOf(batchId, 0), occurredAt: text.occurredAt };
  const drillInstanceId = '00000000-0000-4000-8000-00000000000d';
  const events: Record<typeof taken, DialogEvent> = {
    consent: { ...event, type: 'HELP_REQUESTED' },
    lesson: {
      ...event,
      type: 'FAILED_PROMPT',
      drillInstanceId,
      prompt: promptSchema.parse({ slug: 'one', messages: [{ text: { en: 'a) or b)?' } }] }),
      defaultLanguage: 'en',
      response: text.payload.body,
      abandoned: false,
    },
    dialog: { ...event, type: 'MENU_REQUESTED' },
    people: { ...event, type: 'UNHANDLED_MESSAGE_RECEIVED', message: text.payload.body },
  };
  return {
    ...sampleBatch(text.phoneNumber, version),
    batchId,
    commandId: text.commandId,
    occurredAt: text.occurredAt,
    origin: { kind: 'reply', senderNumber: text.payload.to, receivedAt: text.payload.receivedAt },
    events: [events[taken]],
  };
}

/** Applies values in one transaction, as a batch of the stream; `dies`: before it commits. Returns what was set aside. */
export async function applyBatch<T>(
  pool: Pool,
  consumer: StreamConsumerDefinition<T>,
  values: readonly (T & { phoneNumber: string })[],
  dies = false,
): Promise<readonly SetAside[]> {
  const killed = new Error('killed');
  return inTransaction(pool, async (tx) => {
    const { setAside } = await consumer.apply(
      tx,
      values.map((value, n) => ({
        body: JSON.stringify(value),
        value,
        sequenceNumber: String(n),
        partitionKey: value.phoneNumber,
        arrivedAt: new Date(0),
      })),
    );
    if (dies) throw killed;
    return setAside ?? [];
  }).catch((error: unknown) => {
    if (error !== killed) throw error;
    return [];
  });
}

interface HeardParts {
  from?: string;
  to?: string;
  media?: InboundSms['payload']['media'];
  minutesAgo?: number;
  /** What the dialog makes of it; null: it has not said yet. */
  as?: Verdict | null;
}

/** People who text, each with a dialog of their own: both consumers hear of it. Returns the id of the text. */
export function texting(
  pool: Pool,
  clock: ManualClock,
): (body: string, parts?: HeardParts) => Promise<string> {
  const versions = new Map<string, number>();
  const consumers = testConsumers(clock);
  let texts = 0;
  return async (body, { as = 'people', from = '+12125550000', media, minutesAgo = 0, to = OURS } = {}) => {
    texts += 1;
    const at = new Date(clock.now().getTime() - minutesAgo * 60_000);
    const said = inboundText(texts, at, { from, to, body, ...(media === undefined ? {} : { media }) });
    await applyBatch(pool, consumers.texts, [said]);
    if (as !== null) {
      const version = (versions.get(from) ?? 0) + 1;
      versions.set(from, version);
      await applyBatch(pool, consumers.dialog, [batchAbout(said, version, as)]);
    }
    return said.commandId;
  };
}

export interface SentText {
  phone: string;
  ours: string;
  campaignId: string | null;
  /** It is what a lesson of that campaign begins with. */
  isLesson?: boolean;
  at: Date;
  /** As in the table of messages. */
  state: string;
}

/** States of messages of which a carrier may have one. */
export const GONE: readonly string[] = ['posting', 'ambiguous', 'sent', 'unknown'];

/** Messages as the sender leaves them, in the order in which they were written. */
export async function insertSent(pool: Pool, sent: readonly SentText[]): Promise<void> {
  await pool.query(
    `WITH written AS (
       INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, batch_id, cause_id, created_at,
                            state, campaign_id, lesson_campaign_id)
       SELECT gen_random_uuid(), phone, place, 'bulk', 'transactional', ours, 'Hi', gen_random_uuid(), gen_random_uuid(), at,
              state, CASE WHEN NOT is_lesson THEN campaign END, CASE WHEN is_lesson THEN campaign END
         FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[], $6::boolean[])
              WITH ORDINALITY AS sent(phone, ours, campaign, at, state, is_lesson, place)
       RETURNING message_id, phone_number, sender_number, state, created_at)
     INSERT INTO attempt (attempt_id, message_id, phone_number, carrier, sender_number, state, posted_at)
     SELECT gen_random_uuid(), message_id, phone_number, 'twilio', sender_number,
            CASE state WHEN 'sent' THEN 'accepted' WHEN 'failed' THEN 'refused' WHEN 'queued' THEN 'not_sent' ELSE state END,
            created_at
       FROM written WHERE state IN ('posting', 'ambiguous', 'sent', 'unknown', 'failed', 'queued')`,
    [
      sent.map(({ phone }) => phone),
      sent.map(({ ours }) => ours),
      sent.map(({ campaignId }) => campaignId),
      sent.map(({ at }) => at),
      sent.map(({ state }) => state),
      sent.map(({ isLesson }) => isLesson ?? false),
    ],
  );
}

/** Conversations whose counts are not what their texts add up to; empty: all are. */
export async function wrongConversations(pool: Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT conversation.phone_number, unread, waiting, real.*
       FROM conversation LEFT JOIN LATERAL (
         SELECT (count(*) FILTER (WHERE read_at IS NULL AND taken_as IN ('people', 'stopped', 'untold')))::int AS unread_rows,
                (count(*) FILTER (WHERE answered_at IS NULL AND taken_as IN ('people', 'untold')))::int AS waiting_rows
           FROM reply WHERE reply.phone_number = conversation.phone_number) AS real ON true
      WHERE (unread, waiting) IS DISTINCT FROM (unread_rows, waiting_rows)`,
  );
  return rows;
}
