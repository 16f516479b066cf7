import { compareIds, isEventId, KEPT, type LiveEvent } from '#shared/live-events/stream.ts';

/** Of a stream without events. Nobody can go on from it. */
export const NOWHERE = '0-0';

/** The newest events of the stream, in order, as one task knows them: what clients that come back missed. */
export class RecentEvents {
  #events: LiveEvent[] = [];

  /** Id of the newest. */
  get newest(): string {
    return this.#events.at(-1)?.id ?? NOWHERE;
  }

  restart(events: readonly LiveEvent[]): void {
    this.#events = events.slice(-KEPT);
  }

  /** Adds one that is newer than all. */
  add(event: LiveEvent): void {
    this.#events.push(event);
    // In one go now and then: shifting at every event would move all of them.
    if (this.#events.length >= 2 * KEPT) this.#events = this.#events.slice(-KEPT);
  }

  /**
   * What came after `id`, of each topic the newest alone; null when that cannot be said: the id is older than what is
   * kept, or unknown here, such as one of a stream that was lost.
   */
  after(id: string): LiveEvent[] | null {
    const [oldest] = this.#events;
    if (!isEventId(id) || oldest === undefined) return null;
    if (compareIds(id, oldest.id) < 0 || compareIds(id, this.newest) > 0) return null;
    const missed = this.#events.slice(this.#indexAfter(id));
    const newestOf = new Map(missed.map((event) => [event.topic, event]));
    return missed.filter((event) => newestOf.get(event.topic) === event);
  }

  /** Index of the first event that is newer than `id`. */
  #indexAfter(id: string): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = this.#events[middle];
      if (event && compareIds(event.id, id) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
