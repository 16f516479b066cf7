import { CONFIRMATION_MS } from '#shared/compliance/case.ts';
import type { Json } from './chain.ts';

/**
 * One thing that happened between the organisation and a person, as it stands in a bundle of evidence. Instants are ISO
 * 8601 in UTC. All values are JSON, so that they can be hashed.
 */
export type Entry =
  | ({ kind: 'consent' } & ConsentEntry)
  | ({ kind: 'text_received' } & TextEntry)
  | ({ kind: 'message' } & MessageEntry)
  | ({ kind: 'decision' } & DecisionEntry)
  | ({ kind: 'review' } & ReviewEntry)
  | ({ kind: 'do_not_call' } & DoNotCallEntry)
  | ({ kind: 'reassigned' } & ReassignedEntry)
  | ({ kind: 'erasure' } & ErasureEntry);

/** A type, not an interface: only types are JSON to the compiler. */
type Happened = {
  /** When it happened; what entries are ordered by. */
  at: string;
  /** Of the row behind it. */
  id: string;
};

/** What is told in an order of its own, also where it happened at one instant. */
type Counted = Happened & { position: number };

export type ConsentEntry = Counted & {
  recordedAt: string;
  status: string;
  method: string;
  scope: string;
  channels: string[];
  granted: string[];
  deadline: string | null;
  originalMessage: string | null;
  cause: string;
  rule: string | null;
  wording: string | null;
  wordingSha256: string | null;
  affirmativeAction: string | null;
  url: string | null;
  ip: string | null;
  userAgent: string | null;
  actor: string | null;
  externalId: string | null;
  trackingId: string | null;
  reverses: string | null;
  reversalReason: string | null;
};

export type TextEntry = Happened & {
  body: string;
  to: string | null;
  carrier: string;
  carrierMessageId: string | null;
};

export type MessageEntry = Counted & {
  /** `voice`: a call; its body is what it had to say. */
  channel: string;
  intent: string;
  from: string;
  body: string;
  mediaUrls: string[];
  /** What the sender made of it. */
  state: string;
  rule: string | null;
  attempts: {
    startedAt: string;
    state: string;
    carrier: string;
    carrierMessageId: string | null;
    errorCode: string | null;
    /** The last that the carrier said; null: nothing. */
    status: string | null;
    statusAt: string | null;
    /** Of a call of which something is known; null: a text. Key 9 in it is a change of consent, which stands beside it. */
    call: {
      outcome: string | null;
      answeredBy: string | null;
      seconds: number | null;
      keys: string[];
    } | null;
  }[];
  /** Of a confirmation of an opt-out: how long after the revocation its request began, in ms; null: not at all. */
  afterRevocationMs: number | null;
  /** Whether that was more than five minutes (47 CFR 64.1200(a)(12)). */
  late: boolean;
};

export type DecisionEntry = Counted & {
  messageId: string;
  verdict: string;
  rule: string;
  rulesVersion: string;
  until: string | null;
  inputsSha256: string;
  inputs: Json;
};

export type ReviewEntry = Happened & {
  originalMessage: string;
  rule: string;
  suppressed: boolean;
  deadline: string;
  outcome: string | null;
  resolvedAt: string | null;
  resolvedBy: string | null;
  reason: string | null;
};

/** What a copy of the do-not-call registry says of the number, from the moment it came in force. */
export type DoNotCallEntry = Happened & {
  listDate: string;
  listed: boolean;
  loadedBy: string;
  sources: Json;
};

/** What the Reassigned Numbers Database answered, from the moment the answer was taken in. */
export type ReassignedEntry = Happened & {
  askedOn: string;
  /** The day that was asked with: of consent, or of the last certain contact. */
  askedAbout: string;
  answer: string;
};

/** What the person said and was sent until then is no longer on record. */
export type ErasureEntry = Happened & { by: string; reason: string; complete: boolean };

/** Whether a confirmation that began so many ms after its revocation is late. */
export const isLate = (afterRevocationMs: number): boolean => afterRevocationMs > CONFIRMATION_MS;

const RANK: Readonly<Record<Entry['kind'], number>> = {
  text_received: 0,
  consent: 1,
  review: 2,
  decision: 3,
  message: 4,
  do_not_call: 5,
  reassigned: 6,
  erasure: 7,
};

/**
 * By instant; what happened at the same one as it follows from each other, and what is of one kind in the order in which
 * it was told; else by id. Always the same.
 */
export const inOrder = (entries: readonly Entry[]): Entry[] =>
  entries.toSorted(
    (a, b) =>
      compare(a.at, b.at) ||
      RANK[a.kind] - RANK[b.kind] ||
      positionOf(a) - positionOf(b) ||
      compare(a.id, b.id),
  );

const positionOf = (entry: Entry): number => ('position' in entry ? entry.position : 0);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The same entries, in which every confirmation says how long after its revocation it went: the last one that came
 * before it. The entries are in order.
 */
export function withDelays(entries: readonly Entry[]): Entry[] {
  let revokedAt: string | null = null;
  return entries.map((entry) => {
    if (entry.kind === 'consent' && entry.status !== 'opted_in') revokedAt = entry.at;
    if (entry.kind !== 'message' || entry.intent !== 'opt_out_confirmation' || revokedAt === null)
      return entry;
    const first = entry.attempts[0];
    if (first === undefined) return entry;
    const afterRevocationMs = Date.parse(first.startedAt) - Date.parse(revokedAt);
    return { ...entry, afterRevocationMs, late: isLate(afterRevocationMs) };
  });
}
