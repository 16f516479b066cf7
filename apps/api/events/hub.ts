import type { Clock } from '#shared/clock.ts';
import { compareIds, type LiveEvent } from '#shared/live-events/stream.ts';
import { HEARTBEAT, positionFrame, resetFrame, retryFrame, updateFrame } from './frames.ts';
import { RecentEvents } from './recent.ts';

/** The connection of somebody who listens. */
export interface Listener {
  /** Bytes that were written and that the network has not taken. */
  readonly bufferedBytes: number;
  write(frame: Buffer): void;
  /** Writes a last frame and ends; gives up what nobody takes. */
  end(frame: Buffer): void;
}

/** Least time between two updates of a topic: two a second. */
export const LEAST_BETWEEN_MS = 500;
/** Most bytes that wait for one client; who is slower than that is ended. */
export const MAX_BUFFERED_BYTES = 64 * 1024;
/** Shorter than the 60 s after which a load balancer ends an idle connection. */
export const HEARTBEAT_MS = 15_000;
/** After this a client is sent to sign in again: a key that was revoked meanwhile ends here. */
export const MAX_AGE_MS = 15 * 60_000;
/** When clients of a task that ends come back, at least and at most, so that not all come at once. */
const COME_BACK_MS = { least: 500, most: 5_000 };

interface Client {
  listener: Listener;
  /** Null: all. */
  topics: readonly string[] | null;
  since: number;
}

interface Pending {
  event: LiveEvent;
  /** Position before the first event that this one stands for. */
  before: string;
}

/**
 * Hands events out to all clients of one task. Each update is made into bytes once, whoever gets it.
 *
 * Of one topic at most one update leaves in `LEAST_BETWEEN_MS`: the first at once, of those that follow the newest. The
 * rate is kept here and not by publishers, of whom a topic may have several. The id of an update is not the event's own
 * but the position up to which nothing is being kept back, so that who goes on from it gets what was; some perhaps twice,
 * which is harmless, because a payload says how things stand.
 */
export class Hub {
  readonly #clock: Clock;
  readonly #recent = new RecentEvents();
  readonly #clients = new Set<Client>();
  /** Clients by topic; of those who want all: under null. */
  readonly #byTopic = new Map<string | null, Set<Client>>();
  readonly #leftAt = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();
  readonly #stopped = new AbortController();
  #begun = false;
  #flushing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    void this.#beat();
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Whether somebody would get an update of this topic. */
  isHeard(topic: string): boolean {
    return this.#byTopic.has(topic) || this.#byTopic.has(null);
  }

  /**
   * Takes a client in and tells it what it missed since `lastEventId`, or that it has to fetch again. Returns how to
   * forget it. After `stop` it is sent away at once, to come back elsewhere.
   */
  attach(
    listener: Listener,
    { topics, lastEventId }: { topics: readonly string[] | null; lastEventId: string | null },
  ): () => void {
    if (this.#stopped.signal.aborted) {
      listener.end(this.#comeBack());
      return () => undefined;
    }
    const client: Client = { listener, topics, since: this.#clock.monotonic() };
    this.#clients.add(client);
    for (const topic of topics ?? [null]) {
      const there = this.#byTopic.get(topic);
      if (there) there.add(client);
      else this.#byTopic.set(topic, new Set([client]));
    }
    listener.write(this.#welcome(topics, lastEventId));
    return () => this.#forget(client);
  }

  #welcome(topics: readonly string[] | null, lastEventId: string | null): Buffer {
    const position = this.#recent.newest;
    if (lastEventId === null) return positionFrame(position);
    const missed = this.#recent
      .after(lastEventId)
      ?.filter(({ topic }) => topics === null || topics.includes(topic));
    const frames = missed?.map((event) => updateFrame(event, position)) ?? [];
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (missed === undefined || bytes > MAX_BUFFERED_BYTES) return resetFrame(position);
    return Buffer.concat([...frames, positionFrame(position)]);
  }

  /** Begins with what the stream holds; not for the first time: after it was away, so everybody has to fetch again. */
  restart(events: readonly LiveEvent[]): void {
    this.#recent.restart(events);
    this.#pending.clear();
    if (this.#begun) this.#writeTo(this.#clients, resetFrame(this.#recent.newest));
    this.#begun = true;
  }

  /** New events of the stream, in its order. */
  add(events: readonly LiveEvent[]): void {
    for (const event of events) {
      const before = this.#recent.newest;
      this.#recent.add(event);
      const waiting = this.#pending.get(event.topic);
      if (waiting) waiting.event = event;
      else if (this.isHeard(event.topic)) this.#pending.set(event.topic, { event, before });
    }
    this.#flush();
  }

  /** Lets out what may leave now, and comes back for the rest. */
  #flush(): void {
    const now = this.#clock.monotonic();
    for (const [topic, at] of this.#leftAt) if (now - at >= LEAST_BETWEEN_MS) this.#leftAt.delete(topic);
    for (const [topic, { event }] of this.#pending) {
      if (this.#leftAt.has(topic)) continue;
      this.#pending.delete(topic);
      this.#leftAt.set(topic, now);
      this.#emit(event);
    }
    if (this.#pending.size > 0 && !this.#flushing) void this.#flushLater(now);
  }

  async #flushLater(now: number): Promise<void> {
    this.#flushing = true;
    const due = Math.min(...[...this.#pending.keys()].map((topic) => this.#leftAt.get(topic) ?? now));
    const slept = await this.#sleep(Math.max(1, due + LEAST_BETWEEN_MS - now));
    this.#flushing = false;
    if (slept) this.#flush();
  }

  #emit(event: LiveEvent): void {
    let position = this.#recent.newest;
    for (const { before } of this.#pending.values()) {
      if (compareIds(before, position) < 0) position = before;
    }
    const frame = updateFrame(event, position);
    this.#writeTo(this.#byTopic.get(event.topic), frame);
    this.#writeTo(this.#byTopic.get(null), frame);
  }

  #writeTo(clients: ReadonlySet<Client> | undefined, frame: Buffer): void {
    for (const client of clients ?? []) {
      if (client.listener.bufferedBytes + frame.length <= MAX_BUFFERED_BYTES) client.listener.write(frame);
      else {
        this.#forget(client);
        client.listener.end(resetFrame(this.#recent.newest));
      }
    }
  }

  async #beat(): Promise<void> {
    while (await this.#sleep(HEARTBEAT_MS)) {
      const now = this.#clock.monotonic();
      for (const client of this.#clients) {
        if (now - client.since < MAX_AGE_MS) continue;
        this.#forget(client);
        client.listener.end(retryFrame(COME_BACK_MS.least));
      }
      this.#writeTo(this.#clients, HEARTBEAT);
    }
  }

  /** False: the hub has stopped meanwhile. */
  async #sleep(ms: number): Promise<boolean> {
    const { signal } = this.#stopped;
    try {
      await this.#clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted;
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    for (const topic of client.topics ?? [null]) {
      const there = this.#byTopic.get(topic);
      there?.delete(client);
      if (there?.size === 0) this.#byTopic.delete(topic);
    }
  }

  #comeBack(): Buffer {
    const { least, most } = COME_BACK_MS;
    return retryFrame(least + (most - least) * this.#clock.random());
  }

  /** Sends all clients away, each to come back at another moment. */
  stop(): void {
    this.#stopped.abort();
    for (const client of this.#clients) {
      this.#forget(client);
      client.listener.end(this.#comeBack());
    }
  }
}
