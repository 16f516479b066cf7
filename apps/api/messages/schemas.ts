import { z } from 'zod';
import { messageStatuses } from '#shared/carriers/status.ts';
import { intents } from '#shared/compliance/touch.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { callFactsSchema } from '../calls/facts.ts';
import { scopeSchema } from '../consents/schemas.ts';
import { givenPhone, shownPhone, shownSender, toldPhone } from '../http/phone.ts';
import { instant } from '../http/time.ts';
import { messageChannelOf, messageChannelSchema } from './channel.ts';
import type { LoggedMessage, OutgoingRow } from './store.ts';

/** The longest text that carriers take, in characters, and the most pictures. */
export const LONGEST_BODY = 1_600;
export const MOST_MEDIA = 10;

const directions = ['inbound', 'outbound'] as const;
export const messageStates = [
  'queued',
  'posting',
  'ambiguous',
  'held',
  'sent',
  'failed',
  'blocked',
  'unknown',
  'cancelled',
] as const;

export const directionSchema = z.enum(directions);
export const statusSchema = z.enum(messageStatuses as [string, ...string[]]);

/** Where a page of the message log ended; see `LogPosition`. */
export const logPosition = z.object({ at: z.iso.datetime({ precision: 6 }), logId: z.uuid() });

/** A message as the carrier knows it. */
export const loggedSchema = z
  .object({
    id: z.string().meta({ description: 'Of the message. Each request to a carrier for it has an entry' }),
    logId: z.string().meta({ description: 'Of this entry' }),
    direction: directionSchema,
    channel: messageChannelSchema,
    phoneNumber: shownPhone.nullable(),
    ourNumber: shownSender.nullable(),
    body: z.string(),
    mediaUrls: z.array(z.string()),
    occurredAt: instant.meta({ description: 'Received, or taken by the carrier' }),
    status: z.string().meta({ description: 'The highest that the carrier reported', example: 'delivered' }),
    statusAt: instant,
    errorCode: z.string().nullable(),
    segments: z.int().nullable(),
    call: callFactsSchema.nullable().meta({ description: 'Of a call; null: a text' }),
    carrier: z.string(),
    carrierMessageId: z.string().nullable(),
  })
  .meta({ id: 'LoggedMessage' });

export const wireLogged = ({ position: _, ...logged }: LoggedMessage): z.input<typeof loggedSchema> => ({
  ...logged,
  channel: messageChannelOf(logged.call === null ? 'sms' : 'voice', logged.ourNumber),
  occurredAt: logged.occurredAt.toISOString(),
  statusAt: logged.statusAt.toISOString(),
});

/** A message of ours as we have it, sent or not. */
export const outgoingSchema = z
  .object({
    id: z.string(),
    channel: messageChannelSchema,
    phoneNumber: shownPhone,
    from: shownSender,
    body: z.string(),
    mediaUrls: z.array(z.string()),
    intent: z.enum(intents),
    topic: z.string().nullable(),
    campaignId: z.string().nullable(),
    testOf: z
      .string()
      .nullable()
      .meta({ description: 'The campaign that somebody tried out with it: it is counted nowhere' }),
    createdAt: instant,
    state: z.enum(messageStates).meta({
      description:
        '`held`: it comes back by itself. `ambiguous`: nobody knows yet whether the carrier has it. `unknown`: nobody ever will, and it is not repeated',
    }),
    rule: z.string().nullable().meta({ description: 'Why it is held, blocked, failed or unknown' }),
    says: z.string().nullable().meta({ description: 'The same in words, where the gate decided it' }),
    heldUntil: instant.nullable(),
    notAfter: instant.nullable(),
  })
  .meta({ id: 'OutgoingMessage' });

export const wireOutgoing = (
  { ordinal: _, ...row }: OutgoingRow,
  says: (rule: string | null) => string | null,
): z.input<typeof outgoingSchema> => ({
  ...row,
  channel: messageChannelOf(row.channel, row.from),
  createdAt: row.createdAt.toISOString(),
  heldUntil: row.heldUntil?.toISOString() ?? null,
  notAfter: row.notAfter?.toISOString() ?? null,
  says: says(row.rule),
});

const attemptSchema = z
  .object({
    id: z.string(),
    startedAt: instant,
    endedAt: instant.nullable(),
    state: z.enum(['posting', 'ambiguous', 'accepted', 'refused', 'not_sent', 'unknown']),
    carrier: z.string(),
    carrierMessageId: z.string().nullable(),
    errorCode: z.string().nullable(),
  })
  .meta({ id: 'Attempt' });

const decisionSchema = z
  .object({
    id: z.string(),
    decidedAt: instant,
    verdict: z.enum(['send', 'hold', 'block']),
    rule: z.string(),
    says: z.string().nullable(),
    rulesVersion: z.string(),
    until: instant.nullable().meta({ description: 'hold: when it is asked again; send: its last instant' }),
    inputs: z.unknown().meta({ description: 'What it was made from' }),
  })
  .meta({ id: 'Decision' });

export const messageSchema = z
  .object({
    id: z.string(),
    direction: directionSchema,
    outgoing: outgoingSchema.nullable().meta({ description: 'Null: it came in' }),
    attempts: z.array(attemptSchema).meta({ description: 'Requests to carriers, oldest first' }),
    decisions: z.array(decisionSchema).meta({ description: 'Of the gate, oldest first, at most 200' }),
    log: z.array(loggedSchema).meta({ description: 'What carriers know of it' }),
  })
  .meta({ id: 'Message' });

export const newMessageSchema = z
  .strictObject({
    phoneNumber: toldPhone,
    body: storableText.trim().max(LONGEST_BODY).default(''),
    mediaUrls: z
      .array(z.url({ protocol: /^https$/, error: 'must be an https URL' }).max(2_000))
      .max(MOST_MEDIA)
      .default([]),
    intent: z.enum(['transactional', 'marketing']).meta({
      description: '`marketing` needs consent in writing and counts for frequency caps; both keep hours',
    }),
    topic: scopeSchema.optional().meta({ description: 'What it is about, where people may refuse topics' }),
    from: givenPhone.optional().meta({ description: 'One of our numbers; left out: the default one' }),
    notAfter: instant.optional().meta({ description: 'It is worth nothing afterwards, and does not go' }),
  })
  .refine(({ body, mediaUrls }) => body !== '' || mediaUrls.length > 0, {
    path: ['body'],
    message: 'must not be empty where there is no picture',
  })
  .meta({
    id: 'NewMessage',
    example: {
      phoneNumber: '+12125550123',
      body: 'Your appointment is on Tuesday at 10:00.',
      intent: 'transactional',
      topic: 'appointments',
    },
  });

export const judgedSchema = z
  .object({
    id: z.string(),
    phoneNumber: shownPhone,
    verdict: z.enum(['queued', 'held', 'blocked']).meta({
      description: 'What the gate says now. It judges again before the request to the carrier',
    }),
    heldUntil: instant.nullable(),
    rule: z.string().meta({ description: 'The rule of the gate that decided', example: 'quiet_hours' }),
    says: z.string().meta({ description: 'The same in words' }),
  })
  .meta({ id: 'JudgedMessage' });
