import type { LiveUpdate } from './stream.ts';

type Heard = (update: LiveUpdate) => void;

/** Who follows which topic. Screens come and go together: what they follow changes once for all that come in one turn. */
export class Topics {
  readonly #followers = new Map<string, Set<Heard>>();
  #changed: ((topics: string) => void) | undefined;
  #telling = false;

  /** Follows a topic; returns how to leave it. */
  follow(topic: string, heard: Heard): () => void {
    const there = this.#followers.get(topic) ?? new Set();
    there.add(heard);
    this.#followers.set(topic, there);
    this.#change();
    return () => {
      there.delete(heard);
      if (there.size === 0) this.#followers.delete(topic);
      this.#change();
    };
  }

  tell(updates: readonly LiveUpdate[]): void {
    for (const update of updates) for (const heard of this.#followers.get(update.topic) ?? []) heard(update);
  }

  /** Hears of all that is followed, as the API takes it; empty: nothing. Returns how to hear no more. */
  onChange(changed: (topics: string) => void): () => void {
    this.#changed = changed;
    this.#change();
    return () => {
      this.#changed = undefined;
    };
  }

  #change(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#changed?.([...this.#followers.keys()].sort().join(','));
    });
  }
}
