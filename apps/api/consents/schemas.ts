import { z } from 'zod';
import type { RecordedChange } from '#shared/consent/history.ts';
import type { ListedStanding } from '#shared/consent/list.ts';
import { isBlocked, type Standings } from '#shared/consent/standing.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { shownPhone, toldPhone } from '../http/phone.ts';
import { instant } from '../http/time.ts';

const statuses = ['opted_in', 'pending_opt_out', 'opted_out'] as const;
const methods = ['sms', 'email', 'voice', 'web', 'manual', 'carrier', 'import'] as const;
const grants = ['informational', 'marketing_in_writing', 'artificial_voice'] as const;
const channels = ['sms', 'voice'] as const;
export const reversalReasons = ['misread_text', 'import_fault', 'clerical_error'] as const;

export const statusSchema = z.enum(statuses).meta({
  id: 'ConsentStatus',
  description: 'A request that is not yet carried through (`pending_opt_out`) blocks already',
});
export const grantSchema = z.enum(grants).meta({ id: 'ConsentGrant' });
export const channelsSchema = z.array(z.enum(channels)).min(1).max(2);

/** A topic, or `sender`: everything. */
export const scopeSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9:+_.-]{0,79}$/, 'must be `sender` or the name of a topic')
  .meta({ description: 'A topic, or `sender`: everything that this sender sends', example: 'sender' });

/** A day of the calendar of US Eastern time. */
const day = z.iso.date().meta({ example: '2026-12-11' });

/** A text of a person's, or about them, of some length. */
export const words = (max: number) => storableText.trim().min(1).max(max);
export const ownId = words(200).nullable().default(null);

export const standingSchema = z
  .object({
    scope: z.string(),
    status: statusSchema,
    granted: z
      .array(grantSchema)
      .meta({ description: 'What is granted. It counts only while nothing blocks, `blocked` of the person' }),
    since: instant.meta({ description: 'When the change was asked for that the status follows from' }),
    changeId: z.string().meta({ description: 'That change' }),
    revokedAt: instant.nullable().meta({ description: 'The newest request to stop, lifted since or not' }),
    deadline: day.nullable().meta({ description: 'Pending: last day to honour it, US Eastern' }),
  })
  .meta({ id: 'ConsentStanding' });

export const wireStandings = (standings: Standings): z.input<typeof standingSchema>[] =>
  [...standings].map(([scope, standing]) => ({
    scope,
    status: standing.status,
    granted: [...new Set(standing.consents.flatMap(({ granted }) => granted))].sort(),
    since: standing.requestedAt.toISOString(),
    changeId: standing.changeId,
    revokedAt: standing.revokedAt?.toISOString() ?? null,
    deadline: standing.deadline,
  }));

/** Where a person stands, in an answer. */
const standingFields = {
  phoneNumber: shownPhone,
  blocked: z.boolean().meta({ description: 'Whether something is not to be sent: everything, or a topic' }),
  standings: z
    .array(standingSchema)
    .meta({ description: 'By scope; a scope that is missing has no history of its own' }),
};

export const wirePerson = (phoneNumber: string, standings: Standings) => ({
  phoneNumber,
  blocked: isBlocked(standings, null),
  standings: wireStandings(standings),
});

export const changeSchema = z
  .object({
    id: z.string(),
    status: statusSchema,
    method: z.enum(methods),
    scope: z.string(),
    channels: z.array(z.enum(channels)).meta({ description: 'What the person spoke of; it blocks both' }),
    granted: z.array(grantSchema),
    requestedAt: instant,
    recordedAt: instant.meta({ description: 'By the clock of the database' }),
    deadline: day.nullable(),
    originalMessage: z.string().nullable(),
    cause: z.string(),
    rule: z.string().nullable().meta({ description: 'What read a text as what it is' }),
    wording: z.string().nullable().meta({ description: 'As it was shown, word for word' }),
    wordingSha256: z.string().nullable(),
    affirmativeAction: z.string().nullable(),
    url: z.string().nullable(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    actor: z.string().nullable().meta({ description: "Who recorded it; null: the person's own act" }),
    externalId: z.string().nullable(),
    trackingId: z.string().nullable(),
    reverses: z.string().nullable().meta({ description: 'The change that this one takes back' }),
    reversalReason: z.enum(reversalReasons).nullable(),
    reversedBy: z.string().nullable().meta({ description: 'The change that took this one back' }),
  })
  .meta({ id: 'ConsentChange' });

export const wireChange = ({
  position: _,
  changeId: id,
  ...change
}: RecordedChange): z.input<typeof changeSchema> => ({
  ...change,
  id,
  requestedAt: change.requestedAt.toISOString(),
  recordedAt: change.recordedAt.toISOString(),
});

export const consentSchema = z
  .object({
    ...standingFields,
    history: z.array(changeSchema).meta({ description: 'A page of it, newest first' }),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'Of the next page of the history; null: the last' }),
  })
  .meta({ id: 'Consent' });

