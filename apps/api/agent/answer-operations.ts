import { z } from 'zod';
import { agentAnswerStates } from '#shared/agent/answers.ts';
import { responderNames } from '#shared/agent/responder.ts';
import { MICROS, type Prices } from '#shared/campaigns/prices.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { agentMessageId } from '#shared/identity.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Conversation } from '#shared/replies/conversation.ts';
import type { ConversationParts } from '../conversations/change-operations.ts';
import { lockedWithPhone, writeAnswer } from '../conversations/write-answer.ts';
import { decodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { shownPhone, shownSender } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { uuid } from '../http/words.ts';
import { nameOf } from '../identity/identity.ts';
import { ruleInWords } from '../messages/plan.ts';
import { judgedSchema, LONGEST_BODY } from '../messages/schemas.ts';
import {
  type AgentAnswerRow,
  type AgentAnswersSent,
  decideDraft,
  listAgentAnswers,
  lockAgentAnswer,
  readAgentAnswer,
  readAgentAnswersSent,
  readAgentFigures,
} from './answer-store.ts';
import { tag } from './rule-operations.ts';

const params = z.strictObject({ id: uuid });
const position = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.uuid() });
const DAYS_SHOWN = 30;
const DAY_MS = 24 * 3_600_000;

const stateSchema = z.enum(agentAnswerStates).meta({
  id: 'AgentAnswerState',
  description:
    '`due`: the agent has it. `drafted`: a person is to send or reject its answer. `handed_over`: people are to answer. `silent`: it wants no answer. `overtaken`: somebody or something else was first',
});

const answerSchema = z
  .object({
    id: z.uuid().meta({ description: 'Of the text' }),
    conversationId: z.uuid(),
    phoneNumber: shownPhone,
    ourNumber: shownSender,
    campaignId: z.uuid().nullable(),
    mode: z.enum(['draft', 'automatic']).meta({ description: 'When the text was given to the agent' }),
    state: stateSchema,
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why people have it, or why its answer came to nothing' }),
    detail: z.string().nullable().meta({ description: 'Of a fault, or the rule of the gate' }),
    givenAt: instant,
    source: z.enum(responderNames).nullable().meta({ description: 'Null: nobody was asked' }),
    sourceVersion: z.string().nullable(),
    topic: z.string().nullable().meta({ description: 'Of the rule' }),
    input: z.string().nullable().meta({ description: 'The text as it was given' }),
    turns: z.int().nullable().meta({ description: 'Texts and messages before it that were given with it' }),
    output: z.string().nullable().meta({ description: 'As it came from the responder' }),
    body: z.string().nullable().meta({ description: 'Made fit for SMS: the draft, or what was sent' }),
    edited: z.boolean().meta({ description: 'A person sent other words instead' }),
    firstMs: z.int().nullable().meta({ description: 'Until the first of the answer was there' }),
    answerMs: z.int().nullable().meta({ description: 'Until all of it was there' }),
    inputTokens: z.int().nullable(),
    outputTokens: z.int().nullable(),
    messageId: z.uuid().nullable(),
    settledAt: instant.nullable(),
    settledBy: z.string().nullable().meta({ description: 'Who sent or rejected the draft' }),
  })
  .meta({ id: 'AgentAnswer' });

const wire = ({ position: _, ...row }: AgentAnswerRow): z.input<typeof answerSchema> => ({
  ...row,
  givenAt: row.givenAt.toISOString(),
  settledAt: row.settledAt?.toISOString() ?? null,
});

