/**
 * Something that may happen once, while much that would otherwise be waited for is under way. What ends before leaves nothing
 * behind, in constant time, however much has ended: a listener on an AbortSignal is looked for among all that it has, and what
 * races with one promise that never settles stays with it.
 */
export class Abandonment {
  readonly #waiting = new Set<() => void>();
  #happened = false;

  get happened(): boolean {
    return this.#happened;
  }

  happen(): void {
    this.#happened = true;
    for (const abandon of this.#waiting) abandon();
  }

  /** What `work`, which never rejects, comes to; false as soon as it is abandoned. */
  async unless(work: Promise<boolean>): Promise<boolean> {
    if (this.#happened) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const abandon = (): void => resolve(false);
    this.#waiting.add(abandon);
    void work.then(resolve);
    const done = await promise;
    this.#waiting.delete(abandon);
    return done;
  }
}