export const listedSchema = z
  .object({
    phoneNumber: shownPhone,
    scope: z.string(),
    status: statusSchema,
    method: z.enum(methods),
    requestedAt: instant,
    deadline: day.nullable(),
    originalMessage: z.string().nullable(),
    externalId: z.string().nullable(),
    trackingId: z.string().nullable(),
  })
  .meta({ id: 'ListedConsent' });

export const wireListed = (listed: ListedStanding): z.input<typeof listedSchema> => ({
  ...listed,
  requestedAt: listed.requestedAt.toISOString(),
});

export const newConsentSchema = z
  .strictObject({
    phoneNumber: toldPhone,
    granted: z.array(grantSchema).min(1).max(grants.length),
    wording: words(20_000).meta({
      description: 'What the person was shown, word for word. It is kept once, by its SHA-256',
    }),
    affirmativeAction: words(500).meta({ description: 'What the person did', example: 'ticked the box' }),
    method: z.enum(['web', 'email', 'voice', 'manual']).default('web'),
    scope: scopeSchema.default('sender'),
    channels: channelsSchema.default(['sms', 'voice']),
    url: z.url().max(2_000).nullable().default(null).meta({ description: 'Of the page with the form' }),
    ip: z
      .union([z.ipv4(), z.ipv6()])
      .optional()
      .meta({ description: 'Of the person; left out: that of this request' }),
    userAgent: words(500).optional().meta({ description: 'Of the person; left out: that of this request' }),
    givenAt: instant.optional().meta({ description: 'Left out: now. What was revoked after it stays so' }),
    externalId: ownId,
    trackingId: ownId,
  })
  .meta({ id: 'NewConsent' });

export const capturedSchema = z
  .object({
    ...standingFields,
    changeId: z.string(),
    wordingSha256: z.string().meta({ description: 'By which anybody can check what was shown' }),
    lifted: z.boolean().meta({ description: 'Whether it lifted a suppression' }),
  })
  .meta({ id: 'CapturedConsent' });

export const newOptOutSchema = z
  .strictObject({
    method: z.enum(['email', 'voice', 'web', 'manual']),
    status: z.enum(['pending_opt_out', 'opted_out']).default('pending_opt_out').meta({
      description:
        'Nothing is sent from now on in both cases. `pending_opt_out`: you have other things to do for it, by a deadline, and say with `complete` that they are done',
    }),
    originalMessage: words(5_000).meta({ description: 'What the person wrote or said' }),
    scope: scopeSchema.default('sender'),
    channels: channelsSchema.default(['sms', 'voice']),
    requestedAt: instant.optional().meta({ description: 'When it came in; left out: now' }),
    externalId: ownId,
    trackingId: ownId,
  })
  .meta({ id: 'NewOptOut' });

export const optedOutSchema = z
  .object({
    ...standingFields,
    changeId: z.string(),
    deadline: day.nullable(),
    messagesBlocked: z.int().meta({ description: 'Messages that waited and will not go' }),
  })
  .meta({ id: 'RecordedOptOut' });

export const completionSchema = z
  .strictObject({
    scope: scopeSchema.default('sender'),
    note: words(1_000).meta({ description: 'What was done, for whoever reads the history' }),
  })
  .meta({ id: 'Completion' });

export const restorationSchema = z
  .strictObject({
    changeId: z.uuid().meta({ description: 'The revocation that was none' }),
    reason: z.enum(reversalReasons),
    explanation: words(1_000).meta({ description: 'In your words; it stays in the history' }),
  })
  .meta({
    id: 'Restoration',
    example: {
      changeId: '0d0f6a43-7a50-4a3e-8a25-1df1a1a5b3c1',
      reason: 'clerical_error',
      explanation: 'The number was typed wrongly.',
    },
  });

export const personStandingSchema = z.object(standingFields).meta({ id: 'PersonStanding' });

export const evidenceSchema = z
  .object({
    head: z.object({
      format: z.literal('carillon-evidence/1'),
      phoneNumber: shownPhone,
      producedAt: instant,
      producedBy: z.string(),
      standings: z.array(z.record(z.string(), z.unknown())),
    }),
    links: z.array(
      z.object({ previous: z.string(), entry: z.record(z.string(), z.unknown()), hash: z.string() }),
    ),
    lastHash: z
      .string()
      .meta({ description: 'What the whole record is known by. Keep it apart from the file' }),
  })
  .meta({ id: 'EvidenceBundle' });
