import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { ErrorClass, ErrorRule } from './errors.ts';
import type { MessagePart } from './parts.ts';

/**
 * What every carrier of text messages looks like from inside. Nothing outside `shared/carriers` knows a carrier's
 * words, addresses or error codes. Implementations keep no state that a restart would miss.
 */
export interface Carrier {
  readonly name: CarrierName;
  readonly capabilities: CarrierCapabilities;

  /**
   * One request to the carrier to send one message, and never more than one: nothing is retried in here. Ends within
   * the carrier's time-out (5 s) or soon after `signal` is aborted. Never rejects: every end is an outcome.
   */
  send(request: SendRequest): Promise<SendOutcome>;

  /**
   * The messages the carrier has, sent by us to one number and created at or after `since`; newest first. For finding
   * out what became of a request without an answer. Rejects with a CarillonError `unavailable` when the carrier
   * cannot be asked: an empty answer always means that the carrier looked.
   */
  listOutbound(query: OutboundQuery): Promise<readonly OutboundListing[]>;

  /**
   * The messages that people sent to us, received in [since, until]; oldest page first and oldest first in each.
   * A few pages are held at a time, whatever their number. Rejects as `listOutbound` does.
   */
  listInbound(query: { since: Date; until: Date }): AsyncIterable<readonly InboundListing[]>;

  /**
   * The present status of one message of ours; null when the carrier does not know the message. One request. Rejects as
   * `listOutbound` does, with `retryAfterMs` where the carrier says when to come back.
   */
  fetchStatus(carrierMessageId: string, signal: AbortSignal): Promise<FoundStatus | null>;

  /**
   * Present statuses of the messages that we sent in [since, until] (times of sending, to the second), newest first,
   * up to 1,000 a page. A page is asked for when it is iterated to: whoever has seen enough leaves off. Messages that
   * are not sent yet may be missing. Rejects as `fetchStatus` does.
   */
  listStatuses(query: {
    since: Date;
    until: Date;
    signal: AbortSignal;
  }): AsyncIterable<readonly FoundStatus[]>;

  /** Addresses of the media of an inbound message, which a listing only counts. Rejects as `listOutbound` does. */
  inboundMedia(carrierMessageId: string): Promise<readonly InboundMedia[]>;

  /**
   * When the carrier received a message of a person, as exactly as it says (Twilio: the whole second in which it did); null when it does not know the
   * message. For webhooks without a time. Rejects as `listOutbound` does. Left out: its webhooks have one.
   */
  inboundDate?(carrierMessageId: string): Promise<Date | null>;

  /** Whether the carrier itself sent this request. Compares in constant time. Never rejects. */
  verifyWebhook(webhook: ReceivedWebhook): Promise<Verification>;

  /** What a webhook is about that was verified before. */
  subjectOf(webhook: ReceivedWebhook): WebhookSubject;

  /** Reads an inbound message from a webhook that was verified before. */
  parseInbound(webhook: ReceivedWebhook): InboundParse;

  /** Reads a status callback that was verified before. */
  parseStatus(webhook: ReceivedWebhook): StatusParse;

  /**
   * Says yes to a subscription, where a carrier asks before it sends anything. Rejects with a CarillonError `unavailable`
   * when the carrier cannot be told. Left out: this carrier never asks.
   */
  confirmSubscription?(webhook: ReceivedWebhook): Promise<void>;

  /** What to do about an error code, in an answer or in a status. Total: unknown codes have a rule too. */
  classifyError(code: string): ErrorRule;
}

export interface CarrierCapabilities {
  /** Whether it can list messages. Where not, an ambiguous attempt ends as `unknown` and nothing is swept. */
  lists: boolean;
  /**
   * Of one that cannot list: how long it waits at most between two tries of a webhook that was not taken, in ms. So long
   * after an outage texts may still come that were written in it.
   */
  repeatsWithinMs?: number;
  /**
   * Of one that cannot list: how long it repeats a webhook that is not taken, in ms, before it gives it up. What came in an
   * outage longer than that is lost in part.
   */
  repeatsForMs?: number;
  /** Whether it can be asked for the status of one message. Where neither, lost status callbacks stay lost. */
  fetches: boolean;
}

export interface SendRequest {
  attemptId: string;
  messageId: string;
  to: PhoneNumber;
  /** On WhatsApp: so goes the message. A carrier that has none refuses it (`no_whatsapp`). */
  from: SenderAddress;
  body: string;
  /** Of WhatsApp: goes in the place of the body, which is what it says; null: the body goes as it is. */
  template: TemplateUse | null;
  mediaUrls: readonly string[];
  /** From `statusCallbackUrl` (webhook-addresses.ts): carries our own ids; null where no callbacks are wanted. */
  statusCallbackUrl: string | null;
  /**
   * How long the carrier may keep it before it gives up, in whole seconds from the request: so that a message does not
   * wait there until it may no longer be sent. Null: as long as the carrier likes. Cut to the most that the carrier takes;
   * below the least nothing is asked of it (`not_sent`).
   */
  validForSeconds: number | null;
  signal: AbortSignal;
}

