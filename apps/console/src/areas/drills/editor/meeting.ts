import type { KeptHere } from './kept-here.ts';
import { isSame, merged } from './merge.ts';
import { keepable, type Working } from './working.ts';

/**
 * What there is to do when somebody else has changed the draft: nothing (`same`: what stands here is what they saved),
 * take theirs (nothing was changed here), or let somebody choose. `both`: the two together; null: they changed the same thing.
 */
export type Meeting = 'same' | 'theirs' | { both: Working | null };

/** `base`: what stands here was begun from; `theirs`: the draft by now. */
export function meet(base: Working, here: Working, theirs: Working): Meeting {
  const { draft: mine, leftOut } = keepable(here);
  if (mine !== null && isSame(mine, theirs)) return 'same';
  if (mine !== null && leftOut.length === 0 && isSame(mine, base)) return 'theirs';
  return { both: merged(base, here, theirs) };
}

/**
 * The same of what was left in this browser, when the draft is opened again by `who`, an id. `version`: of the draft that was
 * read. What another person wrote here is never gone on with unasked.
 */
export function meetKept(
  kept: KeptHere | null,
  theirs: Working,
  { version, who }: { version: string | null; who: string },
): 'same' | 'theirs' | 'go on' | { both: Working | null; isOfAnother: boolean } {
  if (kept === null) return 'theirs';
  const isOwn = kept.by?.id === who;
  if (isOwn && (kept.version === version || isSame(kept.base, theirs))) return 'go on';
  const met = meet(kept.base, kept.working, theirs);
  return typeof met === 'string' ? met : { ...met, isOfAnother: !isOwn };
}
