import { z } from 'zod';
import { carrierNameSchema } from '#shared/contracts/dialog-commands.ts';
import { readDecisions } from '#shared/decisions/read.ts';
import type { Drills } from '#shared/drills/drills.ts';
import { messageLogId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from '../http/cursor.ts';
import { change, type Operation, read, reply } from '../http/operation.ts';
import { toldPhone } from '../http/phone.ts';
import { Problem } from '../http/problem.ts';
import { instant } from '../http/time.ts';
import { uuid } from '../http/words.ts';
import { type PlanParts, planMessage, ruleInWords } from './plan.ts';
import {
  directionSchema,
  judgedSchema,
  loggedSchema,
  logPosition,
  messageSchema,
  newMessageSchema,
  statusSchema,
  wireLogged,
  wireOutgoing,
} from './schemas.ts';
import { readAttempts, readLogged, readLogOfAttempts, readOutgoing, searchLog } from './store.ts';

export interface MessageParts extends PlanParts {
  drills: Drills;
  /** Sends what names no number. */
  defaultSender: PhoneNumber;
}

const DECISIONS_SHOWN = 200;

const optionalDate = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text));

/** Messages in and out, and one message through the gate. */
export const messageOperations = (parts: MessageParts): readonly Operation[] => [
  read({
    id: 'searchMessages',
    path: '/v1/messages',
    tag: 'Messages',
    summary: 'Searches the message log, newest first',
    description:
      'What came in and what carriers took or refused. What was written and waits, or will not go, is among the messages of its person. A search by status or direction looks through a bounded part of the log for each page: a page may hold less than its limit, also nothing, while `nextCursor` says that there is more to look through.',
    access: 'viewer',
    query: z.strictObject({
      ...pageQuery,
      phone: toldPhone.optional(),
      direction: directionSchema.optional(),
      status: statusSchema.optional().meta({ example: 'undelivered' }),
      carrierMessageId: z.string().min(1).max(200).optional().meta({ description: "The carrier's id" }),
      since: instant.optional().meta({ description: 'At this instant or later' }),
      until: instant.optional().meta({ description: 'Before this instant' }),
    }),
    replies: { 200: { description: 'A page of entries', body: pageOf(loggedSchema, 'MessagePage') } },
    handle: async ({ query }, db) => {
      const { carrierMessageId, cursor, limit } = query;
      const { found, lookedTo } = await searchLog(db, {
        phone: query.phone ?? null,
        logIds:
          carrierMessageId === undefined
            ? null
            : carrierNameSchema.options.map((carrier) => messageLogId(carrier, carrierMessageId)),
        direction: query.direction ?? null,
        status: query.status ?? null,
        since: optionalDate(query.since),
        until: optionalDate(query.until),
        after: decodeCursor(logPosition, cursor),
        limit: limit + 1,
      });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      const next =
        found.length > limit && last !== undefined ? { at: last.position, logId: last.logId } : lookedTo;
      return reply(200, {
        items: items.map(wireLogged),
        nextCursor: next === null ? null : encodeCursor({ ...next }),
      });
    },
  }),
  change({
    id: 'sendMessage',
    method: 'post',
    path: '/v1/messages',
    tag: 'Messages',
    summary: 'Sends one message, through the gate',
    description:
      'The message is kept whatever the verdict. `queued`: it goes as soon as those before it have gone, and is judged again then. `held`: it comes back by itself at `heldUntil` or later. `blocked`: it never goes, for the reason in `says`. Send an Idempotency-Key: a request that is repeated without one is another message.',
    access: 'operator',
    body: newMessageSchema,
    replies: { 201: { description: 'The message is kept, and judged', body: judgedSchema } },
    handle: async ({ body }, { tx, audit }) => {
      const { intent, mediaUrls, notAfter, phoneNumber } = body;
      const topic = body.topic ?? null;
      const senderNumber = await senderOf(body.from, parts);
      const messageId = parts.clock.newId();
      const planned = await planMessage(
        tx,
        phoneNumber,
        {
          messageId,
          intent,
          senderNumber,
          body: body.body,
          mediaUrls,
          topic,
          notAfter: notAfter === undefined ? null : new Date(notAfter),
        },
        parts,
      );
      const { rule, verdict } = planned;
      audit({
        subject: 'message',
        subjectId: messageId,
        action: 'created',
        before: null,
        after: { phoneNumber, from: senderNumber, intent, topic, verdict, rule },
      });
      const heldUntil = planned.verdict === 'held' ? (planned.until?.toISOString() ?? null) : null;
      return reply(
        201,
        { id: messageId, phoneNumber, verdict, heldUntil, rule, says: ruleInWords(rule) ?? rule },
        { headers: { location: `/v1/messages/${messageId}` } },
      );
    },
  }),
  read({
    id: 'getMessage',
    path: '/v1/messages/{id}',
    tag: 'Messages',
    summary: 'Gets a message, with what the gate decided and what carriers said',
    access: 'viewer',
    params: z.object({ id: uuid }),
    replies: { 200: { description: 'The message', body: messageSchema } },
    problems: ['not_found'],
    handle: async ({ params: { id } }, db) => {
      const message = await messageOf(db, id);
      if (message === null) throw new Problem('not_found', 'There is no message with this id.');
      return reply(200, message);
    },
  }),
];

async function messageOf(db: Queryable, id: string): Promise<z.input<typeof messageSchema> | null> {
  const outgoing = await readOutgoing(db, id);
  if (outgoing === null) {
    const logged = await readLogged(db, id);
    if (logged === null) return null;
    const { direction } = logged;
    return { id, direction, outgoing: null, attempts: [], decisions: [], log: [wireLogged(logged)] };
  }
  const attempts = await readAttempts(db, id);
  const log = await readLogOfAttempts(
    db,
    attempts.map((attempt) => attempt.id),
  );
  const decisions = await readDecisions(db, { messageId: id }, { after: null, limit: DECISIONS_SHOWN });
  return {
    id,
    direction: 'outbound',
    outgoing: wireOutgoing(outgoing, ruleInWords),
    attempts: attempts.map((attempt) => ({
      ...attempt,
      startedAt: attempt.startedAt.toISOString(),
      endedAt: attempt.endedAt?.toISOString() ?? null,
    })),
    decisions: decisions.map(({ decidedAt, decisionId, inputs, rule, rulesVersion, until, verdict }) => ({
      id: decisionId,
      decidedAt: decidedAt.toISOString(),
      verdict,
      rule,
      says: ruleInWords(rule),
      rulesVersion,
      until: until?.toISOString() ?? null,
      inputs,
    })),
    log: log.map(wireLogged),
  };
}

/** The number that a message goes out from. A fault where it is none of ours. */
async function senderOf(
  given: PhoneNumber | undefined,
  { defaultSender, drills }: MessageParts,
): Promise<PhoneNumber> {
  const owner = given === undefined ? null : (await drills.current()).programmeOwning(given);
  if (given === undefined || given === defaultSender || owner !== null) {
    return given ?? defaultSender;
  }
  throw new Problem('invalid_request', 'Messages go out from numbers of ours.', {
    faults: [{ in: 'body', pointer: '/from', detail: 'is no sender number of this environment' }],
  });
}
