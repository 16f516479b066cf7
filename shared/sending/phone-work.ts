import type { TemplateUse } from '#shared/carriers/carrier.ts';
import { ANSWER_MS } from '#shared/compliance/case.ts';
import { LEAST_VALIDITY_MS } from '#shared/compliance/hours/openings.ts';
import { type Channel, exemptIntents, intents, isExempt } from '#shared/compliance/touch.ts';
import type { Lane } from '#shared/contracts/turn.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { freeFrom } from '#shared/gate/free-from.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { unitsOfText } from '#shared/senders/units.ts';
import type { Head, PhoneWork } from './claim-rules.ts';
import type { Intent, Message, MessageState } from './message-state.ts';

/** What keeps an order of its own: messages of one of these intents go in the order in which they were planned. */
const LINES = intents.filter((intent) => !isExempt(intent));

interface Row {
  phone_number: string;
  wait_ms: number | null;
  paused_batch: string | null;
  posting: boolean;
  ambiguous: PhoneWork['ambiguous'];
  suppressed: boolean;
  role: 'line' | 'exempt' | null;
  ready: boolean;
  superseded: boolean;
  message_id: string;
  ordinal: number;
  lane: Lane;
  intent: Intent;
  sender_number: string;
  body: string;
  media_urls: string[];
  template: TemplateUse | null;
  call: unknown;
  segments: number | null;
  batch_id: string;
  channel: Channel;
  campaign_id: string | null;
  lesson_campaign_id: string | null;
  topic: string | null;
  caused_at: Date | null;
  opens_batch: boolean;
  not_after: Date | null;
  verdict: string | null;
  decided_rule: string | null;
  state: MessageState;
  attempts: number;
  deferrals: number;
}

/**
 * What each of these locked phones has to send on a channel: at most four messages per phone are read, whatever its
 * backlog. A lesson of a campaign that is held, because that is paused or has hours of its own, stops its own texts and nothing
 * else that was planned: other campaigns do not wait for it. `now` is business time: it says which held messages are due.
 */
