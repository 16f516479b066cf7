import { change, type Operation, reply } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { checkVersion } from '../http/version.ts';
import { audited, type ConversationParts, telling } from './change-operations.ts';
import { known, noSuchConversation, params, tag } from './read-operations.ts';
import { conversationSchema, shownVersion, wireConversation } from './schemas.ts';
import { readDecided, writeDecided } from './store.ts';
import { readClosing, unreadText, wantAnswerAgain } from './undo-store.ts';
import { locked } from './write-answer.ts';

/** What is taken back of what was decided in a moment. What else there is to undo is decided again as it was before. */
export const conversationUndos = (parts: ConversationParts): readonly Operation[] => [
  reopenConversation(parts),
  unreadConversation(parts),
];

const reopenConversation = (parts: ConversationParts): Operation =>
  change({
    ...telling(parts),
    id: 'reopenConversation',
    method: 'post',
    path: '/v1/conversations/{id}/reopen',
    tag,
    summary: 'Takes the closing of a conversation back',
    description:
      'It is what it was before, put off or open, and the texts that closing it settled want an answer again. Not where something was decided about it since, or a text has opened it. What the agent had drafted does not come back.',
    access: 'operator',
    requiresVersion: true,
    params,
    replies: {
      200: { description: 'The conversation as it is now', body: conversationSchema, versioned: true },
    },
    problems: ['not_found'],
    handle: async ({ ifMatch, params: { id } }, { tx, audit }) => {
      const now = parts.clock.now();
      const before = await readDecided(tx, id);
      if (before === null) throw noSuchConversation();
      checkVersion(before, ifMatch);
      const closing = before.state === 'closed' ? await readClosing(tx, id) : null;
      if (closing === null) {
        throw new Problem(
          'changed_meanwhile',
          'It is open again, or was not closed by somebody. Get it first.',
        );
      }
      const until = closing.before.snoozedUntil === null ? null : new Date(closing.before.snoozedUntil);
      const isPutOff = closing.before.state === 'snoozed' && until !== null && until > now;
      const decided = isPutOff
        ? { ...before, state: 'snoozed' as const, snoozedUntil: until }
        : { ...before, state: 'open' as const, snoozedUntil: null };
      await writeDecided(tx, id, decided);
      const { phoneNumber } = await known(tx, id);
      await wantAnswerAgain(tx, { id, phoneNumber, since: closing.at });
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

const unreadConversation = (parts: ConversationParts): Operation =>
  change({
    ...telling(parts),
    id: 'unreadConversation',
    method: 'post',
    path: '/v1/conversations/{id}/unread',
    tag,
    summary: 'Says that somebody should look at the newest text of a conversation again',
    description:
      'Of the texts for people. Done again it changes nothing. Not of a conversation that is closed: nothing in one is to be done.',
    access: 'operator',
    params,
    replies: {
      200: { description: 'The conversation as it is now', body: conversationSchema, versioned: true },
    },
    problems: ['not_found', 'conflict'],
    handle: async ({ params: { id } }, { tx, audit }) => {
      const { phoneNumber, state } = await locked(tx, id);
      if (state === 'closed') throw new Problem('conflict', 'The conversation is closed. Open it first.');
      const texts = await unreadText(tx, { id, phoneNumber });
      audit({
        subject: 'conversation',
        subjectId: id,
        action: 'unread',
        before: null,
        after: { phoneNumber, texts },
      });
      const row = await known(tx, id);
      return reply(200, wireConversation(row), { version: shownVersion(row) });
    },
  });
