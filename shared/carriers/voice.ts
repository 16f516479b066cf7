import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { AnsweredBy } from '#shared/voice/call-outcomes.ts';
import type { CallScript, MenuKey } from '#shared/voice/call-script.ts';
import type { CallLanguage } from '#shared/voice/languages.ts';
import type { ReceivedWebhook, SendOutcome } from './carrier.ts';
import type { ErrorRule } from './errors.ts';

/**
 * What a carrier of calls looks like to whoever makes them. Statuses are words of status.ts. Implementations keep no state.
 */
export interface VoiceCarrier {
  readonly name: CarrierName;

  /**
   * One request to the carrier to call one number, and never more than one: nothing is retried in here. Ends within the
   * carrier's time-out (5 s) or soon after `signal` is aborted. Never rejects: every end is an outcome. Accepted means that
   * the carrier will dial, not that anybody answered; `carrierMessageId` is the id of the call.
   */
  call(request: CallRequest): Promise<SendOutcome>;

  /**
   * Our calls to one number that the carrier has, made at or after `since` (to the second); newest first. For finding out what
   * became of a request without an answer. A list does not tell our ids: one call per number may be under way. Rejects with a
   * CarillonError `unavailable` when the carrier cannot be asked: an empty answer always means that the carrier looked.
   */
  listCalls(query: CallQuery): Promise<readonly CallListing[]>;

  /** What became of one call of ours; null when the carrier does not know it. One request. Rejects as `listCalls` does. */
  fetchCall(carrierMessageId: string, signal: AbortSignal): Promise<FoundCall | null>;

  /** Why the carrier cannot say this script, in words; null: it can. Pure: for whoever writes it, long before the call. */
  scriptFault(script: CallScript): string | null;

  /** What to do about an error code, in an answer or in a status. Total: unknown codes have a rule too. */
  classifyError(code: string): ErrorRule;
}

/** Shortest time that a call rings, in seconds: before that, giving up would be abandoning it (47 CFR 64.1200(a)(6)). */
export const LEAST_RING_SECONDS = 15;
export const RING_SECONDS = 25;

/** Carriers that make calls. */
export const callingCarriers: readonly CarrierName[] = ['twilio'];

export interface CallRequest {
  attemptId: string;
  messageId: string;
  to: PhoneNumber;
  from: PhoneNumber;
  script: CallScript;
  /** From `callCallbacks` (webhook-addresses.ts): they carry our own ids. */
  callbacks: CallCallbacks;
  /** Whether the carrier listens for an answering machine, without keeping a person waiting. */
  machineDetection: boolean;
  /** How long it rings: `RING_SECONDS` where nothing else is wanted, never less than `LEAST_RING_SECONDS`. */
  ringSeconds: number;
  signal: AbortSignal;
}

/** Where the carrier tells what happens in a call. */
export interface CallCallbacks {
  /** Its statuses. */
  status: string;
  /** Keys; the answer says what follows. */
  keys: string;
  /** Who or what answered. */
  machine: string;
}

export interface CallQuery {
  to: PhoneNumber;
  from?: PhoneNumber;
  since: Date;
}

export interface CallListing {
  carrierMessageId: string;
  from: string;
  to: string;
  status: string;
  createdAt: Date;
}

/** What was charged. `amount`: a decimal number, positive, in `currency` (ISO 4217). */
export interface CallPrice {
  amount: string;
  currency: string;
}

/** What the carrier says of a call when it is asked. Status words that we do not know are as they came. */
export interface FoundCall {
  carrierMessageId: string;
  status: string;
  answeredBy: AnsweredBy | null;
  /** From the answer to the end; null while it is not over. */
  seconds: number | null;
  /** Known some time after the end. */
  price: CallPrice | null;
  /** The person's number, where the carrier says one. */
  phoneNumber: PhoneNumber | null;
}

/** What a carrier of calls looks like to whoever receives its webhooks. All of them are verified first. */
export interface VoiceWebhooks {
  readonly name: CarrierName;

  /** Whether the carrier itself sent this request. Compares in constant time. */
  verifyWebhook(webhook: ReceivedWebhook): boolean;

  parseStatus(webhook: ReceivedWebhook): CallParse<CallStatusReport>;
  parseKeys(webhook: ReceivedWebhook): CallParse<KeyReport>;
  parseMachine(webhook: ReceivedWebhook): CallParse<MachineReport>;
  parseInbound(webhook: ReceivedWebhook): CallParse<InboundCall>;

  /** What the carrier is answered, so that the person hears it. Pure. */
  answer(saying: Saying): AnswerDocument;

  /**
   * Has a call under way say the words for a machine from now on, and end. One request, not repeated. Never rejects.
   * `over`: there is no such call any more, so nothing is left to be said.
   */
  leaveMessage(request: {
    carrierMessageId: string;
    script: CallScript;
    signal: AbortSignal;
  }): Promise<{ kind: 'left' } | { kind: 'over' } | { kind: 'failed'; reason: string }>;
}

export type CallParse<T> = { kind: 'parsed'; report: T } | { kind: 'malformed'; reason: string };

/** Which call a webhook is about. */
export interface CallReport {
  carrierMessageId: string;
  /** Our own ids, from the webhook's address; null when it is not one of ours. */
  attemptId: string | null;
  messageId: string | null;
  /** The person's number; null for a withheld one. */
  phoneNumber: PhoneNumber | null;
}

export interface CallStatusReport extends CallReport {
  status: string;
  errorCode: string | null;
  answeredBy: AnsweredBy | null;
  /** From the answer to the end; null while it is not over, or nobody answered. */
  seconds: number | null;
}

export interface KeyReport extends CallReport {
  /** One key, as on the phone; null: none was pressed in time. */
  key: string | null;
  /** Of the two numbers, the one of ours. */
  ourNumber: PhoneNumber | null;
}

export interface MachineReport extends CallReport {
  answeredBy: AnsweredBy;
}

/** Somebody calls a number of ours. */
export interface InboundCall {
  carrierMessageId: string;
  /** Null for a withheld number: whoever hides it cannot be opted out by it. */
  from: PhoneNumber | null;
  to: PhoneNumber | null;
}

/** What is said to a person at one moment of a call. */
export type Saying =
  /** All of it, from the start. */
  | { kind: 'script'; script: CallScript; keysUrl: string }
  /** What one key of the menu is for, and the menu again. */
  | { kind: 'menu'; script: CallScript; key: MenuKey; keysUrl: string }
  /** The menu again: a key that stands for nothing. */
  | { kind: 'choices'; script: CallScript; keysUrl: string }
  /** To whoever calls us: who we are, and the key that opts out. */
  | { kind: 'called_back'; language: CallLanguage; identification: string; prompt: string; keysUrl: string }
  /** A few words, and the call ends; null: it ends at once. */
  | { kind: 'end'; language: CallLanguage; text: string | null }
  /** What happens in the call goes on as it does: the answer to whatever is only told. */
  | { kind: 'nothing' };

export interface AnswerDocument {
  contentType: string;
  body: string;
}
