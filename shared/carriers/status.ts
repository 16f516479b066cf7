/**
 * What may have become of a message, in the words of all carriers. Reports come repeated and in any order; the
 * status of a message is the one of highest rank that was reported, so every order of arrival ends the same way.
 * Ranks are stored (message_log.status_rank): they have gaps for words to come and are never renumbered.
 */
const ranks = {
  /** No word that we know yet. */
  unknown: 0,
  scheduled: 10,
  accepted: 20,
  queued: 30,
  sending: 40,
  /** Of calls: dialled, ringing, taken. */
  initiated: 42,
  ringing: 44,
  'in-progress': 46,
  sent: 50,
  /** Ours, no carrier's: `sent` for so long that nothing more is expected. Whatever a carrier still says wins over it. */
  sent_unconfirmed: 55,
  partially_delivered: 60,
  canceled: 70,
  failed: 80,
  'no-answer': 82,
  busy: 84,
  undelivered: 90,
  /** Of calls: somebody, or a machine, took it, and it is over. */
  completed: 95,
  delivered: 100,
  read: 110,
  // Inbound messages have words of their own and never meet the others.
  receiving: 200,
  received: 210,
} as const;

export type MessageStatus = keyof typeof ranks;

export const messageStatuses: readonly MessageStatus[] = Object.keys(ranks).filter(isMessageStatus);

export function isMessageStatus(word: string): word is MessageStatus {
  return Object.hasOwn(ranks, word);
}

export const statusRank = (status: MessageStatus): number => ranks[status];

/**
 * Statuses after which nothing more is expected of the carrier, by what they mean for the person. `sent` is not among
 * them although it may be the last one heard: some networks report no delivery, so it ends as `sent_unconfirmed`.
 */
const meanings: Partial<Record<MessageStatus, 'arrived' | 'did_not_arrive' | 'not_known'>> = {
  sent_unconfirmed: 'not_known',
  partially_delivered: 'arrived',
  completed: 'arrived',
  delivered: 'arrived',
  read: 'arrived',
  canceled: 'did_not_arrive',
  failed: 'did_not_arrive',
  'no-answer': 'did_not_arrive',
  busy: 'did_not_arrive',
  undelivered: 'did_not_arrive',
};

export const isTerminal = (status: MessageStatus): boolean => Object.hasOwn(meanings, status);

/** Whether the status says that the message is not with the person and never will be. */
export const didNotArrive = (status: MessageStatus): boolean => meanings[status] === 'did_not_arrive';

/** All that say that a message arrived, or that it never will. */
export const statusesThat = (meaning: 'arrived' | 'did_not_arrive'): readonly MessageStatus[] =>
  messageStatuses.filter((status) => meanings[status] === meaning);

/** For SQL: an outgoing message is at its end exactly when its rank is at least this. */
export const LEAST_TERMINAL_RANK = ranks.sent_unconfirmed;

const OPPOSITE = { arrived: 'did_not_arrive', did_not_arrive: 'arrived', not_known: undefined } as const;

/** The statuses that contradict this one: empty where it says neither that the message arrived nor that it did not. */
export function contradicting(status: MessageStatus): readonly MessageStatus[] {
  const meaning = meanings[status];
  const opposite = meaning && OPPOSITE[meaning];
  return opposite === undefined ? [] : statusesThat(opposite);
}

/** A status as it was reported, and when it was first heard of. */
export interface ReportedStatus {
  status: MessageStatus;
  at: Date;
  errorCode: string | null;
}

/**
 * The one of two reports that stands. Commutative, associative and idempotent. Between reports of the same status:
 * the earlier time, and an error code rather than none (of two codes the greater one, only to be the same always).
 */
export function mergeStatus(a: ReportedStatus, b: ReportedStatus): ReportedStatus {
  if (ranks[a.status] !== ranks[b.status]) return ranks[a.status] > ranks[b.status] ? a : b;
  return {
    status: a.status,
    at: new Date(Math.min(a.at.getTime(), b.at.getTime())),
    errorCode: greater(a.errorCode, b.errorCode),
  };
}

function greater(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
