import { z } from 'zod';
import { agentAnswerStates } from '#shared/agent/answers.ts';
import { placeSources } from '#shared/compliance/location/locate.ts';
import { intents } from '#shared/compliance/touch.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { conversationStates } from '#shared/replies/conversation.ts';
import { countsForCampaign, takenAs, wantsAnswer } from '#shared/replies/taken-as.ts';
import { modeSchema } from '../agent/mode-schema.ts';
import { callFactsSchema } from '../calls/facts.ts';
import { shownPhone, shownSender } from '../http/phone.ts';
import { instant } from '../http/time.ts';
import { messageChannelOf, messageChannelSchema } from '../messages/channel.ts';
import { ruleInWords } from '../messages/plan.ts';
import { LONGEST_BODY, MOST_MEDIA, messageStates, statusSchema } from '../messages/schemas.ts';
import type { CampaignReplyRow, ConversationRow, DecisionRow, MessageRow, Note, TextRow } from './store.ts';

const MOST_TAGS = 20;
const LONGEST_NOTE = 4_000;

export const stateSchema = z.enum(conversationStates).meta({ id: 'ConversationState' });
export const tagSchema = storableText.pipe(z.string().trim().min(1).max(50));
export const assigneeSchema = storableText.pipe(z.string().trim().min(1).max(200));

export const conversationSchema = z
  .object({
    id: z.uuid(),
    phoneNumber: shownPhone,
    ourNumber: shownSender.nullable().meta({
      description: 'That they texted last: answers come from it. E.164; on WhatsApp behind `whatsapp:`',
    }),
    channel: messageChannelSchema
      .nullable()
      .meta({ description: 'How they wrote last, which is how answers go' }),
    contact: z
      .object({ id: z.uuid(), name: z.string().nullable() })
      .nullable()
      .meta({ description: 'Who has the number now; null: no contact' }),
    campaignId: z
      .uuid()
      .nullable()
      .meta({ description: 'That their newest text belongs to; null: to none that is known' }),
    campaignName: z.string().nullable(),
    state: stateSchema,
    snoozedUntil: instant.nullable(),
    assignee: z.string().nullable(),
    tags: z.array(z.string()),
    unread: z.int().min(0).meta({ description: 'Texts for people that nobody has looked at' }),
    needsReply: z.boolean(),
    waiting: z.int().min(0).meta({ description: 'Texts that somebody has to answer' }),
    session: z
      .object({ number: z.int().min(1), startedAt: instant })
      .meta({ description: 'It ends when nothing was said for 24 hours' }),
    lastText: z.string().nullable().meta({ description: 'Their newest' }),
    lastTextId: z.uuid().nullable(),
    lastTextAt: instant.nullable(),
    upTo: z.uuid().nullable().meta({
      description:
        'To be given as `upTo` by whoever has looked at the conversation as it is here: their text that came here last. It may be older than the newest, which a carrier handed on before it',
    }),
    agent: z
      .object({
        textId: z.uuid().meta({ description: 'Also names its answer: `/v1/agent-answers/{id}`' }),
        state: z.enum(agentAnswerStates),
        reason: z
          .string()
          .nullable()
          .meta({ description: 'Why people have it, or why its answer came to nothing' }),
        draft: z
          .string()
          .nullable()
          .meta({ description: 'Its words, while a person is to send or reject them' }),
      })
      .nullable()
      .meta({
        description: 'What the agent made of the newest text that it was given; null: it was given none',
      }),
    agentMode: z
      .object({
        own: modeSchema
          .nullable()
          .meta({ description: 'Said of this conversation; null: its campaign or number decides' }),
        inForce: modeSchema,
      })
      .meta({ description: 'Whether the agent answers the next text' }),
    review: z
      .object({
        id: z.uuid().meta({ description: 'Also names it in `/v1/reviews/{id}`' }),
        text: z.string(),
        suppressed: z.boolean().meta({ description: 'Whether it was taken for a revocation' }),
        deadline: z.iso.date().meta({ description: 'Last day to honour it, should it be one: US Eastern' }),
      })
      .nullable()
      .meta({
        description:
          'Their text of which somebody has to say whether it opts out: the one that is due first; null: none',
      }),
    activityAt: instant.meta({ description: 'Of their newest text, or of our newest answer by hand' }),
  })
  .meta({ id: 'Conversation' });

