import { hash } from 'node:crypto';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/** Where somebody stands. A request that is not yet carried through (`pending_opt_out`) blocks already. */
export type ConsentStatus = 'opted_in' | 'pending_opt_out' | 'opted_out';
export type ConsentMethod = 'sms' | 'email' | 'voice' | 'web' | 'manual' | 'carrier' | 'import';
export type ConsentChannel = 'sms' | 'voice';

/**
 * What an opt-in grants, from least to most (47 CFR 64.1200(a), (f)(9)): informational messages, marketing in a signed
 * writing, and calls with an artificial or prerecorded voice.
 */
export type ConsentGrant = 'informational' | 'marketing_in_writing' | 'artificial_voice';

/** Why a person takes back a revocation that was none; anything else needs START or new consent. */
export type ReversalReason = 'misread_text' | 'import_fault' | 'clerical_error';

/** The scope of everything that this sender sends; any other scope is a topic. */
export const WHOLE_SENDER = 'sender';

/** What proves that consent was given: what was shown, and what the person did. */
export interface ConsentEvidence {
  /** Word for word, as it was shown. Stored once, by its SHA-256. */
  wording: string | null;
  /** Ticked a box, signed, said yes. */
  affirmativeAction: string | null;
  url: string | null;
  ip: string | null;
  userAgent: string | null;
}

/**
 * One change of one person's consent, on whatever channel. It is known by its id, which derives from its cause (the
 * carrier's message, an attempt, a line of a file), so that a repetition, however late, changes nothing.
 */
export interface ConsentChange {
  changeId: string;
  phoneNumber: PhoneNumber;
  status: ConsentStatus;
  method: ConsentMethod;
  /** `WHOLE_SENDER` or a topic. */
  scope: string;
  /**
   * What the person spoke of. A record, not a limit: a revocation of one channel blocks both (47 CFR 64.1200(a)(10),
   * read strictly).
   */
  channels: readonly ConsentChannel[];
  /** Of an opt-in only. Empty: it lifts what stopped the service, and grants nothing. */
  granted: readonly ConsentGrant[];
  /** When the person asked. */
  requestedAt: Date;
  /** Last day to honour a pending request, YYYY-MM-DD in US Eastern time; null unless pending. */
  deadline: string | null;
  /**
   * Whether `requestedAt` is known to be when the person asked, and not when we heard of it. An opt-in that is found
   * late then does not lift an opt-out that was asked for after it.
   */
  foundLate: boolean;
  /**
   * An opt-in only for somebody who is opted out: a word like "yes". For anybody else it says nothing about consent,
   * and keeps saying nothing when it is delivered again.
   */
  onlyWhileOptedOut: boolean;
  originalMessage: string | null;
  /** What is behind it, for whoever reads the history: the carrier's message, an error code. */
  cause: string;
  /** What read a text as what it is; null where nothing was read. */
  rule: string | null;
  evidence: ConsentEvidence | null;
  /** Who recorded it; null: the person's own act. */
  actor: string | null;
  /** Of the contact, in the organisation's records. */
  externalId: string | null;
  /** Of the request, in the organisation's records. */
  trackingId: string | null;
  /** The change that this one takes back; see `restore.ts`. */
  reverses: { changeId: string; reason: ReversalReason } | null;
}

/** What every change must say. */
type Said = Pick<ConsentChange, 'changeId' | 'phoneNumber' | 'status' | 'method' | 'requestedAt' | 'cause'>;

/** A change with nothing in it but what is said: for everything, on both channels, now, granting nothing. */
export const consentChange = (said: Said & Partial<ConsentChange>): ConsentChange => ({
  scope: WHOLE_SENDER,
  channels: ['sms', 'voice'],
  granted: [],
  deadline: null,
  foundLate: false,
  onlyWhileOptedOut: false,
  originalMessage: null,
  rule: null,
  evidence: null,
  actor: null,
  externalId: null,
  trackingId: null,
  reverses: null,
  ...said,
});

/** By which a wording is stored, and by which anybody can check that it is the one that was shown. */
export const wordingHash = (wording: string): string => hash('sha256', wording, 'hex');
