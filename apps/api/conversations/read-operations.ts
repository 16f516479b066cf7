import { z } from 'zod';
import { keywordKey } from '#shared/campaigns/accepted-keywords.ts';
import { isCampaign } from '#shared/campaigns/store.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { beginningWith } from '../contacts/selection.ts';
import { decodeCursor, encodeCursor, page, pageOf, pageQuery } from '../http/cursor.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { toldPhone } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { uuid } from '../http/words.ts';
import { nameOf } from '../identity/identity.ts';
import { type PlanParts, ruleInWords } from '../messages/plan.ts';
import { foreseeAnswer } from './intent.ts';
import {
  assigneeSchema,
  campaignReplySchema,
  conversationSchema,
  countsSchema,
  decidedSchema,
  MOST_ASSIGNEES,
  MOST_COUNTED,
  noteSchema,
  outlookSchema,
  saidSchema,
  shownVersion,
  stateSchema,
  tagSchema,
  wireCampaignReply,
  wireConversation,
  wireDecision,
  wireMessage,
  wireNote,
  wireText,
} from './schemas.ts';
import {
  type ConversationRow,
  countConversations,
  type DecisionRow,
  listAssignees,
  listCampaignReplies,
  listConversations,
  listDecisions,
  listNotes,
  readConversation,
  readMessages,
  readTexts,
} from './store.ts';
import { timelinePage } from './timeline.ts';

export const tag = 'Conversations';
export const params = z.strictObject({ id: uuid });
export const noSuchConversation = (): Problem => new Problem('not_found', 'There is no such conversation.');

export async function known(db: Queryable, id: string): Promise<ConversationRow> {
  const conversation = await readConversation(db, id);
  if (conversation === null) throw noSuchConversation();
  return conversation;
}

/** A place in a list that is ordered by time and id. */
const position = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.uuid() });

/** A place in a conversation, on each of its sides; what is left out has not begun. */
const timelinePosition = z.object({
  ordinal: z.int().min(0).optional(),
  ...position.partial().shape,
});

const textIn = ({ at, id }: z.output<typeof timelinePosition>) =>
  at === undefined || id === undefined ? null : { at, id };

const yesOrNo = z
  .enum(['true', 'false'])
  .transform((word) => word === 'true')
  .optional();

const ofDecision = z.object({ position: z.int().min(1) });