export const wireConversation = (row: ConversationRow): z.input<typeof conversationSchema> => ({
  id: row.id,
  phoneNumber: row.phoneNumber,
  ourNumber: row.ourNumber,
  channel: row.ourNumber === null ? null : messageChannelOf('sms', row.ourNumber),
  contact: row.contactId === null ? null : { id: row.contactId, name: row.contactName },
  campaignId: row.campaignId,
  campaignName: row.campaignName,
  state: row.state,
  snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
  assignee: row.assignee,
  tags: row.tags,
  unread: row.unread,
  needsReply: row.waiting > 0,
  waiting: row.waiting,
  session: { number: row.session, startedAt: (row.sessionAt ?? row.activityAt).toISOString() },
  lastText: row.lastText,
  lastTextId: row.lastReplyId,
  lastTextAt: row.lastTextAt?.toISOString() ?? null,
  upTo: row.upTo,
  agent: row.agent,
  agentMode: { own: row.ownAgentMode, inForce: row.agentMode },
  review: row.review,
  activityAt: row.activityAt.toISOString(),
});

/** `If-Match` goes by the first part alone: texts may come meanwhile, and change nothing of what somebody decides. */
export const shownVersion = (row: ConversationRow): string =>
  `${row.version}.${row.activityAt.getTime()}.${row.unread}.${row.waiting}.${row.agent?.textId ?? ''}.${row.agent?.state ?? ''}.${row.review?.id ?? ''}.${row.agentMode}`;

/** Counts are exact up to this. */
export const MOST_COUNTED = 1_000;
export const MOST_ASSIGNEES = 200;

const counted = (description: string) => z.int().min(0).meta({ description });

export const countsSchema = z
  .object({
    needsReply: counted('In which somebody has to answer: `needsReply=true`'),
    mine: counted('That you look after: your name as `assignee`, `closed=false`'),
    unassigned: counted('That nobody looks after: `unassigned=true`, `closed=false`'),
    review: counted('With a text that may opt out, to be judged: `review=true`'),
    unknown: counted('Whose newest text belongs to no campaign: `unknown=true`, `closed=false`'),
    all: z.int().min(0),
    atMost: z
      .int()
      .meta({ description: 'Counted up to so many: where it is that, there may be more', example: 1_000 }),
    assignees: z
      .array(z.object({ name: z.string(), conversations: z.int().min(1) }))
      .meta({ description: 'Who looks after conversations that are not closed, by name' }),
  })
  .meta({ id: 'ConversationCounts' });

const upTo = z
  .uuid()
  .optional()
  .meta({ description: '`upTo` of the conversation when it was looked at; left out: all that are there' });

export const conversationChangeSchema = z
  .strictObject({
    state: stateSchema.optional().meta({
      description:
        'Closing it says that nothing in it wants an answer any more. A text for people opens it again',
    }),
    snoozedUntil: instant.optional().meta({ description: 'With `snoozed`: when it opens by itself' }),
    assignee: assigneeSchema.nullable().optional().meta({ description: 'Who looks after it; null: nobody' }),
    tags: z.array(tagSchema).max(MOST_TAGS).optional(),
    agentMode: modeSchema.nullable().optional().meta({
      description:
        'Whether the agent answers in it; null: its campaign or number decides. `off` holds at once for an answer that is not written yet',
    }),
    upTo: upTo.meta({
      description:
        'With `closed`: `upTo` of the conversation when it was looked at. It is not closed over a text that has come since',
    }),
  })
  .refine(({ snoozedUntil, state }) => (state === 'snoozed') === (snoozedUntil !== undefined), {
    path: ['snoozedUntil'],
    message: 'goes together with the state snoozed: until when?',
  })
  .refine(({ state, upTo: seen }) => seen === undefined || state === 'closed', {
    path: ['upTo'],
    message: 'goes together with the state closed',
  })
  .meta({
    id: 'ConversationChange',
    description: 'What is left out stays as it is',
    example: { state: 'closed', tags: ['billing'] },
  });