/** What became of one request. Only `throttled` and `not_sent` may be repeated without asking the carrier first. */
export type SendOutcome =
  /** The carrier has it. `status` is one of the words of status.ts; segments as far as the carrier says. */
  | { kind: 'accepted'; carrierMessageId: string; status: string; segments: number | null }
  /** The carrier answered that it will not send it. */
  | { kind: 'refused'; errorCode: string; class: ErrorClass; message: string }
  /** Too many requests: never processed. `retryAfterMs` is the carrier's own advice. */
  | { kind: 'throttled'; retryAfterMs: number | null }
  /**
   * The request certainly never left this machine whole. `isOurs`: nothing was asked of the carrier, for a reason that says
   * nothing about it.
   */
  | { kind: 'not_sent'; reason: string; isOurs?: true }
  /** The carrier may or may not have it: never repeat before `listOutbound` says so. */
  | { kind: 'ambiguous'; reason: string };

/** An approved template of WhatsApp, with what stands in its places. */
export interface TemplateUse {
  /** Of Twilio's Content API: HX and 32 hexadecimal digits. */
  contentSid: string;
  /** By the numbers of its places: {"1": "Ada"}. */
  variables: Readonly<Record<string, string>>;
}

export interface OutboundQuery {
  to: PhoneNumber;
  from?: SenderAddress;
  since: Date;
}

export interface OutboundListing {
  carrierMessageId: string;
  /** An address of ours. */
  from: string;
  /** The number, also of who was written to on WhatsApp. */
  to: string;
  body: string;
  /** In the words of status.ts. */
  status: string;
  errorCode: string | null;
  segments: number | null;
  createdAt: Date;
}

/** What the carrier says of a message when it is asked. Status words that we do not know are as they came. */
export interface FoundStatus {
  carrierMessageId: string;
  status: string;
  errorCode: string | null;
  /** The person's number, where the carrier says one. */
  phoneNumber: PhoneNumber | null;
}

/** An inbound message as a listing shows it: without the carrier's consent verdict, media only counted. */
export type InboundListing =
  | { kind: 'message'; message: InboundMessage; mediaCount: number }
  | OtherChannelInbound
  | NoPhoneNumberInbound
  /** The carrier does not say when it came, so it cannot be put in order: listed whatever was asked for. */
  | { kind: 'no_date'; unreachable: UnreachableInbound };

export interface InboundMedia {
  url: string;
  contentType: string | null;
}

export interface InboundMessage {
  carrierMessageId: string;
  from: PhoneNumber;
  /** The number, or our number on WhatsApp, that they wrote to. */
  to: SenderAddress;
  body: string;
  media: readonly InboundMedia[];
  /** When the carrier received it; null where the carrier does not say (webhooks): then the time of arrival counts. */
  receivedAt: Date | null;
  /** The carrier's own verdict on consent words, which wins over ours. */
  optOutType: 'STOP' | 'START' | 'HELP' | null;
  /** Of a carrier that hands on a long text in parts: which of them this is. Left out: it is the whole text. */
  part?: MessagePart;
}

/**
 * A text that cannot become part of a dialog, as the carrier gave it; mostly one of its numbers is no phone number but a
 * short code or a name.
 */
export interface UnreachableInbound {
  carrierMessageId: string;
  from: string;
  to: string;
  body: string;
}

/** A message by a channel that we do not speak: RCS or the like, and WhatsApp at a carrier through which we do not. */
export interface OtherChannelInbound {
  kind: 'other_channel';
  /** "whatsapp", "rcs", or as the carrier names it. */
  channel: string;
  /** Of the person, where the channel goes by numbers: an opt-out counts wherever it is written. */
  phoneNumber: PhoneNumber | null;
  unreachable: UnreachableInbound;
}

/** A text between two ends of which one is no phone number: a short code, also one of ours, or a name. */
export interface NoPhoneNumberInbound {
  kind: 'no_phone_number';
  /** Of who wrote, where that is one: an opt-out counts to whatever it is sent. */
  phoneNumber: PhoneNumber | null;
  optOutType: InboundMessage['optOutType'];
  unreachable: UnreachableInbound;
}

export type InboundParse =
  | { kind: 'message'; message: InboundMessage }
  | NoPhoneNumberInbound
  | OtherChannelInbound
  /** No text but raw bytes, for a program on the phone. */
  | { kind: 'binary'; unreachable: UnreachableInbound }
  | { kind: 'malformed'; reason: string };

/** What a status callback says. Status words that we do not know are kept as they came. */
export interface StatusReport {
  carrierMessageId: string;
  status: string;
  errorCode: string | null;
  /** Our own ids, from the callback's address; null when it is not one of ours. */
  attemptId: string | null;
  messageId: string | null;
  /** The person's number, where the callback says it. */
  phoneNumber: PhoneNumber | null;
}

export type StatusParse = { kind: 'status'; report: StatusReport } | { kind: 'malformed'; reason: string };

/** Whether a webhook is the carrier's own. */
export type Verification =
  | 'genuine'
  /** Signed by somebody else, for somebody else, too long ago, or not at all. */
  | 'forged'
  /** That cannot be said now: the carrier should bring it again. */
  | 'undecided';

/** What a webhook is about; `nothing`: what needs no answer of ours. */
export type WebhookSubject = 'text' | 'status' | 'subscription' | 'nothing';

/** A webhook as it came in. */
export interface ReceivedWebhook {
  method: 'GET' | 'POST';
  /** Path and query exactly as requested, with nothing decoded: it is part of what is signed. */
  target: string;
  /** The value of a header, by its lower-case name. */
  header(name: string): string | undefined;
  /** The body as it came, byte for byte: some carriers sign it. Empty where there is none. */
  body: Buffer;
  /** Decoded parameters of a body that is a form; every value of a repeated one, in order. Empty: it is no form. */
  parameters: ReadonlyMap<string, readonly string[]>;
}
