/**
 * Long texts travel in parts, and some carriers hand them on as they come: with a reference that the parts of one text share,
 * the number of each and how many there are (3GPP TS 23.040, 9.2.3.24.1). They are joined here before anything reads them: a
 * STOP may be cut in two.
 */
export interface MessagePart {
  /** The same for all parts of a text; used again by the same phone after a few hundred texts. */
  reference: string;
  /** From 1. */
  number: number;
  count: number;
}

/** A part that waits for the others. */
export interface HeldPart extends MessagePart {
  carrierMessageId: string;
  body: string;
  /** When the carrier got it. */
  receivedAt: Date;
  /** When it came here, which may be long after: a sweep brings parts one by one. The wait counts from it. */
  heardAt: Date;
}

export type JoinedParts =
  /** For the others, until then. */
  | { kind: 'waiting'; until: Date }
  | {
      kind: 'joined';
      /** Of the first part that is there: the text is known by it. */
      carrierMessageId: string;
      body: string;
      /** When the carrier got its first part. */
      receivedAt: Date;
      /** Numbers of parts that never came. */
      missing: readonly number[];
      /** Ids of the parts that it is made of, and of those that repeat one of them. */
      of: readonly string[];
    };

/** How long a text waits for its last part, in ms. Parts come within seconds of each other, or not at all. */
export const PART_WAIT_MS = 60_000;

/** Stands where parts are missing: a person sees that something is. */
export const GAP = ' [...] ';

/**
 * What parts of one text, with one reference between the same two numbers, come to: a text when all are there, or when the
 * wait is over. Of two with the same number the one that came first counts. In whatever order they are given; at least one.
 * Pure.
 */
export function joinParts(parts: readonly HeldPart[], now: Date, waitMs = PART_WAIT_MS): JoinedParts {
  const inOrder = [...parts].sort(
    (a, b) =>
      a.receivedAt.getTime() - b.receivedAt.getTime() || (a.carrierMessageId < b.carrierMessageId ? -1 : 1),
  );
  const [earliest] = inOrder;
  if (earliest === undefined) throw new Error('there is no part to join');
  const { count, receivedAt } = earliest;
  const heardAt = Math.min(...parts.map((part) => part.heardAt.getTime()));
  const byNumber = new Map<number, HeldPart>();
  for (const part of inOrder) if (!byNumber.has(part.number)) byNumber.set(part.number, part);
  const missing = Array.from({ length: count }, (_, n) => n + 1).filter((number) => !byNumber.has(number));
  const until = new Date(heardAt + waitMs);
  if (missing.length > 0 && now < until) return { kind: 'waiting', until };
  const there = [...byNumber.values()].sort((a, b) => a.number - b.number);
  const [first] = there;
  return {
    kind: 'joined',
    carrierMessageId: (first ?? earliest).carrierMessageId,
    body: bodyOf(there, count),
    receivedAt,
    missing,
    of: inOrder.map(({ carrierMessageId }) => carrierMessageId),
  };
}

/** The words in their order, with a gap where something is missing, at either end too. */
function bodyOf(there: readonly HeldPart[], count: number): string {
  let body = '';
  let expected = 1;
  for (const part of there) {
    if (part.number > expected) body += GAP;
    body += part.body;
    expected = part.number + 1;
  }
  return (expected <= count ? body + GAP : body).trim();
}
