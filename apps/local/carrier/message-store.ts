import type { Clock } from '#shared/clock.ts';
import { channelAddress } from '#shared/phone/channel-address.ts';
import type { Journal } from './journal.ts';
import { isSettled, type Message } from './message.ts';

/**
 * All messages, in memory and in the journal. Changes are written in batches: `saved()` resolves once everything
 * changed so far is on disk, and whoever answers a request waits for it.
 */
export interface MessageStore {
  readonly size: number;
  nextOrdinal(): number;
  get(sid: string): Message | undefined;
  add(message: Message): void;
  /** To be called after every change of a message. */
  changed(message: Message): void;
  saved(): Promise<void>;
  /** Newest first; of one phone if given. `number`, or address on WhatsApp, may be on either side. */
  newestFirst(number: string | null): Iterable<Message>;
  oldestFirst(afterOrdinal: number): Iterable<Message>;
  ofPhone(phone: string): readonly Message[];
  isOptedOut(ours: string, phone: string): boolean;
  setOptedOut(ours: string, phone: string, out: boolean): void;
  clear(): void;
  /** Writes what is left and closes the journal. */
  close(): void;
}

/** Changes that nobody waits for are written together after this. */
const LAZY_WRITE_MS = 25;
/** How far from the oldest message the search for one that may be dropped goes. */
const EVICTION_SEARCH = 1_000;

export function createMessageStore(
  journal: Journal | null,
  limits: { maxMessages: number },
  clock: Pick<Clock, 'sleep'>,
): MessageStore {
  const bySid = new Map<string, Message>();
  const byPhone = new Map<string, Message[]>();
  /** Numbers that were on our side of some message. */
  const ours = new Set<string>();
  /** By ordinal, ascending; dropped ones leave a hole until the head passes them. */
  let ordered: (Message | undefined)[] = [];
  let head = 0;
  let last = 0;
  const optedOut = new Set<string>();

  const dirty = new Set<Message>();
  const dropped = new Set<number>();
  const optOutChanges = new Map<string, boolean>();
  let waiting: { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } | null =
    null;
  let lazyWrite = false;
  let closed = false;

  const flush = (): void => {
    const waiters = waiting;
    waiting = null;
    if (closed) return;
    try {
      if (journal && dirty.size + dropped.size + optOutChanges.size > 0) {
        journal.write(dirty, dropped, optOutChanges);
      }
      dirty.clear();
      dropped.clear();
      optOutChanges.clear();
      waiters?.resolve();
    } catch (error) {
      // Whoever waits must not be told that it is safe; without a waiter the process has to end.
      if (!waiters) throw error;
      waiters.reject(error);
    }
  };
  const writeSoon = (): void => {
    if (!journal || lazyWrite) return;
    lazyWrite = true;
    void clock.sleep(LAZY_WRITE_MS).then(() => {
      lazyWrite = false;
      flush();
    });
  };
  const index = (message: Message): void => {
    bySid.set(message.sid, message);
    ordered.push(message);
    ours.add(message.ours);
    last = message.ordinal;
    const conversation = byPhone.get(message.phone);
    if (conversation) conversation.push(message);
    else byPhone.set(message.phone, [message]);
  };
  const evictOne = (): void => {
    while (head < ordered.length && ordered[head] === undefined) head += 1;
    let at = head;
    for (let probe = head; probe < Math.min(ordered.length, head + EVICTION_SEARCH); probe += 1) {
      const candidate = ordered[probe];
      if (candidate && isSettled(candidate)) {
        at = probe;
        break;
      }
    }
    const message = ordered[at];
    if (!message) return;
    ordered[at] = undefined;
    bySid.delete(message.sid);
    dirty.delete(message);
    dropped.add(message.ordinal);
    const conversation = byPhone.get(message.phone);
    conversation?.splice(conversation.indexOf(message), 1);
    if (conversation?.length === 0) byPhone.delete(message.phone);
    if (head > 10_000 && head > ordered.length / 2) {
      ordered = ordered.slice(head);
      head = 0;
    }
  };
  const pair = (from: string, phone: string): string => `${from} ${phone}`;

  function* backwards(list: readonly (Message | undefined)[], until: number): Iterable<Message> {
    for (let i = list.length - 1; i >= until; i -= 1) {
      const message = list[i];
      if (message) yield message;
    }
  }

  if (journal) {
    for (const message of journal.messages()) index(message);
    for (const key of journal.optOuts()) optedOut.add(key);
  }

  return {
    get size() {
      return bySid.size;
    },
    nextOrdinal: () => last + 1,
    get: (sid) => bySid.get(sid),
    add: (message) => {
      index(message);
      dirty.add(message);
      while (bySid.size > limits.maxMessages) evictOne();
      writeSoon();
    },
    changed: (message) => {
      if (bySid.get(message.sid) !== message) return;
      dirty.add(message);
      writeSoon();
    },
    saved: () => {
      if (!journal) return Promise.resolve();
      if (!waiting) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        waiting = { promise, resolve, reject };
        // Everything that this turn of the event loop brings shares one write.
        setImmediate(flush);
      }
      return waiting.promise;
    },
    newestFirst: (number) =>
      number !== null && !ours.has(number)
        ? backwards(byPhone.get(channelAddress(number).address) ?? [], 0)
        : backwards(ordered, head),
    *oldestFirst(afterOrdinal) {
      for (let i = head; i < ordered.length; i += 1) {
        const message = ordered[i];
        if (message && message.ordinal > afterOrdinal) yield message;
      }
    },
    ofPhone: (phone) => byPhone.get(phone) ?? [],
    isOptedOut: (from, phone) => optedOut.has(pair(from, phone)),
    setOptedOut: (from, phone, out) => {
      const key = pair(from, phone);
      if (out) optedOut.add(key);
      else optedOut.delete(key);
      optOutChanges.set(key, out);
      writeSoon();
    },
    clear: () => {
      bySid.clear();
      byPhone.clear();
      ours.clear();
      ordered = [];
      head = 0;
      last = 0;
      optedOut.clear();
      dirty.clear();
      dropped.clear();
      optOutChanges.clear();
      journal?.clear();
    },
    close: () => {
      flush();
      closed = true;
      journal?.close();
    },
  };
}
