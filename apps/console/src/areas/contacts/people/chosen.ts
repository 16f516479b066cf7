/**
 * Which rows of a list are chosen. Kept beside React's state: a box of one row changes that box, and not the table, which may
 * have a hundred thousand rows.
 */
export class Chosen {
  #ids: ReadonlySet<string> = new Set();
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  readonly ids = (): ReadonlySet<string> => this.#ids;

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  set(ids: Iterable<string>): void {
    this.#ids = new Set(ids);
    for (const each of this.#listeners) each();
  }

  turn(id: string, isChosen: boolean): void {
    this.set(isChosen ? [...this.#ids, id] : [...this.#ids].filter((each) => each !== id));
  }
}
