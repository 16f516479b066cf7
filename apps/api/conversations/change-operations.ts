import { overtake } from '#shared/agent/answers.ts';
import { MOST_WHATSAPP_MEDIA } from '#shared/carriers/whatsapp.ts';
import type { Publish } from '#shared/live-events/publish.ts';
import { cancelTurnedOff } from '#shared/messages/cancel-turned-off.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { markTexts } from '#shared/replies/answered.ts';
import type { Conversation } from '#shared/replies/conversation.ts';
import { change, type Operation, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { checkVersion } from '../http/version.ts';
import { nameOf } from '../identity/identity.ts';
import { type PlanParts, ruleInWords } from '../messages/plan.ts';
import { judgedSchema } from '../messages/schemas.ts';
import { known, noSuchConversation, params, tag } from './read-operations.ts';
import {
  answerSchema,
  conversationChangeSchema,
  conversationSchema,
  newNoteSchema,
  noteSchema,
  readSchema,
  shownVersion,
  wireConversation,
  wireNote,
} from './schemas.ts';
import { type Decided, insertNote, isTextOf, readDecided, writeDecided } from './store.ts';
import { locked, lockedWithPhone, writeAnswer } from './write-answer.ts';

/** What the audit log keeps: never what was said. */
export const audited = (
  phoneNumber: string,
  { agentMode, assignee, snoozedUntil, state, tags }: Decided,
) => ({
  phoneNumber,
  state,
  snoozedUntil,
  assignee,
  tags: tags.length,
  agentMode,
});

async function checkTextOf(tx: Transaction, phone: string, upTo: string | undefined): Promise<void> {
  if (upTo === undefined || (await isTextOf(tx, phone, upTo))) return;
  throw new Problem('invalid_request', 'There is no such text in the conversation.', {
    faults: [{ in: 'body', pointer: '/upTo', detail: 'is no text of this conversation' }],
  });
}

/** 400 where of several files only the first would arrive. */
function checkFiles({ ourNumber }: Conversation, mediaUrls: readonly string[]): void {
  if (ourNumber === null || !isWhatsApp(ourNumber) || mediaUrls.length <= MOST_WHATSAPP_MEDIA) return;
  throw new Problem(
    'invalid_request',
    'A message by WhatsApp takes one file: send the others by themselves.',
    {
      faults: [
        { in: 'body', pointer: '/mediaUrls', detail: 'must be one file at most: it goes by WhatsApp' },
      ],
    },
  );
}

export interface ConversationParts extends PlanParts {
  /** Tells whoever watches. */
  publish: Publish;
}

export const conversationChanges = (parts: ConversationParts): readonly Operation[] => [
  updateConversation(parts),
  answerInConversation(parts),
  readInConversation(parts),
  noteOnConversation(parts),
];

/** Between the commit and the answer: whoever fetches again then sees what was changed. */
export const telling = ({ clock, publish }: ConversationParts) => ({
  beforeAnswer: async (): Promise<void> => publish('conversations', { changedAt: clock.now().toISOString() }),
});

const updateConversation = (parts: ConversationParts): Operation =>
  change({
    ...telling(parts),
    id: 'updateConversation',
    method: 'patch',
    path: '/v1/conversations/{id}',
    tag,
    summary:
      'Changes the state, the assignee or the tags of a conversation, or whether the agent answers in it',
    access: 'operator',
    requiresVersion: true,
    params,
    body: conversationChangeSchema,
    replies: {
      200: { description: 'The conversation as it is now', body: conversationSchema, versioned: true },
    },
    problems: ['not_found'],
    handle: async ({ body, ifMatch, params: { id } }, { tx, audit }) => {
      const now = parts.clock.now();
      const { phoneNumber } = await known(tx, id);
      const endsAgent = (body.agentMode ?? 'automatic') !== 'automatic' || body.assignee != null;
      // Before the conversation, as everybody locks them: under it messages are taken back.
      if (endsAgent) await lockKnownPhones(tx, [phoneNumber]);
      const before = await readDecided(tx, id);
      if (before === null) throw noSuchConversation();
      checkVersion(before, ifMatch);
      const until = body.snoozedUntil === undefined ? null : new Date(body.snoozedUntil);
      if (until !== null && until <= now) {
        throw new Problem('invalid_request', 'Until when is the conversation put off?', {
          faults: [{ in: 'body', pointer: '/snoozedUntil', detail: 'must be in the future' }],
        });
      }
      const fromAgent = body.agentMode === 'off' && (await turnAgentOff(tx, id, now));
      const decided: Decided = {
        state: body.state ?? (fromAgent && before.state === 'pending' ? 'open' : before.state),
        snoozedUntil: body.state === undefined ? before.snoozedUntil : until,
        assignee: body.assignee === undefined ? before.assignee : body.assignee,
        tags: body.tags === undefined ? before.tags : [...new Set(body.tags)],
        agentMode: body.agentMode === undefined ? before.agentMode : body.agentMode,
      };
      await writeDecided(tx, id, decided);
      // What the agent wrote and what is held would be taken back in its claim, hours later; people have the text now.
      if (endsAgent) await cancelTurnedOff(tx, [phoneNumber]);
      if (body.state === 'closed') await settleTexts(tx, { id, phoneNumber }, { upTo: body.upTo, now });
      // Whoever decides what becomes of a conversation has it: also where that is the state which the agent gives it.
      else if (body.state !== undefined)
        await overtake(tx, [id], { reason: 'taken_over', mode: 'automatic', now });
      audit({
        subject: 'conversation',
        subjectId: id,
        action: 'updated',
        before: audited(phoneNumber, before),
        after: audited(phoneNumber, decided),
      });
      const row = await known(tx, id);
      return reply(200, wireConversation(row), { version: shownVersion(row) });
    },
  });

/** The agent has nothing in it any more. Returns whether it was about to answer by itself: then people have the text. */
async function turnAgentOff(tx: Transaction, id: string, now: Date): Promise<boolean> {
  const answers = await overtake(tx, [id], { reason: 'turned_off', mode: 'automatic', now });
  await overtake(tx, [id], { reason: 'turned_off', now });
  return answers > 0;
}

/** Of a conversation that is closed nothing wants an answer; one that wants it, and that nobody has seen, keeps it open. */
async function settleTexts(
  tx: Transaction,
  conversation: { id: string; phoneNumber: string },
  { now, upTo }: { upTo: string | undefined; now: Date },
): Promise<void> {
  await checkTextOf(tx, conversation.phoneNumber, upTo);
  await markTexts(tx, conversation, { answered: { by: null }, upTo: upTo ?? null, now });
  await overtake(tx, [conversation.id], { reason: 'person_answered', now });
  const { unread, waiting } = await known(tx, conversation.id);
  if (unread + waiting > 0) {
    throw new Problem('changed_meanwhile', 'A text has come that you have not seen. Get it first.');
  }
}

const answerInConversation = (parts: ConversationParts): Operation =>
  change({
    ...telling(parts),
    id: 'answerInConversation',
    method: 'post',
    path: '/v1/conversations/{id}/reply',
    tag,
    summary: 'Answers, from the number that they texted, through the gate',
    description:
      'The message is kept whatever the verdict, as with `POST /v1/messages`. It goes before everything that was planned. An answer to a text of the last 15 minutes goes at any hour; a later one keeps the hours of the person. Texts count as answered unless it is blocked, and want an answer again when it does not reach the person. Send an Idempotency-Key: a request that is repeated without one is another message.',
    access: 'operator',
    params,
    body: answerSchema,
    replies: { 201: { description: 'The message is kept, and judged', body: judgedSchema } },
    problems: ['not_found'],
    handle: async ({ body, identity, params: { id } }, { tx, audit }) => {
      const conversation = await lockedWithPhone(tx, id);
      const { phoneNumber } = conversation;
      await checkTextOf(tx, phoneNumber, body.upTo);
      checkFiles(conversation, body.mediaUrls);
      const messageId = parts.clock.newId();
      const { from, intent, planned } = await writeAnswer(
        tx,
        conversation,
        {
          messageId,
          body: body.body,
          mediaUrls: body.mediaUrls,
          by: nameOf(identity),
          upTo: body.upTo ?? null,
        },
        parts,
      );
      const { rule, verdict } = planned;
      await overtake(tx, [id], { reason: 'person_answered', now: parts.clock.now() });
      audit({
        subject: 'conversation',
        subjectId: id,
        action: 'answered',
        before: null,
        after: { phoneNumber, messageId, from, intent, verdict, rule },
      });
      const heldUntil = planned.verdict === 'held' ? (planned.until?.toISOString() ?? null) : null;
      return reply(
        201,
        { id: messageId, phoneNumber, verdict, heldUntil, rule, says: ruleInWords(rule) ?? rule },
        { headers: { location: `/v1/messages/${messageId}` } },
      );
    },
  });

const readInConversation = (parts: ConversationParts): Operation =>
  change({
    ...telling(parts),
    id: 'readConversation',
    method: 'post',
    path: '/v1/conversations/{id}/read',
    tag,
    summary: 'Says that somebody has looked at the texts of a conversation',
    description:
      'Give the newest that was shown: what has come since stays unread. Done again it changes nothing.',
    access: 'operator',
    params,
    body: readSchema,
    replies: {
      200: { description: 'The conversation as it is now', body: conversationSchema, versioned: true },
    },
    problems: ['not_found'],
    handle: async ({ body, params: { id } }, { tx, audit }) => {
      const { phoneNumber } = await locked(tx, id);
      await checkTextOf(tx, phoneNumber, body.upTo);
      const texts = await markTexts(
        tx,
        { id, phoneNumber },
        { answered: null, upTo: body.upTo ?? null, now: parts.clock.now() },
      );
      audit({
        subject: 'conversation',
        subjectId: id,
        action: 'read',
        before: null,
        after: { phoneNumber, texts },
      });
      const row = await known(tx, id);
      return reply(200, wireConversation(row), { version: shownVersion(row) });
    },
  });

const noteOnConversation = (parts: ConversationParts): Operation =>
  change({
    ...telling(parts),
    id: 'addConversationNote',
    method: 'post',
    path: '/v1/conversations/{id}/notes',
    tag,
    summary: 'Adds a note for colleagues to a conversation',
    description: 'It goes to nobody, and goes with the conversation when the person is erased.',
    access: 'operator',
    params,
    body: newNoteSchema,
    replies: { 201: { description: 'The note', body: noteSchema } },
    problems: ['not_found'],
    handle: async ({ body, identity, params: { id } }, { tx, audit }) => {
      const { phoneNumber } = await locked(tx, id);
      const note = await insertNote(tx, {
        conversationId: id,
        body: body.body,
        by: nameOf(identity),
        at: parts.clock.now(),
      });
      audit({
        subject: 'conversation',
        subjectId: id,
        action: 'note added',
        before: null,
        after: { phoneNumber, note: note.position },
      });
      return reply(201, wireNote(note, phoneNumber));
    },
  });
