import {
  type KinesisClient,
  LimitExceededException,
  ResourceInUseException,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
  type SubscribeToShardEventStream,
} from '@aws-sdk/client-kinesis';
import type { Clock } from '#shared/clock.ts';
import { CarillonError } from '#shared/errors.ts';
import { NOTHING_YET, type ShardRead, type ShardReader, streamRecord } from './shard-reader.ts';

/** How a registered consumer has to go about a shard, in ms. */
export interface SubscriptionPace {
  /** Least time from one call to the next. */
  callIntervalMs: number;
  /** No call succeeds within this time of one that did; after it, a new one takes over from whoever has it. */
  takeOverMs: number;
  /** A subscription that says nothing for so long is dead. */
  silenceMs: number;
}

/**
 * The first two are what Kinesis allows: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html.
 * It sends an event about every 5 s also when there are no records; that is observed, not promised. Where it did not, a
 * needless subscription anew would be all that happens: nothing depends on it.
 */
const PACE: SubscriptionPace = { callIntervalMs: 1_000, takeOverMs: 5_000, silenceMs: 15_000 };

/** Opens a subscription after a sequence number; null: from the oldest record. Ends it when the signal is aborted. */
export type Subscribe = (
  after: string | null,
  signal: AbortSignal,
) => Promise<AsyncIterable<SubscribeToShardEventStream>>;

interface Subscription {
  events: AsyncIterator<SubscribeToShardEventStream>;
  end: AbortController;
  /** It has not brought an event yet. */
  silent: boolean;
}

/** Subscriptions of a registered consumer to one shard. The client must speak HTTP/2 and repeat nothing by itself. */
export const subscribeWith =
  (kinesis: KinesisClient, consumerArn: string, shard: string): Subscribe =>
  async (after, abortSignal) => {
    const { EventStream } = await kinesis.send(
      new SubscribeToShardCommand({
        ConsumerARN: consumerArn,
        ShardId: shard,
        StartingPosition:
          after === null
            ? { Type: 'TRIM_HORIZON' }
            : { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after },
      }),
      { abortSignal },
    );
    if (EventStream === undefined) throw new Error(`no events of shard ${shard}`);
    return EventStream;
  };

/**
 * Reads one shard from a checkpoint on as a registered consumer: Kinesis sends what arrives, with 2 MiB a second that
 * no other consumer shares. A subscription lives five minutes at most; what follows begins where it ended.
 *
 *   apart -> subscribed (an event per read) -> apart (expired, failed, silent, taken over or closed)
 *
 * An event is asked for only when it is read, so at most the one in hand and what the connection holds is in memory: the
 * sender waits. Nothing that was returned is returned again, whatever a new subscription begins with.
 */
export class FanOutReader implements ShardReader {
  readonly pushed = true;
  readonly #subscribe: Subscribe;
  readonly #clock: Clock;
  readonly #shard: string;
  readonly #pace: SubscriptionPace;
  /** The last record that was returned. */
  #last: string | null;
  /** Where the next subscription begins: never before `#last`, and further than that on a quiet shard. */
  #after: string | null;
  #subscription: Subscription | null = null;
  #nextCallAt: number;
  #refusals = 0;
  #closed = false;

  constructor(options: {
    subscribe: Subscribe;
    clock: Clock;
    shard: string;
    /** Sequence number to go on after; null: from the oldest record. */
    after: string | null;
    pace?: SubscriptionPace;
  }) {
    this.#subscribe = options.subscribe;
    this.#clock = options.clock;
    this.#shard = options.shard;
    this.#pace = options.pace ?? PACE;
    this.#last = options.after;
    this.#after = options.after;
    this.#nextCallAt = options.clock.monotonic();
  }

