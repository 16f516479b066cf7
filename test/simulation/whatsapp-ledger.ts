/**
 * What is promised of free text on WhatsApp, of what was written, claimed and withheld: nothing here is taken from what keeps it
 * (shared/compliance). Pure; times are in ms.
 */

const MINUTE_MS = 60_000;
/** A person's window is open for 24 hours, of which the last quarter of an hour is not used. */
export const CLOSES_AFTER_MS = (24 * 60 - 15) * MINUTE_MS;
/** For so long a transaction may have been under way that judges. */
const UNDER_WAY_MS = 10_000;

/** A free text, from a number of ours there. */
export interface FreeText {
  id: string;
  person: string;
  ours: string;
  createdAt: Date;
  settledAt: Date | null;
  /** Why it did not go; empty: it did, or nothing says so. */
  rule: string;
  /** To a text of theirs. */
  isAnswer: boolean;
  /** When it was claimed to be sent. */
  claims: readonly Date[];
}

/**
 * Free text that was claimed when its person's window had closed, or that was withheld while it was open. `lastHeardAt`: when somebody last wrote
 * to that number, up to an instant; null: never. `isNoon`: all may go now; else what has to wait for the morning is withheld where the window
 * closes before.
 */
export function windowFaults(
  texts: readonly FreeText[],
  {
    isNoon,
    lastHeardAt,
  }: {
    lastHeardAt: (person: string, ours: string, until: number) => number | null;
    isNoon: boolean;
  },
): string[] {
  const age = ({ ours, person }: FreeText, at: number, heardBy = at): number =>
    at - (lastHeardAt(person, ours, heardBy) ?? Number.NEGATIVE_INFINITY);
  return texts.flatMap((text) => [
    ...text.claims
      .map((claim) => age(text, claim.getTime()))
      .filter((ms) => ms >= CLOSES_AFTER_MS + UNDER_WAY_MS)
      .map((ms) => `free text ${text.id} to ${text.person} was claimed ${ms} ms after they had written`),
    // What it answers was heard; what else they wrote may have been on its way.
    ...(text.rule === 'whatsapp_window' &&
    (isNoon || text.isAnswer) &&
    age(text, text.settledAt?.getTime() ?? 0, text.createdAt.getTime() - (text.isAnswer ? 0 : HEARD_MS)) <
      CLOSES_AFTER_MS - UNDER_WAY_MS
      ? [
          `free text ${text.id} to ${text.person} was withheld at ${text.settledAt?.toISOString()}, and they had written`,
        ]
      : []),
  ]);
}

/** For so long what somebody wrote may be on its way: six tries of a webhook, each answered after 15 s or not at all, and a sweep. */
const HEARD_MS = 180_000;
