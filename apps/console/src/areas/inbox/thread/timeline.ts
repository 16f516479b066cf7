import type {
  ConsentChange,
  ConversationDecision,
  ConversationNote,
  SaidInConversation,
} from '#shared/api-client/api-types.ts';

/** What stands in a conversation, one below the other. */
export type Line =
  | { kind: 'day'; id: string; at: string }
  | { kind: 'session'; id: string; at: string }
  | { kind: 'said'; id: string; at: string; said: SaidInConversation }
  | { kind: 'consent'; id: string; at: string; change: ConsentChange }
  | { kind: 'note'; id: string; at: string; note: ConversationNote }
  | { kind: 'decision'; id: string; at: string; decision: ConversationDecision };

/** As it was read: each the newest first. */
export interface Parts {
  said: readonly SaidInConversation[];
  /** Whether something was said before what is read. */
  hasEarlier: boolean;
  consent: readonly ConsentChange[];
  notes: readonly ConversationNote[];
  decisions: readonly ConversationDecision[];
  /** The session under way: an answer may have begun it, which says of none. */
  session: { number: number; startedAt: string };
}

/**
 * A conversation from its oldest line to its newest: what was said, between it what happened, a line for each day and where a
 * session began. What happened before the oldest that is read comes with what was said then. Of things at one instant
 * what was said comes first. `dayOf`: the day of an instant where the reader is. Pure.
 */
export function timelineOf(
  { consent, decisions, hasEarlier, notes, said, session }: Parts,
  dayOf: (at: string) => string,
): Line[] {
  const from = hasEarlier ? (said.at(-1)?.at ?? '') : '';
  const happened: Line[] = [
    ...consent.map(
      (change): Line => ({
        kind: 'consent',
        // A text that changes consent and the change have one id.
        id: `consent ${change.id}`,
        at: change.requestedAt,
        change,
      }),
    ),
    ...notes.map((note): Line => ({ kind: 'note', id: `note ${note.id}`, at: note.writtenAt, note })),
    ...decisions.map(
      (each): Line => ({
        kind: 'decision',
        id: `decision ${each.id}`,
        at: each.at,
        decision: each,
      }),
    ),
  ].filter(({ at }) => at >= from);
  const lines = [
    // In the order of the API, which keeps each side's own where times do not.
    ...said.toReversed().map((each): Line => ({ kind: 'said', id: each.id, at: each.at, said: each })),
    ...happened.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
  ];
  return withDays(withSessions(lines.toSorted(byTime), session), dayOf);
}

/** Stable: lines of one instant stay as they were. */
const byTime = (a: Line, b: Line): number => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1);

/** Where a session after the first began: before its first text, or where the API says that the one under way began. */
function withSessions(lines: readonly Line[], current: Parts['session']): Line[] {
  const began = new Map<number, string>();
  for (const line of lines) {
    const number = line.kind === 'said' ? line.said.inbound?.session : undefined;
    if (number !== undefined && !began.has(number)) began.set(number, line.at);
  }
  const [oldest = 0] = [...began.keys()].sort((a, b) => a - b);
  if (began.has(current.number) || current.number > oldest) began.set(current.number, current.startedAt);
  // The first of what is shown may have begun before.
  began.delete(oldest);
  const starts = [...began]
    .map(([number, at]): Line => ({ kind: 'session', id: `session ${number}`, at }))
    .filter(({ at }) => lines.some((line) => line.at >= at));
  return [...starts, ...lines].toSorted(byTime);
}

function withDays(lines: readonly Line[], dayOf: (at: string) => string): Line[] {
  let day = '';
  return lines.flatMap((line): Line[] => {
    const own = dayOf(line.at);
    if (own === day) return [line];
    day = own;
    return [{ kind: 'day', id: `day ${own}`, at: line.at }, line];
  });
}
