import fc from 'fast-check';
import { messageStatuses } from '#shared/carriers/status.ts';
import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import type {
  CallKey,
  CallStatus,
  OutboundCall,
  OutboundSms,
  StatusUpdate,
} from '#shared/contracts/message-log.ts';
import { inboundCommandId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { answeredByWords } from '#shared/voice/call-outcomes.ts';

/** Records for tests and benchmarks. Their times are seconds of one minute. */

const at = (second: number): string => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const person = (n: number) => phoneNumber(`+1415555${String(100 + (n % 100)).padStart(4, '0')}`);
const OURS = phoneNumber('+14155550199');

/** Ids of the n-th message that was sent, and of whoever it went to. */
export const messageOf = (n: number): string => uuid(n);
export const contactOf = (n: number): string => uuid(900_000 + n);

/** The n-th message that was sent. */
export const outbound = (n: number, change: Partial<OutboundSms> = {}): OutboundSms => ({
  type: 'OUTBOUND_SMS',
  messageId: uuid(n),
  attemptId: uuid(500_000 + n),
  carrier: 'twilio',
  carrierMessageId: `SM${n}`,
  phoneNumber: person(n),
  senderNumber: OURS,
  body: `Lesson ${n}: wash your hands for 20 seconds. Reply a) or b).`,
  mediaUrls: [],
  status: 'queued',
  errorCode: null,
  segments: 1,
  sentAt: at(10),
  ...change,
});

/** A status of the n-th message. */
export const status = (n: number, word: string, change: Partial<StatusUpdate> = {}): StatusUpdate => ({
  type: 'STATUS_UPDATE',
  carrier: 'twilio',
  carrierMessageId: `SM${n}`,
  status: word,
  errorCode: null,
  attemptId: uuid(500_000 + n),
  messageId: uuid(n),
  phoneNumber: person(n),
  receivedAt: at(11),
  ...change,
});

/** The n-th call that was made. */
export const outboundCall = (n: number, change: Partial<OutboundCall> = {}): OutboundCall => ({
  type: 'OUTBOUND_CALL',
  messageId: uuid(n),
  attemptId: uuid(500_000 + n),
  carrier: 'twilio',
  carrierMessageId: `CA${n}`,
  phoneNumber: person(n),
  senderNumber: OURS,
  body: `This is an automated call from the clinic. Lesson ${n}.`,
  status: 'queued',
  errorCode: null,
  sentAt: at(10),
  ...change,
});

/** A status of the n-th call. */
export const callStatus = (n: number, word: string, change: Partial<CallStatus> = {}): CallStatus => ({
  type: 'CALL_STATUS',
  carrier: 'twilio',
  carrierMessageId: `CA${n}`,
  status: word,
  errorCode: null,
  answeredBy: null,
  seconds: null,
  price: null,
  attemptId: uuid(500_000 + n),
  messageId: uuid(n),
  phoneNumber: person(n),
  receivedAt: at(11),
  ...change,
});

/** A key that was pressed in the n-th call. */
export const callKey = (n: number, key: string, change: Partial<CallKey> = {}): CallKey => ({
  type: 'CALL_KEY',
  carrier: 'twilio',
  carrierMessageId: `CA${n}`,
  key,
  optedOut: key === '9',
  attemptId: uuid(500_000 + n),
  messageId: uuid(n),
  phoneNumber: person(n),
  receivedAt: at(12),
  ...change,
});

/** The n-th text of a person. */
export const inbound = (n: number, change: Partial<InboundSms['payload']> = {}): InboundSms => ({
  type: 'INBOUND_SMS',
  commandId: inboundCommandId('twilio', `SMin${n}`),
  phoneNumber: person(n),
  occurredAt: at(5),
  payload: {
    from: person(n),
    to: OURS,
    body: `answer ${n}`,
    media: [],
    carrier: 'twilio',
    carrierMessageId: `SMin${n}`,
    receivedAt: at(5),
    consent: null,
    ...change,
  },
});

/**
 * Every record that there may be of messages 0 to 2: the sent message, repeated by a reconciliation with another
 * time, statuses with and without our ids, words that nobody knows.
 */
export const anyRecord: fc.Arbitrary<OutboundSms | StatusUpdate> = fc.oneof(
  fc
    .record({ n: fc.integer({ min: 0, max: 2 }), second: fc.constantFrom(10, 20), media: fc.boolean() })
    .map(({ n, second, media }) =>
      outbound(n, {
        sentAt: at(second),
        // What a record says follows from its time: records of one time are one record.
        body: `text ${n} "at" \\${second}`,
        mediaUrls: second === 20 ? ['https://media.example/"a",{b}.png', 'https://media.example/c'] : [],
        status: second === 20 ? 'sent' : media ? 'queued' : 'accepted',
        segments: second === 20 ? 3 : 1,
      }),
    ),
  fc
    .record({
      n: fc.integer({ min: 0, max: 2 }),
      word: fc.constantFrom(
        ...messageStatuses,
        'teleported',
        'Lost',
        'a "quoted" {word}',
        ''.padEnd(150, 'x'),
      ),
      second: fc.integer({ min: 0, max: 30 }),
      errorCode: fc.constantFrom(null, '30003', '30005'),
      known: fc.boolean(),
    })
    .map(({ n, word, second, errorCode, known }) =>
      status(n, word, {
        receivedAt: at(second),
        errorCode,
        ...(known ? {} : { attemptId: null, messageId: null, phoneNumber: null }),
      }),
    ),
);

/** Every record that there may be of calls 0 to 2, in the words of the carrier and in others. */
export const anyCallRecord: fc.Arbitrary<OutboundCall | CallStatus | CallKey> = fc.oneof(
  fc
    .record({ n: fc.integer({ min: 0, max: 2 }), second: fc.constantFrom(10, 20) })
    .map(({ n, second }) => outboundCall(n, { sentAt: at(second), body: `call ${n} at ${second}` })),
  fc
    .record({
      n: fc.integer({ min: 0, max: 2 }),
      word: fc.constantFrom(
        ...['queued', 'initiated', 'ringing', 'in-progress', 'completed'],
        ...['busy', 'no-answer', 'failed', 'canceled', 'teleported'],
      ),
      answeredBy: fc.constantFrom(null, ...answeredByWords),
      seconds: fc.constantFrom(null, 0, 17, 61),
      price: fc.constantFrom(
        null,
        { amount: '0.014', currency: 'USD' },
        { amount: '0.0280', currency: 'USD' },
        { amount: '0.02', currency: 'EUR' },
      ),
      second: fc.integer({ min: 0, max: 30 }),
    })
    .map(({ n, second, word, ...facts }) => callStatus(n, word, { ...facts, receivedAt: at(second) })),
  fc
    .record({
      n: fc.integer({ min: 0, max: 2 }),
      key: fc.constantFrom('0', '1', '5', '9', '*', '#'),
      second: fc.integer({ min: 0, max: 30 }),
    })
    .map(({ n, key, second }) => callKey(n, key, { receivedAt: at(second) })),
);