const takenAsSchema = z.enum(takenAs).meta({
  id: 'TakenAs',
  description:
    '`people`: only people can answer it. `dialog`: answered by itself. `lesson`: an answer to the question of a lesson. `consent`: it stops, starts or asks for help. `stopped`: from somebody who gets nothing any more. `untold`: the dialog has said nothing of it for minutes, so people have it',
});

const textParts = {
  campaignId: z.uuid().nullable(),
  takenAs: takenAsSchema.nullable().meta({ description: 'Null: not known yet' }),
  needsReply: z.boolean(),
  readAt: instant.nullable(),
  answeredAt: instant.nullable(),
};

const wireTextParts = (row: TextRow) => ({
  campaignId: row.campaignId,
  takenAs: row.takenAs,
  needsReply: wantsAnswer(row.takenAs) && row.answeredAt === null,
  readAt: row.readAt?.toISOString() ?? null,
  answeredAt: row.answeredAt?.toISOString() ?? null,
});

/** A text of theirs, or a message of ours. */
export const saidSchema = z
  .object({
    id: z.uuid(),
    direction: z.enum(['inbound', 'outbound']),
    at: instant.meta({ description: 'When it came in, or was written' }),
    channel: messageChannelSchema,
    ourNumber: shownSender,
    body: z.string(),
    mediaUrls: z.array(z.string()),
    inbound: z
      .object({ session: z.int().min(1), ...textParts })
      .nullable()
      .meta({ description: 'Of a text of theirs' }),
    outbound: z
      .object({
        channel: messageChannelSchema.meta({ description: '`voice`: a call; `body` is what it had to say' }),
        state: z.enum(messageStates),
        call: callFactsSchema
          .nullable()
          .meta({ description: 'What became of a call; null: a text, or nothing is known yet' }),
        status: statusSchema
          .nullable()
          .meta({ description: 'What the carrier said of it last; null: nothing yet' }),
        rule: z.string().nullable(),
        says: z.string().nullable().meta({ description: 'The rule in words, where it is one of the gate' }),
        heldUntil: instant.nullable(),
        intent: z.enum(intents),
        campaignId: z.uuid().nullable(),
        answeredBy: z.string().nullable().meta({ description: 'Who wrote it; null: nobody did by hand' }),
      })
      .nullable()
      .meta({ description: 'Of a message of ours' }),
  })
  .meta({ id: 'SaidInConversation' });

export const wireText = (row: TextRow): z.input<typeof saidSchema> => ({
  id: row.id,
  direction: 'inbound',
  at: row.at.toISOString(),
  channel: messageChannelOf('sms', row.ourNumber),
  ourNumber: row.ourNumber,
  body: row.body,
  mediaUrls: row.mediaUrls,
  inbound: { session: row.session, ...wireTextParts(row) },
  outbound: null,
});

export const wireMessage = (row: MessageRow): z.input<typeof saidSchema> => ({
  id: row.id,
  direction: 'outbound',
  at: row.at.toISOString(),
  channel: messageChannelOf(row.channel, row.from),
  ourNumber: row.from,
  body: row.body,
  mediaUrls: row.mediaUrls,
  inbound: null,
  outbound: {
    channel: messageChannelOf(row.channel, row.from),
    state: row.state,
    call: row.call,
    status: row.status,
    rule: row.rule,
    says: ruleInWords(row.rule),
    heldUntil: row.heldUntil?.toISOString() ?? null,
    intent: row.intent,
    campaignId: row.campaignId,
    answeredBy: row.answeredBy,
  },
});

export const outlookSchema = z
  .object({
    verdict: z
      .enum(['queued', 'held', 'blocked'])
      .meta({ description: 'What the gate would say of an answer that is written now' }),
    heldUntil: instant.nullable().meta({ description: 'Held: when it would go' }),
    goesUntil: instant.nullable().meta({ description: 'Queued: until when it may go as it is' }),
    rule: z.string().meta({ description: 'The rule of the gate that decides', example: 'quiet_hours' }),
    says: z.string().meta({ description: 'The same in words' }),
    intent: z.enum(intents).meta({ description: 'As what it would go: an answer, or a planned message' }),
    zones: z.array(z.string()).meta({
      description: 'IANA zones that the person may be in, as the rules see it',
      example: ['America/New_York'],
    }),
    zoneSource: z.enum(placeSources).meta({ description: 'What says so' }),
  })
  .meta({ id: 'AnswerOutlook' });

