import type { Working } from './working.ts';

/**
 * What of a draft stands in this browser alone, because nobody could save it yet: there is no connection, somebody else was
 * first, or a prompt has no words. It is there again when the page is opened again.
 */
export interface KeptHere {
  /** Who wrote it: whoever sits here next is somebody else. Left out by an older version of the page. */
  by?: Author;
  /** Of the draft that it was begun from. */
  version: string | null;
  base: Working;
  working: Working;
}

export interface Author {
  id: string;
  name: string;
}

const nameOf = (slug: string): string => `carillon.drill-draft.${slug}`;

export function readKept(slug: string): KeptHere | null {
  try {
    const kept = localStorage.getItem(nameOf(slug));
    return kept === null ? null : (JSON.parse(kept) as KeptHere);
  } catch {
    // Nothing is kept, or what is kept is of an older version of the page.
    return null;
  }
}

/** null: everything is saved. */
export function keepHere(slug: string, kept: KeptHere | null): void {
  try {
    if (kept === null) localStorage.removeItem(nameOf(slug));
    else localStorage.setItem(nameOf(slug), JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
}