const figuresSchema = z
  .object({
    since: instant,
    until: instant,
    given: z.int().meta({ description: 'Texts that the agent was given' }),
    sent: z.int(),
    sentByPeople: z.int().meta({ description: 'Of those sent: drafts that a person sent' }),
    edited: z.int().meta({ description: 'Of those: in other words' }),
    rejected: z.int(),
    drafted: z.int().meta({ description: 'That wait for a person' }),
    handedOver: z.int(),
    silent: z.int(),
    overtaken: z.int(),
    due: z.int(),
    escalation: z.number().nullable().meta({
      description:
        'Share of the texts that were handed over, of those of which it is known what became of them and that nobody else was first with',
    }),
    p50Ms: z.int().nullable().meta({ description: 'Until the responder had an answer: half of them' }),
    p95Ms: z.int().nullable().meta({ description: 'The same: 95 of 100' }),
    inputTokens: z.int(),
    outputTokens: z.int(),
    atCarrier: z.int().meta({ description: 'Answers that carriers took, as far as the log knows by now' }),
    delivered: z.int(),
    undelivered: z.int().meta({ description: 'Of those: that did not arrive' }),
    deliveryShare: z.number().nullable().meta({
      description:
        'Share of those delivered, of those of which the carrier said whether they were; null: of none',
    }),
    cost: z
      .object({
        amount: z.string().meta({ description: 'Decimal, by the prices of segments', example: '0.0166' }),
        perAnswer: z
          .string()
          .nullable()
          .meta({ description: 'Decimal; null: nothing was sent', example: '0.0083' }),
        currency: z.string(),
      })
      .meta({ description: 'What carriers are paid for the answers, without what the responder costs' }),
    reasons: z
      .array(z.object({ reason: z.string(), count: z.int() }))
      .meta({ description: 'Why people had texts' }),
  })
  .meta({ id: 'AgentFigures' });

const sendSchema = z
  .strictObject({
    body: storableText
      .pipe(z.string().trim().min(1).max(LONGEST_BODY))
      .optional()
      .meta({ description: 'Other words; left out: the draft as it is' }),
  })
  .meta({ id: 'SendAgentDraft', example: {} });

const rejectSchema = z.strictObject({}).meta({ id: 'RejectAgentDraft', example: {} });

const noSuchAnswer = (): Problem => new Problem('not_found', 'The agent was not given such a text.');

/** A draft that waits, with its conversation and phone, all locked. */
async function lockDraft(
  tx: Transaction,
  id: string,
): Promise<{ draft: AgentAnswerRow & { body: string }; conversation: Conversation }> {
  const found = await readAgentAnswer(tx, id);
  if (found === null) throw noSuchAnswer();
  const isGone = new Problem(
    'conflict',
    'There is no draft that waits: it was sent, rejected, or came to nothing.',
  );
  if (found.state !== 'drafted') throw isGone;
  const conversation = await lockedWithPhone(tx, found.conversationId);
  const draft = await lockAgentAnswer(tx, id);
  if (draft === null || draft.state !== 'drafted' || draft.body === null) throw isGone;
  return { draft: { ...draft, body: draft.body }, conversation };
}