export const decidedSchema = z
  .object({
    id: z.string(),
    at: instant,
    by: z.string().nullable(),
    assignee: z
      .object({ before: z.string().nullable(), after: z.string().nullable() })
      .nullable()
      .meta({ description: 'Who looked after it and does now; null: that did not change' }),
    state: z
      .object({ before: stateSchema, after: stateSchema, snoozedUntil: instant.nullable() })
      .nullable()
      .meta({ description: 'Null: that did not change' }),
    agentMode: z
      .object({ before: modeSchema.nullable(), after: modeSchema.nullable() })
      .nullable()
      .meta({ description: 'Whether the agent answers in it; null: that did not change' }),
  })
  .meta({ id: 'ConversationDecision' });

export const wireDecision = ({
  after,
  at,
  before,
  by,
  position,
}: DecisionRow): z.input<typeof decidedSchema> => ({
  id: String(position),
  at: at.toISOString(),
  by,
  assignee: before.assignee === after.assignee ? null : { before: before.assignee, after: after.assignee },
  state:
    before.state === after.state && before.snoozedUntil === after.snoozedUntil
      ? null
      : { before: before.state, after: after.state, snoozedUntil: after.snoozedUntil },
  agentMode:
    (before.agentMode ?? null) === (after.agentMode ?? null)
      ? null
      : { before: before.agentMode ?? null, after: after.agentMode ?? null },
});

export const answerSchema = z
  .strictObject({
    body: storableText.pipe(z.string().trim().max(LONGEST_BODY)).default(''),
    mediaUrls: z
      .array(z.url({ protocol: /^https$/, error: 'must be an https URL' }).max(2_000))
      .max(MOST_MEDIA)
      .default([])
      .meta({ description: 'By WhatsApp one at most' }),
    upTo,
  })
  .refine(({ body, mediaUrls }) => body !== '' || mediaUrls.length > 0, {
    path: ['body'],
    message: 'must not be empty where there is no picture',
  })
  .meta({ id: 'NewAnswer', example: { body: 'The clinic is open until five today.' } });

export const readSchema = z.strictObject({ upTo }).meta({ id: 'ReadConversation', example: {} });

export const newNoteSchema = z
  .strictObject({ body: storableText.pipe(z.string().trim().min(1).max(LONGEST_NOTE)) })
  .meta({ id: 'NewNote', example: { body: 'Called back, will come on Monday.' } });

export const noteSchema = z
  .object({
    id: z.string(),
    phoneNumber: shownPhone.meta({ description: 'Whom the conversation is with' }),
    body: z.string(),
    writtenBy: z.string(),
    writtenAt: instant,
  })
  .meta({ id: 'ConversationNote' });

export const wireNote = (note: Note, phoneNumber: string): z.input<typeof noteSchema> => ({
  id: String(note.position),
  phoneNumber,
  body: note.body,
  writtenBy: note.writtenBy,
  writtenAt: note.writtenAt.toISOString(),
});

export const campaignReplySchema = z
  .object({
    id: z.uuid(),
    phoneNumber: z.string().meta({ description: 'Of somebody who was erased, what stands in its place' }),
    contactId: z.uuid().nullable().meta({ description: 'Whose number it was when the text came' }),
    ourNumber: shownSender,
    receivedAt: instant,
    body: z.string(),
    mediaUrls: z.array(z.string()),
    counts: z.boolean().meta({ description: 'Whether it counts as an answer to the campaign' }),
    keyword: z
      .string()
      .nullable()
      .meta({ description: 'The accepted keyword of the campaign that it is, in lower case; null: none' }),
    ...textParts,
  })
  .meta({ id: 'CampaignReply' });

export const wireCampaignReply = (row: CampaignReplyRow): z.input<typeof campaignReplySchema> => ({
  id: row.id,
  phoneNumber: row.phoneNumber,
  contactId: row.contactId,
  ourNumber: row.ourNumber,
  receivedAt: row.at.toISOString(),
  body: row.body,
  mediaUrls: row.mediaUrls,
  counts: countsForCampaign(row.takenAs, row.ofLesson),
  keyword: row.keyword,
  ...wireTextParts(row),
});
