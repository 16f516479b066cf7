import type { SaidInConversation } from '#shared/api-client/api-types.ts';

const MINUTE = 60_000;
const SOON_MS = 2_000;
const LATER_MS = 10_000;

/** States in which a message of ours may still become something else soon. */
const MOVING: readonly string[] = ['queued', 'posting', 'ambiguous'];
/** What a carrier says last of a text. */
const LAST: readonly string[] = ['delivered', 'read', 'undelivered', 'failed', 'canceled', 'completed'];

/**
 * After how many ms what was said is to be read again, false: not by itself. An answer arrives within seconds, and what the
 * programme answers to a text is written a moment after it; what a carrier has not told in a quarter of an hour is
 * not waited for. `said`: the newest first. Pure.
 */
export function isOnItsWay(said: readonly SaidInConversation[], now: number): number | false {
  const ages = said
    .filter(({ outbound }) => outbound === null || moves(outbound))
    .map(({ at, outbound }) => ({ age: now - Date.parse(at), isOurs: outbound !== null }));
  if (ages.some(({ age }) => age < MINUTE)) return SOON_MS;
  return ages.some(({ age, isOurs }) => isOurs && age < 15 * MINUTE) ? LATER_MS : false;
}

const moves = ({ state, status }: NonNullable<SaidInConversation['outbound']>): boolean =>
  MOVING.includes(state) || (state === 'sent' && (status === null || !LAST.includes(status)));
