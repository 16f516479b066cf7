import { createParser } from 'eventsource-parser';

/** How the stream of live events stands. */
export type LiveState = 'connecting' | 'live' | 'away';

export interface LiveUpdate {
  topic: string;
  payload: unknown;
}

export interface LiveListener {
  /** Several at once, in their order; of one topic the newest. */
  updated(updates: readonly LiveUpdate[]): void;
  /** Something was missed: what is shown must be fetched again. */
  missed(): void;
  stands(state: LiveState): void;
}

/** Updates are handed over together, at most so often, in ms: one drawing instead of twenty. */
export const BATCH_MS = 250;
/** The server sends something every 15 s; who is silent for longer is gone. In ms. */
export const SILENCE_MS = 40_000;
/** Between two tries: doubled each time, with some chance, so that not all come back at once. In ms. */
const RETRY = { least: 1_000, most: 30_000 };

export interface LiveParts {
  /** Opens the stream from an id on; null: from now. */
  open(lastEventId: string | null, signal: AbortSignal): Promise<Response>;
  listener: LiveListener;
  /** Id of the last event that was heard, kept by the caller from one stream to the next. */
  position: { current: string | null };
  random(): number;
}

/**
 * Server-sent events of the API, read until it is stopped: it comes back after a stream that ends or breaks, with the id of
 * the last event, and says when something was missed. Reads with fetch and not with EventSource, which can send no key.
 */
export function startLiveStream({ listener, open, position, random }: LiveParts): () => void {
  const stopping = new AbortController();
  let wait = RETRY.least;
  let pending = new Map<string, LiveUpdate>();
  let batch: ReturnType<typeof setTimeout> | undefined;

  const handOver = (): void => {
    clearTimeout(batch);
    batch = undefined;
    const updates = [...pending.values()];
    pending = new Map();
    if (updates.length > 0) listener.updated(updates);
  };

  const heard = (event: string | undefined, data: string): void => {
    if (event === 'reset') listener.missed();
    if (event !== 'update') return;
    const update = updateOf(data);
    if (update === null) return;
    pending.delete(update.topic);
    pending.set(update.topic, update);
    batch ??= setTimeout(handOver, BATCH_MS);
  };

  async function read(): Promise<void> {
    const reading = new AbortController();
    const stop = (): void => reading.abort();
    stopping.signal.addEventListener('abort', stop);
    let silence = setTimeout(stop, SILENCE_MS);
    try {
      const response = await open(position.current, reading.signal);
      if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
      listener.stands('live');
      // Without an id nobody knows what happened since what is shown was read.
      if (position.current === null) listener.missed();
      wait = RETRY.least;
      const parser = createParser({
        onEvent: ({ data, event }) => heard(event, data),
        onRetry: (ms) => {
          wait = ms;
        },
      });
      /** A line whose end has not come yet. */
      let begun = '';
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(silence);
        silence = setTimeout(stop, SILENCE_MS);
        // The parser says nothing of an id without an event, which is where the stream begins.
        const lines = `${begun}${text}`.split('\n');
        begun = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('id: ')) position.current = line.slice('id: '.length);
        parser.feed(text);
      }
    } finally {
      clearTimeout(silence);
      stopping.signal.removeEventListener('abort', stop);
      reading.abort();
    }
  }

  async function run(): Promise<void> {
    listener.stands('connecting');
    while (!stopping.signal.aborted) {
      const ended = await read().then(
        () => 'ended',
        () => 'broke',
      );
      if (stopping.signal.aborted) return;
      if (ended === 'broke') listener.stands('away');
      await rest(wait * (0.5 + random() / 2), stopping.signal);
      wait = Math.min(wait * 2, RETRY.most);
    }
  }

  void run();
  return () => {
    stopping.abort();
    // The stream that comes after this one begins behind what was heard.
    handOver();
  };
}

function updateOf(data: string): LiveUpdate | null {
  const read: unknown = JSON.parse(data);
  if (typeof read !== 'object' || read === null || !('topic' in read) || !('payload' in read)) return null;
  return typeof read.topic === 'string' ? { topic: read.topic, payload: read.payload } : null;
}

const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