  async read(signal: AbortSignal): Promise<ShardRead> {
    this.#subscription ??= await this.#open(signal);
    if (this.#subscription === null) return NOTHING_YET;
    try {
      const next = await this.#unlessSilent(this.#subscription.events.next(), signal);
      if (next.done) {
        // Its time was over, or the connection broke: the SDK does not tell which.
        if (this.#subscription.silent)
          throw unavailable(`the subscription to shard ${this.#shard} ended at once`);
        this.#end();
        return NOTHING_YET;
      }
      this.#subscription.silent = false;
      // Anything else that may be in the union is thrown by the SDK, or of a kind that nobody knows yet.
      return next.value.SubscribeToShardEvent ? this.#taken(next.value.SubscribeToShardEvent) : NOTHING_YET;
    } catch (error) {
      this.#end();
      // Whoever took it over has our lease, or is about to: taking it back at once would only disturb them.
      if (error instanceof ResourceInUseException)
        this.#nextCallAt = this.#clock.monotonic() + this.#pace.takeOverMs;
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  #end(): void {
    this.#subscription?.end.abort();
    this.#subscription = null;
  }

  /** A subscription, as soon as a call is allowed; null: refused, as the first calls after another owner's are. */
  async #open(signal: AbortSignal): Promise<Subscription | null> {
    const wait = this.#nextCallAt - this.#clock.monotonic();
    if (wait > 0) await this.#clock.sleep(wait, signal);
    const end = new AbortController();
    try {
      const events = await this.#unlessSilent(this.#subscribe(this.#after, end.signal), signal);
      this.#nextCallAt = this.#clock.monotonic() + this.#pace.takeOverMs;
      this.#refusals = 0;
      // A read that nobody waits for any more must not leave a subscription behind.
      if (this.#closed) throw unavailable(`the reader of shard ${this.#shard} is closed`);
      return { events: events[Symbol.asyncIterator](), end, silent: true };
    } catch (error) {
      end.abort();
      const { callIntervalMs, takeOverMs } = this.#pace;
      this.#nextCallAt = this.#clock.monotonic() + callIntervalMs;
      if (!(error instanceof ResourceInUseException || error instanceof LimitExceededException)) throw error;
      // A hand-over explains as many refusals as there are calls until the old owner's subscription may be taken over.
      this.#refusals += 1;
      if (this.#refusals <= takeOverMs / callIntervalMs + 2) return null;
      throw error;
    }
  }

  #taken(event: SubscribeToShardEvent): ShardRead {
    const children = event.ChildShards ?? [];
    const continuation = event.ContinuationSequenceNumber ?? null;
    // A shard goes on, or has children: an event that says both or neither is not believed, as the KCL does not. To take
    // a shard for finished that is not would lose what is still to come.
    const ended = children.length > 0;
    if (ended === (continuation !== null)) {
      throw unavailable(`shard ${this.#shard} neither goes on nor ends, or does both`);
    }
    const records = (event.Records ?? [])
      .map((record) => streamRecord(record, this.#clock))
      .filter(({ sequenceNumber }) => this.#last === null || isAfter(sequenceNumber, this.#last));
    this.#last = records.at(-1)?.sequenceNumber ?? this.#last;
    this.#after = continuation ?? this.#last;
    return {
      records,
      behindMs: event.MillisBehindLatest ?? null,
      atTip: event.MillisBehindLatest === 0,
      ended,
    };
  }

  /** The result of `work`; rejects when it does not come for so long, or when aborted. */
  async #unlessSilent<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
    const waiting = new AbortController();
    const onAbort = (): void => waiting.abort(signal.reason);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    const silence = this.#clock.sleep(this.#pace.silenceMs, waiting.signal).then((): never => {
      const { silenceMs } = this.#pace;
      throw unavailable(`the subscription to shard ${this.#shard} was silent for ${silenceMs} ms`);
    });
    try {
      return await Promise.race([work, silence]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      waiting.abort();
    }
  }
}

const unavailable = (message: string): CarillonError => new CarillonError('unavailable', message);

/** Sequence numbers of a shard grow, and are whole numbers of up to 129 digits without leading zeros. */
const isAfter = (number: string, other: string): boolean =>
  number.length === other.length ? number > other : number.length > other.length;
