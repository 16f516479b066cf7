/** What somebody writes in a conversation. */
export interface Writing {
  text: string;
  /** The agent's draft whose words were taken up, and what stood there before. */
  draft: { textId: string; before: string } | null;
  /** What was sent last and has not been done, as far as is known. */
  sent: Sent | null;
}

/**
 * Words on their way. `change` is what `useChange` was given: the same object stands for the same request, which the API does
 * once however often it is sent.
 */
export type Sent = {
  words: string;
  /** The Idempotency-Key: also after a reload it is the same request. */
  key: string;
} & (
  | { kind: 'answer'; change: { path: { id: string }; body: { body: string; upTo?: string } } }
  /** Of the agent, in other words: `id` is the text that it answers. */
  | { kind: 'draft' | 'note'; change: { path: { id: string }; body: { body: string } } }
);

export const nothingWritten: Writing = { text: '', draft: null, sent: null };

/** The same with other words; who has deleted everything begins something new. */
export const written = (before: Writing, text: string): Writing => ({
  ...before,
  text,
  sent: text.trim() === '' ? null : before.sent,
});

/** Takes the words of a draft up. What stood there is kept. */
export const takenUp = (before: Writing, draft: { textId: string; body: string }): Writing => ({
  text: draft.body,
  draft: { textId: draft.textId, before: before.draft?.before ?? before.text },
  sent: null,
});

/** What stood there before a draft was taken up. */
export const givenBack = (now: Writing): Writing =>
  now.draft === null ? now : { ...nothingWritten, text: now.draft.before };

/**
 * The text whose draft is being put in other words; null: none is, or the draft that it was begun from is there no more,
 * because it was settled or another one came.
 */
export const editedDraft = (
  { draft }: Writing,
  agent: { textId: string; draft: string | null } | null,
): string | null =>
  draft !== null && agent?.draft != null && agent.textId === draft.textId ? draft.textId : null;

/**
 * What goes when somebody presses Send: what went before, if these words went and nobody knows that they were done, else what
 * `make` says. `as`: answers and drafts are one, since an answer that was sent settles the draft.
 */
export function sentAs(now: Writing, as: 'answer' | 'note', make: () => Sent): Sent {
  const words = now.text.trim();
  const before = now.sent;
  return before !== null && before.words === words && (before.kind === 'note') === (as === 'note')
    ? before
    : make();
}

/** It was done: those words are not written any more, whatever was typed since is. */
export const done = (now: Writing, change: object): Writing => {
  if (now.sent?.change !== change) return now;
  return now.text.trim() === now.sent.words ? nothingWritten : { ...now, draft: null, sent: null };
};

/** Where what is written is kept over a reload: of this tab alone. */
export interface Shelf {
  read(name: string): string | null;
  /** Null: nothing is kept under it any more. */
  write(name: string, text: string | null): void;
}

/**
 * What people write, by who and where: they may look elsewhere meanwhile, and reload the page. `told`: of what was sent, which
 * request it is.
 */
export class Writings {
  readonly #all = new Map<string, Writing>();
  readonly #listeners = new Set<() => void>();
  readonly #shelf: Shelf;
  readonly #told: (sent: Sent) => void;

  constructor(shelf: Shelf, told: (sent: Sent) => void) {
    this.#shelf = shelf;
    this.#told = told;
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  of(who: string, conversation: string): Writing {
    const name = nameOf(who, conversation);
    const known = this.#all.get(name) ?? this.#kept(name);
    this.#all.set(name, known);
    return known;
  }

  #kept(name: string): Writing {
    const text = this.#shelf.read(name);
    if (text === null) return nothingWritten;
    try {
      const kept = JSON.parse(text) as Writing;
      if (kept.sent !== null) this.#told(kept.sent);
      return kept;
    } catch {
      // Of an older version of the page.
      return nothingWritten;
    }
  }

  change(who: string, conversation: string, how: (before: Writing) => Writing): void {
    const before = this.of(who, conversation);
    const next = how(before);
    const name = nameOf(who, conversation);
    if (next.sent !== null && next.sent !== before.sent) this.#told(next.sent);
    const isNothing = next.text === '' && next.draft === null && next.sent === null;
    this.#all.set(name, isNothing ? nothingWritten : next);
    this.#shelf.write(name, isNothing ? null : JSON.stringify(next));
    for (const each of this.#listeners) each();
  }
}

const nameOf = (who: string, conversation: string): string => JSON.stringify([who, conversation]);