/** What the agent was given, what it made of it, and what people make of its drafts. */
export const agentAnswerOperations = (
  parts: ConversationParts & { prices: Prices },
): readonly Operation[] => [
  read({
    id: 'listAgentAnswers',
    path: '/v1/agent-answers',
    tag,
    summary: 'Lists texts that the agent was given, newest first, with what became of them',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      conversation: uuid.optional().meta({ description: 'Of this conversation alone' }),
      state: stateSchema.optional(),
    }),
    replies: { 200: { description: 'A page of them', body: pageOf(answerSchema, 'AgentAnswerPage') } },
    handle: async ({ query: { conversation, cursor, limit, state } }, db) => {
      const rows = await listAgentAnswers(db, {
        conversationId: conversation ?? null,
        state: state ?? null,
        after: decodeCursor(position, cursor),
        limit: limit + 1,
      });
      const body = page(rows, limit, { item: wire, positionOf: (row) => ({ at: row.position, id: row.id }) });
      return reply(200, body);
    },
  }),
  read({
    id: 'getAgentFigures',
    path: '/v1/agent-figures',
    tag,
    summary: 'Says how the agent did: answers, hand-overs, times, tokens, what arrived and what it cost',
    access: 'viewer',
    query: z.strictObject({
      since: instant.optional().meta({ description: `Left out: ${DAYS_SHOWN} days before` }),
      until: instant.optional().meta({ description: 'Left out: now' }),
    }),
    replies: { 200: { description: 'The figures', body: figuresSchema } },
    handle: async ({ query }, db) => {
      const until = query.until === undefined ? parts.clock.now() : new Date(query.until);
      const since =
        query.since === undefined ? new Date(until.getTime() - DAYS_SHOWN * DAY_MS) : new Date(query.since);
      const figures = await readAgentFigures(db, { since, until });
      const settled = figures.given - figures.due - figures.overtaken;
      const carried = await readAgentAnswersSent(db, { since, until });
      const sum = (of: (each: AgentAnswersSent) => number): number =>
        carried.reduce((total, each) => total + of(each), 0);
      const [atCarrier, delivered, undelivered] = [
        sum(({ sent }) => sent),
        sum((each) => each.delivered),
        sum((each) => each.undelivered),
      ];
      const { currency, segment } = parts.prices;
      const micros = sum(({ carrier, segments }) => segments * segment[carrier].micros);
      return reply(200, {
        since: since.toISOString(),
        until: until.toISOString(),
        ...figures,
        escalation: settled === 0 ? null : figures.handedOver / settled,
        atCarrier,
        delivered,
        undelivered,
        deliveryShare: delivered + undelivered === 0 ? null : delivered / (delivered + undelivered),
        cost: {
          amount: String(micros / MICROS),
          perAnswer: atCarrier === 0 ? null : String(Math.round(micros / atCarrier) / MICROS),
          currency,
        },
      });
    },
  }),
  read({
    id: 'getAgentAnswer',
    path: '/v1/agent-answers/{id}',
    tag,
    summary: 'What the agent made of a text',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The answer', body: answerSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const row = await readAgentAnswer(db, id);
      if (row === null) throw noSuchAnswer();
      return reply(200, wire(row));
    },
  }),
  change({
    id: 'sendAgentDraft',
    method: 'post',
    path: '/v1/agent-answers/{id}/send',
    tag,
    summary: 'Sends the draft of the agent, as it is or in other words',
    description:
      'As an answer by hand: from the number that they texted, through the gate. A draft is sent once. It is not sent over a text that has come since, nor where the gate says never.',
    access: 'operator',
    params,
    body: sendSchema,
    replies: { 201: { description: 'The message is kept, and judged', body: judgedSchema } },
    problems: ['not_found', 'conflict', 'changed_meanwhile'],
    handle: async ({ body: given, identity, params: { id } }, { tx, audit }) => {
      const { conversation, draft } = await lockDraft(tx, id);
      if (conversation.lastReplyId !== id) {
        throw new Problem(
          'changed_meanwhile',
          'A text has come since the draft was made. Get the conversation first.',
        );
      }
      const by = nameOf(identity);
      const messageId = agentMessageId(id);
      const body = given.body ?? draft.body;
      const { from, intent, planned } = await writeAnswer(
        tx,
        conversation,
        { messageId, body, mediaUrls: [], by, upTo: id },
        parts,
      );
      const { rule, verdict } = planned;
      if (verdict === 'blocked') throw new Problem('conflict', `It may not go: ${ruleInWords(rule) ?? rule}`);
      const edited = body !== draft.body;
      await decideDraft(tx, id, { state: 'sent', messageId, edited, by, at: parts.clock.now() });
      const { phoneNumber } = conversation;
      audit({
        subject: 'conversation',
        subjectId: conversation.conversationId,
        action: 'draft sent',
        before: null,
        after: { phoneNumber, textId: id, messageId, edited, from, intent, verdict, rule },
      });
      const heldUntil = planned.verdict === 'held' ? (planned.until?.toISOString() ?? null) : null;
      return reply(
        201,
        { id: messageId, phoneNumber, verdict, heldUntil, rule, says: ruleInWords(rule) ?? rule },
        { headers: { location: `/v1/messages/${messageId}` } },
      );
    },
    beforeAnswer: async () => parts.publish('conversations', { changedAt: parts.clock.now().toISOString() }),
  }),
  change({
    id: 'rejectAgentDraft',
    method: 'post',
    path: '/v1/agent-answers/{id}/reject',
    tag,
    summary: 'Says that the draft of the agent is not to be sent',
    description: 'The text still wants an answer by somebody.',
    access: 'operator',
    params,
    body: rejectSchema,
    replies: { 200: { description: 'The draft as it is now', body: answerSchema } },
    problems: ['not_found', 'conflict'],
    handle: async ({ identity, params: { id } }, { tx, audit }) => {
      const { conversation } = await lockDraft(tx, id);
      await decideDraft(tx, id, {
        state: 'rejected',
        messageId: null,
        edited: false,
        by: nameOf(identity),
        at: parts.clock.now(),
      });
      audit({
        subject: 'conversation',
        subjectId: conversation.conversationId,
        action: 'draft rejected',
        before: null,
        after: { phoneNumber: conversation.phoneNumber, textId: id },
      });
      const row = await readAgentAnswer(tx, id);
      if (row === null) throw noSuchAnswer();
      return reply(200, wire(row));
    },
    beforeAnswer: async () => parts.publish('conversations', { changedAt: parts.clock.now().toISOString() }),
  }),
];