export async function readPhoneWork(
  tx: Transaction,
  phones: readonly string[],
  now: Date,
  channel: Channel,
  pseudonyms: Pseudonyms,
): Promise<Map<string, PhoneWork>> {
  const known = pseudonyms.namesOf(phones);
  const { rows } = await tx.query<Row>(
    `SELECT phone.phone_number,
            CASE $3 WHEN 'voice' THEN phone.next_call_batch ELSE phone.next_send_batch END AS paused_batch,
            (extract(epoch FROM CASE $3 WHEN 'voice' THEN phone.next_call_at ELSE phone.next_send_at END - clock_timestamp())
              * 1000)::float8 AS wait_ms,
            EXISTS (SELECT FROM attempt WHERE attempt.phone_number = phone.phone_number
                       AND attempt.state = 'posting' AND attempt.channel = $3) AS posting,
            coalesce((SELECT jsonb_agg(jsonb_build_object('senderNumber', asked.sender_number, 'body', asked.body, 'isTemplate', asked.template IS NOT NULL))
                        FROM attempt JOIN message AS asked ON asked.message_id = attempt.message_id
                       WHERE attempt.phone_number = phone.phone_number AND attempt.state = 'ambiguous'
                         AND attempt.channel = $3), '[]') AS ambiguous,
            phone.phone_number IN (SELECT named.phone_number
                                     FROM unnest($4::text[], $5::text[]) AS named(phone_number, name)
                                     JOIN suppression ON suppression.phone_number = named.name
                                    WHERE suppression.scope = 'sender') AS suppressed,
            head.role, head.state = 'queued' OR head.state = 'held' AND head.due_at <= $2 AS ready,
            coalesce(head.role = 'line' AND head.intent = 'reply' AND head.state = 'held' AND head.due_at > $2 AND EXISTS (
              SELECT FROM message AS newer
               WHERE newer.phone_number = phone.phone_number AND newer.intent = 'reply' AND newer.channel = $3
                 AND newer.ordinal > head.ordinal AND newer.caused_at > head.caused_at
                 AND newer.caused_at > $7 AND newer.caused_at + $8 * interval '1 millisecond' < head.due_at
                 AND (newer.state = 'queued'
                      OR newer.state = 'held' AND newer.due_at < newer.caused_at + $8 * interval '1 millisecond')
            ), false) AS superseded,
            head.message_id, head.ordinal, head.lane, head.intent, head.sender_number, head.body, head.media_urls, head.segments, head.template, head.call,
            head.batch_id, head.state, head.attempts, head.deferrals, head.channel, head.campaign_id, head.lesson_campaign_id, head.topic,
            head.caused_at, head.opens_batch, head.not_after, head.verdict, head.decided_rule
       FROM phone
       LEFT JOIN LATERAL (
              SELECT 'line' AS role, first.* FROM unnest($6::text[]) AS lines(intent)
               CROSS JOIN LATERAL (
                      SELECT * FROM message
                       WHERE message.phone_number = phone.phone_number AND message.intent = lines.intent
                         AND message.channel = $3
                         AND message.state IN ('queued', 'posting', 'ambiguous', 'held')
                         AND NOT (message.lesson_campaign_id IS NOT NULL AND EXISTS (
                               SELECT FROM message AS ahead
                                WHERE ahead.phone_number = message.phone_number AND ahead.intent = message.intent
                                  AND ahead.channel = $3 AND ahead.batch_id = message.batch_id
                                  AND ahead.ordinal <= message.ordinal AND ahead.state = 'held' AND ahead.due_at > $2))
                       ORDER BY message.ordinal LIMIT 1) AS first
              UNION ALL
              (SELECT 'exempt', message.* FROM message
                WHERE message.phone_number = phone.phone_number
                  AND message.intent = ANY ($9) AND message.state IN ('queued', 'held')
                  AND message.channel = $3
                  AND (message.state = 'queued' OR message.due_at <= $2)
                ORDER BY message.ordinal LIMIT 1)
            ) AS head ON true
      WHERE phone.phone_number = ANY ($1)`,
    [
      phones,
      now,
      channel,
      known.phones,
      known.names,
      LINES,
      new Date(now.getTime() - ANSWER_MS + LEAST_VALIDITY_MS),
      ANSWER_MS,
      exemptIntents,
    ],
  );
  const work = new Map<string, PhoneWork & { heads: Head[] }>();
  for (const row of rows) {
    const each = work.get(row.phone_number) ?? {
      posting: row.posting,
      ambiguous: row.ambiguous,
      suppressed: row.suppressed,
      pause: pauseOf(row),
      heads: [],
      exempt: null,
    };
    work.set(row.phone_number, each);
    if (row.role === 'line')
      each.heads.push({ message: messageOf(row), ready: row.ready, superseded: row.superseded });
    else if (row.role === 'exempt') each.exempt = messageOf(row);
  }
  return work;
}

const pauseOf = (row: Row): PhoneWork['pause'] =>
  row.paused_batch !== null && row.wait_ms !== null && row.wait_ms > 0
    ? { batchId: row.paused_batch, ms: Math.ceil(row.wait_ms) }
    : null;

const messageOf = (row: Row): Message => ({
  messageId: row.message_id,
  phoneNumber: row.phone_number,
  ordinal: row.ordinal,
  lane: row.lane,
  intent: row.intent,
  senderNumber: row.sender_number,
  body: row.body,
  mediaUrls: row.media_urls,
  template: row.template,
  freeFrom: freeFrom(row.sender_number, row.template),
  call: row.call,
  // Those planned before it was kept, and those of a test, say nothing.
  segments: row.segments ?? unitsOfText(row.sender_number, row.body),
  batchId: row.batch_id,
  channel: row.channel,
  campaignId: row.campaign_id,
  lessonCampaignId: row.lesson_campaign_id,
  topic: row.topic,
  causedAt: row.caused_at,
  opensBatch: row.opens_batch,
  notAfter: row.not_after,
  decided:
    row.verdict === null || row.decided_rule === null
      ? null
      : { verdict: row.verdict, rule: row.decided_rule },
  attempts: row.attempts,
  deferrals: row.deferrals,
});
