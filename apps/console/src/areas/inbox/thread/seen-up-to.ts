import type { SaidInConversation } from '#shared/api-client/api-types.ts';

/**
 * Up to which text of theirs somebody has seen a conversation, as the API takes it: `upTo`, which the conversation says, if it is among
 * what is drawn, else the newest of theirs that is; conversation and lines are read by themselves, and either may be the older
 * one. Null: none of theirs is drawn, so nothing can be said of any. Where nothing ever came from them there is none to name. `said`: the
 * newest first; undefined: not read yet. Pure.
 */
export function seenUpTo(
  upTo: string | null,
  said: readonly SaidInConversation[] | undefined,
): { upTo?: string } | null {
  if (said === undefined) return null;
  const theirs = said.filter(({ inbound }) => inbound !== null);
  const [newest] = theirs;
  if (upTo !== null && theirs.some(({ id }) => id === upTo)) return { upTo };
  if (newest !== undefined) return { upTo: newest.id };
  return upTo === null ? {} : null;
}