export const conversationReads = (parts: PlanParts): readonly Operation[] => [
  read({
    id: 'countConversations',
    path: '/v1/conversation-counts',
    tag,
    summary: 'Counts conversations by what is to be done in them',
    description: 'Each number is how many a list has: its description names the filters of that.',
    access: 'viewer',
    replies: { 200: { description: 'The counts', body: countsSchema } },
    handle: async ({ identity }, db) => {
      const counts = await countConversations(db, { assignee: nameOf(identity), atMost: MOST_COUNTED });
      const assignees = await listAssignees(db, MOST_ASSIGNEES);
      return reply(200, { ...counts, atMost: MOST_COUNTED, assignees });
    },
  }),
  read({
    id: 'listConversations',
    path: '/v1/conversations',
    tag,
    summary: 'Lists conversations, the newest activity first',
    description: 'Filters go together: `needsReply=true&unassigned=true` is what nobody looks after yet.',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      phone: toldPhone.optional(),
      q: storableText
        .pipe(z.string().min(1).max(200))
        .optional()
        .meta({ description: 'What the name of the contact begins with; case does not count' }),
      state: stateSchema.optional(),
      closed: yesOrNo.meta({ description: 'Whether it is closed, or in any other state' }),
      needsReply: yesOrNo.meta({ description: 'Whether somebody has to answer a text' }),
      unread: yesOrNo.meta({ description: 'Whether there are texts for people that nobody has looked at' }),
      assignee: assigneeSchema.optional(),
      unassigned: yesOrNo.meta({ description: 'Whether nobody looks after it' }),
      tag: tagSchema.optional(),
      campaign: uuid.optional().meta({ description: 'That its newest text belongs to' }),
      unknown: yesOrNo.meta({ description: 'Whether its newest text belongs to no campaign' }),
      review: yesOrNo.meta({
        description: 'Whether somebody has to judge if a text of theirs opts out (`/v1/reviews`)',
      }),
    }),
    replies: {
      200: { description: 'A page of conversations', body: pageOf(conversationSchema, 'ConversationPage') },
    },
    handle: async ({ query }, db) => {
      const rows = await listConversations(db, {
        phone: query.phone ?? null,
        named: query.q === undefined ? null : beginningWith(query.q),
        state: query.state ?? null,
        closed: query.closed ?? null,
        review: query.review ?? null,
        needsReply: query.needsReply ?? null,
        unread: query.unread ?? null,
        assignee: query.assignee ?? null,
        unassigned: query.unassigned ?? null,
        tag: query.tag ?? null,
        campaign: query.campaign ?? null,
        unknown: query.unknown ?? null,
        after: decodeCursor(position, query.cursor),
        limit: query.limit + 1,
      });
      const body = page(rows, query.limit, {
        item: wireConversation,
        positionOf: (row) => ({ at: row.position, id: row.id }),
      });
      return reply(200, body);
    },
  }),
  read({
    id: 'getConversation',
    path: '/v1/conversations/{id}',
    tag,
    summary: 'Gets a conversation',
    access: 'viewer',
    params,
    replies: { 200: { description: 'The conversation', body: conversationSchema, versioned: true } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const row = await known(db, id);
      return reply(200, wireConversation(row), { version: shownVersion(row) });
    },
  }),
  read({
    id: 'getAnswerOutlook',
    path: '/v1/conversations/{id}/outlook',
    tag,
    summary: 'Says what would become of an answer that is written now, and why',
    description:
      'As the gate judges at this moment; it judges again when the answer is written, and before it goes.',
    access: 'viewer',
    params,
    replies: { 200: { description: 'What the gate would say', body: outlookSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const { lastTextAt: receivedAt, ourNumber, phoneNumber } = await known(db, id);
      if (receivedAt === null || ourNumber === null) throw noSuchConversation();
      const { decision, intent } = await foreseeAnswer(db, phoneNumber, { ourNumber, receivedAt }, parts);
      const { inputs, rule, verdict } = decision;
      return reply(200, {
        verdict: ({ send: 'queued', hold: 'held', block: 'blocked' } as const)[verdict],
        heldUntil: decision.verdict === 'hold' ? new Date(decision.until).toISOString() : null,
        goesUntil: decision.verdict === 'send' ? new Date(decision.validUntil).toISOString() : null,
        rule,
        says: ruleInWords(rule) ?? rule,
        intent,
        zones: [...inputs.location.zones],
        zoneSource: inputs.location.zoneSource,
      });
    },
  }),
  read({
    id: 'listConversationDecisions',
    path: '/v1/conversations/{id}/decisions',
    tag,
    summary: 'Who gave a conversation to whom, closed it, opened it or put it off, newest first',
    access: 'viewer',
    params,
    query: z.strictObject(pageQuery),
    replies: {
      200: { description: 'A page of them', body: pageOf(decidedSchema, 'ConversationDecisionPage') },
    },
    problems: ['not_found'],
    handle: async ({ params: { id }, query: { cursor, limit } }, db) => {
      await known(db, id);
      const before = decodeCursor(ofDecision, cursor)?.position ?? null;
      const rows = await listDecisions(db, id, { before, limit: limit + 1 });
      const positionOf = ({ position }: DecisionRow) => ({ position });
      return reply(200, page(rows, limit, { item: wireDecision, positionOf }));
    },
  }),
  read({
    id: 'listConversationMessages',
    path: '/v1/conversations/{id}/messages',
    tag,
    summary: 'What was said in a conversation, by them and by us',
    description:
      'Everything that was written to the number is part of it, whoever or whatever wrote it: also what waits, and what will not go and why.',
    access: 'viewer',
    params,
    query: z.strictObject({
      ...pageQuery,
      order: z
        .enum(['newest', 'oldest'])
        .default('newest')
        .meta({ description: 'Which is read first. A cursor goes on in the order that it was answered in' }),
    }),
    replies: { 200: { description: 'A page of it', body: pageOf(saidSchema, 'SaidPage') } },
    problems: ['not_found'],
    handle: async ({ params: { id }, query: { cursor, limit, order } }, db) => {
      const { phoneNumber: phone } = await known(db, id);
      const after = decodeCursor(timelinePosition, cursor) ?? {};
      const [texts, messages] = [
        await readTexts(db, { phone, order, after: textIn(after), limit: limit + 1 }),
        await readMessages(db, { phone, order, after: after.ordinal ?? null, limit: limit + 1 }),
      ];
      const { isMore, items, shown } = timelinePage({ texts, messages }, limit, order);
      const [lastText, lastMessage] = [texts[shown.texts - 1], messages[shown.messages - 1]];
      const ordinal = lastMessage?.ordinal ?? after.ordinal;
      const next = {
        ...(ordinal === undefined ? {} : { ordinal }),
        ...(lastText === undefined ? textIn(after) : { at: lastText.position, id: lastText.id }),
      };
      return reply(200, {
        items: items.map((each) =>
          each.direction === 'inbound' ? wireText(each.text) : wireMessage(each.message),
        ),
        nextCursor: isMore ? encodeCursor(next) : null,
      });
    },
  }),
  read({
    id: 'listConversationNotes',
    path: '/v1/conversations/{id}/notes',
    tag,
    summary: 'Notes of a conversation, newest first',
    access: 'viewer',
    params,
    query: z.strictObject(pageQuery),
    replies: { 200: { description: 'A page of notes', body: pageOf(noteSchema, 'ConversationNotePage') } },
    problems: ['not_found'],
    handle: async ({ params: { id }, query: { cursor, limit } }, db) => {
      const { phoneNumber } = await known(db, id);
      const before = decodeCursor(z.object({ position: z.int().min(1) }), cursor)?.position ?? null;
      const notes = await listNotes(db, id, { before, limit: limit + 1 });
      const body = page(notes, limit, {
        item: (note) => wireNote(note, phoneNumber),
        positionOf: (note) => ({ position: note.position }),
      });
      return reply(200, body);
    },
  }),
  read({
    id: 'listCampaignReplies',
    path: '/v1/campaigns/{id}/replies',
    tag: 'Campaigns',
    summary: 'Texts that belong to a campaign, newest first',
    description:
      'A text belongs to the campaign that had last texted its number from the number that it went to. A campaign of lessons texts when a lesson begins. It counts as an answer when it is neither a word about consent nor the answer to a lesson that another campaign began, or nobody.',
    access: 'viewer',
    params,
    query: z.strictObject({
      ...pageQuery,
      counts: yesOrNo.meta({ description: 'Only those that count as answers, or only the others' }),
      keyword: storableText
        .min(1)
        .max(100)
        .optional()
        .meta({ description: 'Only those that are this accepted keyword of the campaign', example: 'YES' }),
    }),
    replies: {
      200: { description: 'A page of texts', body: pageOf(campaignReplySchema, 'CampaignReplyPage') },
    },
    problems: ['not_found'],
    handle: async ({ params: { id }, query }, db) => {
      if (!(await isCampaign(db, id))) throw new Problem('not_found', 'There is no such campaign.');
      const rows = await listCampaignReplies(db, {
        campaignId: id,
        counted: query.counts ?? null,
        keyword: query.keyword === undefined ? null : keywordKey(query.keyword),
        after: decodeCursor(position, query.cursor),
        limit: query.limit + 1,
      });
      const body = page(rows, query.limit, {
        item: wireCampaignReply,
        positionOf: (row) => ({ at: row.position, id: row.id }),
      });
      return reply(200, body);
    },
  }),
];
