import type { ConsentRow, MessageRow } from './records.ts';

/** What is known of one phone: messages in their order, changes of consent in theirs. */
interface Known {
  messages: readonly MessageRow[];
  consent: readonly ConsentRow[];
  /** How clocks of services were moved meanwhile: in their time what waited is older by that. Left out: not at all. */
  clockMoves?: readonly ClockMove[];
  /** Whether somebody else judges what was withheld outside of a window of WhatsApp. Left out: nobody does, and nothing may be. */
  areWindowsJudged?: boolean;
}

/** Clocks of services were moved by `ms` (back: less than nothing), from when the first noticed until the last did, in real time. */
export interface ClockMove {
  from: number;
  to: number;
  ms: number;
}

/** For how long a transaction that changes consent may have been under way when it is committed, in ms. */
const UNDER_WAY_MS = 10_000;
/** After this a revocation is confirmed no more, in ms. */
const CONFIRMATION_MS = 5 * 60_000;

/** What may have kept a message back, by its rule: whether what the person did, and nothing else, asks for it. */
const CAUSES: Readonly<Record<string, (message: MessageRow, known: Known) => boolean>> = {
  suppressed: (message, known) => wasOptedOut(known.consent, at(message)),
  // The answer to a newer text went instead.
  superseded: ({ intent, ordinal }, { messages }) =>
    intent === 'reply' && messages.some((other) => other.intent === 'reply' && other.ordinal > ordinal),
  overtaken: (message, { consent }) =>
    changed(consent, message.intent === 'help' ? 'opted_out' : 'opted_in', at(message)),
  answered_already: (message, { messages }) =>
    messages.some(
      ({ intent, message_id, state }) =>
        message_id !== message.message_id && intent === message.intent && state === 'sent',
    ),
  confirmation_late: (message, { clockMoves = [], consent }) =>
    consent.some(
      ({ recorded_at, status }) =>
        status === 'opted_out' && mostAge(recorded_at.getTime(), at(message), clockMoves) > CONFIRMATION_MS,
    ),
  // Of a campaign: by who stopped it, or by what the person answered to it.
  campaign_stopped: () => true,
  // Held, and taken back by its campaign, which plans it anew when it may go: whether it did, its contact says.
  held_by_campaign: () => true,
  has_replied: () => true,
  // Of the agent: by who turned it off, answered, or took the conversation.
  agent_turned_off: ({ intent }) => intent === 'reply',
  agent_overtaken: ({ intent }) => intent === 'reply',
  whatsapp_window: (_, { areWindowsJudged = false }) => areWindowsJudged,
};

/**
 * Messages that were not sent although nothing that the person did asks for that: what was blocked as suppressed for
 * somebody who had not opted out, as overtaken by a text that never came, or by a rule that nothing in these records can call for.
 */
export function withheldFaults(known: Known): string[] {
  return known.messages.flatMap((message) => {
    const { body, intent, ordinal, rule, state } = message;
    if (state !== 'blocked' && state !== 'cancelled') return [];
    // A confirmation is withdrawn by whoever opts in again.
    const cause = rule === null && intent === 'opt_out_confirmation' ? CAUSES.overtaken : CAUSES[rule ?? ''];
    return cause?.(message, known)
      ? []
      : [`message ${ordinal} "${body}" (${intent}) was ${state} (${rule}) without a cause`];
  });
}

/**
 * How old what came at `from` was at `to` at the most, by a clock that was moved meanwhile, in ms. Whether a move at the edge was noticed
 * before or after nobody knows.
 */
const mostAge = (from: number, to: number, moves: readonly ClockMove[]): number =>
  moves.reduce((sum, move) => {
    const isInside = move.from >= from && move.to <= to;
    const mayBe = move.from <= to && move.to >= from && move.ms > 0;
    return isInside || mayBe ? sum + move.ms : sum;
  }, to - from);

/** When it was settled; what is not known to be, at the end. */
const at = ({ settled_at }: MessageRow): number => settled_at?.getTime() ?? Number.MAX_SAFE_INTEGER;

const changed = (consent: readonly ConsentRow[], to: string, until: number): boolean =>
  consent.some(({ recorded_at, status }) => status === to && recorded_at.getTime() <= until);

/**
 * Whether an opt-out was in force at that instant (ms since 1970), or was lifted at most 10 s before: what was under way then saw it.
 * `consent`: changes of one phone, in the order in which they were recorded. One that came later explains nothing.
 */
export const wasOptedOut = (consent: readonly ConsentRow[], then: number): boolean =>
  consent.some(({ recorded_at, status }, index) => {
    if (status !== 'opted_out' || recorded_at.getTime() > then) return false;
    const lifted = consent.slice(index + 1).find((later) => later.status === 'opted_in');
    return lifted === undefined || lifted.recorded_at.getTime() + UNDER_WAY_MS >= then;
  });
