import {
  isMessageStatus,
  type MessageStatus,
  mergeStatus,
  type ReportedStatus,
} from '#shared/carriers/status.ts';
import type { CarrierName, InboundSms } from '#shared/contracts/dialog-commands.ts';
import type {
  CallKey,
  CallStatus,
  MessageLogRecord,
  OutboundCall,
  OutboundSms,
  StatusUpdate,
} from '#shared/contracts/message-log.ts';
import { messageLogId, refusedAttemptLogId } from '#shared/identity.ts';
import { callOutcomeOf } from '#shared/voice/call-outcomes.ts';
import { type CallFacts, mergeCalls, NO_FACTS } from './call-facts.ts';

/**
 * What is known of one message: the part of a row of `message_log` that a set of records knows. Merging is
 * commutative, associative and idempotent, so records may come in any order, repeated, and in any batches.
 * - What a message says comes from the record of the message itself (content); of two, from the earlier.
 * - Where only statuses were heard, the ids and the number that they mention stand in until the message comes.
 * - The status is that of the highest rank. Words that we do not know are kept beside it, each once.
 */
export interface LogRow {
  logId: string;
  carrier: CarrierName;
  carrierMessageId: string | null;
  content: Content | null;
  /** From statuses: used while there is no content. */
  mentioned: Mentioned;
  status: ReportedStatus;
  /** In alphabetical order. */
  unknownStatuses: readonly string[];
  /** Of a call; null: of a text. */
  call: CallFacts | null;
}

export interface Content {
  direction: 'inbound' | 'outbound';
  phoneNumber: string;
  ourNumber: string;
  body: string;
  mediaUrls: readonly string[];
  messageId: string | null;
  attemptId: string | null;
  segments: number | null;
  occurredAt: Date;
}

export interface Mentioned {
  phoneNumber: string | null;
  messageId: string | null;
  attemptId: string | null;
}

const NOTHING: Mentioned = { phoneNumber: null, messageId: null, attemptId: null };

/** Longest word of a carrier that is kept. */
const WORD_LENGTH = 100;

/** The row that one record of the message log makes by itself. */
export function rowOfRecord(record: MessageLogRecord): LogRow {
  switch (record.type) {
    case 'OUTBOUND_SMS':
      return rowOfOutbound(record);
    case 'STATUS_UPDATE':
      return rowOfStatus(record);
    case 'OUTBOUND_CALL':
      return rowOfOutboundCall(record);
    case 'CALL_STATUS':
      return rowOfCallStatus(record);
    case 'CALL_KEY':
      return rowOfCallKey(record);
  }
}

function rowOfOutbound(record: OutboundSms): LogRow {
  const at = new Date(record.sentAt);
  return {
    logId:
      record.carrierMessageId === null
        ? refusedAttemptLogId(record.attemptId)
        : messageLogId(record.carrier, record.carrierMessageId),
    carrier: record.carrier,
    carrierMessageId: record.carrierMessageId,
    content: {
      direction: 'outbound',
      phoneNumber: record.phoneNumber,
      ourNumber: record.senderNumber,
      body: record.body,
      mediaUrls: record.mediaUrls,
      messageId: record.messageId,
      attemptId: record.attemptId,
      segments: record.segments,
      occurredAt: at,
    },
    mentioned: NOTHING,
    ...reported(record.status, at, record.errorCode),
    call: null,
  };
}

function rowOfOutboundCall(record: OutboundCall): LogRow {
  const row = rowOfOutbound({ ...record, type: 'OUTBOUND_SMS', mediaUrls: [], segments: null });
  // A request that was refused never rang anywhere.
  return { ...row, call: { ...NO_FACTS, outcome: record.carrierMessageId === null ? 'failed' : null } };
}

function rowOfCallStatus({ answeredBy, price, seconds, ...record }: CallStatus): LogRow {
  const row = rowOfStatus({ ...record, type: 'STATUS_UPDATE' });
  const outcome = callOutcomeOf(record.status, answeredBy);
  return { ...row, call: { outcome, answeredBy, seconds, price, keys: [] } };
}

function rowOfCallKey({ key, optedOut, ...record }: CallKey): LogRow {
  // Whoever presses a key has taken the call.
  const row = rowOfStatus({ ...record, type: 'STATUS_UPDATE', status: 'in-progress', errorCode: null });
  return { ...row, call: { ...NO_FACTS, outcome: optedOut ? 'opted_out' : 'answered', keys: [key] } };
}

function rowOfStatus(record: StatusUpdate): LogRow {
  return {
    logId: messageLogId(record.carrier, record.carrierMessageId),
    carrier: record.carrier,
    carrierMessageId: record.carrierMessageId,
    content: null,
    mentioned: {
      phoneNumber: record.phoneNumber,
      messageId: record.messageId,
      attemptId: record.attemptId,
    },
    ...reported(record.status, new Date(record.receivedAt), record.errorCode),
    call: null,
  };
}

/** The row of a person's text. */
export function rowOfInbound({ payload }: InboundSms): LogRow {
  const at = new Date(payload.receivedAt);
  return {
    logId: messageLogId(payload.carrier, payload.carrierMessageId),
    carrier: payload.carrier,
    carrierMessageId: payload.carrierMessageId,
    content: {
      direction: 'inbound',
      phoneNumber: payload.from,
      ourNumber: payload.to,
      body: payload.body,
      mediaUrls: payload.media.map(({ url }) => url),
      messageId: null,
      attemptId: null,
      segments: null,
      occurredAt: at,
    },
    mentioned: NOTHING,
    ...reported('received', at, null),
    call: null,
  };
}

function reported(
  word: string,
  at: Date,
  errorCode: string | null,
): Pick<LogRow, 'status' | 'unknownStatuses'> {
  if (isMessageStatus(word)) return { status: { status: word, at, errorCode }, unknownStatuses: [] };
  const status: MessageStatus = 'unknown';
  return { status: { status, at, errorCode }, unknownStatuses: [word.slice(0, WORD_LENGTH)] };
}

/** What two sets of records of one message know together. */
export function mergeRows(a: LogRow, b: LogRow): LogRow {
  return {
    logId: a.logId,
    carrier: a.carrier,
    carrierMessageId: a.carrierMessageId,
    content: earlier(a.content, b.content),
    mentioned: {
      phoneNumber: lesser(a.mentioned.phoneNumber, b.mentioned.phoneNumber),
      messageId: lesser(a.mentioned.messageId, b.mentioned.messageId),
      attemptId: lesser(a.mentioned.attemptId, b.mentioned.attemptId),
    },
    status: mergeStatus(a.status, b.status),
    unknownStatuses: union(a.unknownStatuses, b.unknownStatuses),
    call: mergeCalls(a.call, b.call),
  };
}

/** Two records of a message at one instant are the same record, delivered twice. */
function earlier(a: Content | null, b: Content | null): Content | null {
  if (a === null || b === null) return a ?? b;
  return a.occurredAt <= b.occurredAt ? a : b;
}

function lesser(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  return [...new Set([...a, ...b])].sort();
}
