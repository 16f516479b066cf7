import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { NodeHttp2Handler } from '@smithy/node-http-handler';
import { z } from 'zod';
import type { ShardSource, SourceRead } from './shard-source.ts';

const codec = new EventStreamCodec(toUtf8, fromUtf8);
const JSON_TYPE = 'application/x-amz-json-1.1';
/** A continuation before any record of a shard. */
const BEGINNING = '0';

const requestSchema = z.object({
  ConsumerARN: z.string(),
  ShardId: z.string(),
  StartingPosition: z.discriminatedUnion('Type', [
    z.object({ Type: z.literal('TRIM_HORIZON') }),
    z.object({ Type: z.literal('AFTER_SEQUENCE_NUMBER'), SequenceNumber: z.string() }),
  ]),
});

/** A call as it came, refused or not. */
export interface SubscribeCall {
  consumerArn: string;
  shard: string;
  after: string | null;
  refusedWith: string | null;
  /** Of its signature. */
  accessKey: string;
}

/** Times of Kinesis, in ms; see its documentation of SubscribeToShard. */
export interface FanOutTimes {
  lifeMs: number;
  heartbeatMs: number;
  callIntervalMs: number;
  takeOverMs: number;
  /** Of the stand-in: how often a shard without records is looked at. */
  lookMs: number;
}
const TIMES: FanOutTimes = {
  lifeMs: 5 * 60_000,
  heartbeatMs: 5_000,
  callIntervalMs: 1_000,
  takeOverMs: 5_000,
  lookMs: 10,
};

interface Subscription {
  stream: ServerHttp2Stream;
  succeededAt: number;
}

/**
 * SubscribeToShard as Kinesis speaks it: HTTP/2 in the clear, an event stream per subscription, its limits per consumer
 * and shard, and faults when asked. What it sends comes from a source; no other operation is known.
 */
export class FanOutKinesis {
  readonly calls: SubscribeCall[] = [];
  /** Subscriptions take requests and say nothing at all. */
  silent = false;
  /** Errors that the next calls are refused with, in order. */
  readonly refusals: string[] = [];
  readonly #source: ShardSource;
  readonly #times: FanOutTimes;
  readonly #server: Http2Server;
  readonly #sockets = new Set<Socket>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #calledAt = new Map<string, number>();

  constructor(source: ShardSource, times: Partial<FanOutTimes> = {}) {
    this.#source = source;
    this.#times = { ...TIMES, ...times };
    this.#server = createServer();
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    // Of a client that goes away while it is written to.
    this.#server.on('session', (session) => session.on('error', () => undefined));
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      this.#answer(stream, String(headers['x-amz-target']), String(headers.authorization)).catch((error) =>
        stream.destroy(error),
      );
    });
  }

  /** Gives its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Names of the shards that are being sent now, in order. */
  get subscribed(): string[] {
    return [...this.#subscriptions]
      .filter(([, { stream }]) => !stream.destroyed && !stream.writableEnded)
      .map(([key]) => key.split(' ')[1] ?? '')
      .sort();
  }

  /** All connections break off in the middle. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** All subscriptions end as after five minutes. */
  expire(): void {
    for (const { stream } of this.#subscriptions.values()) stream.end();
  }

  /** All subscriptions fail with an error of the service, inside of their streams. */
  fail(exception: string): void {
    for (const { stream } of this.#subscriptions.values()) endWith(stream, exception);
  }

  /** Sends an event as it is, for what no shard would say. */
  say(event: unknown): void {
    for (const { stream } of this.#subscriptions.values()) stream.write(eventFrame(event));
  }

  async #answer(stream: ServerHttp2Stream, target: string, authorization: string): Promise<void> {
    if (target !== 'Kinesis_20131202.SubscribeToShard') throw new Error(`no stand-in for ${target}`);
    const request = requestSchema.parse(JSON.parse(await text(stream)));
    const { ConsumerARN: consumerArn, ShardId: shard, StartingPosition: start } = request;
    const given = start.Type === 'TRIM_HORIZON' ? null : start.SequenceNumber;
    const key = `${consumerArn} ${shard}`;
    const refusedWith = this.#refusal(key);
    this.#calledAt.set(key, performance.now());
    const accessKey = /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
    this.calls.push({ consumerArn, shard, after: given, refusedWith, accessKey });
    if (refusedWith !== null) {
      stream.respond({ ':status': 400, 'content-type': JSON_TYPE });
      stream.end(JSON.stringify({ __type: refusedWith, message: `refused: ${refusedWith}` }));
      return;
    }
    const previous = this.#subscriptions.get(key);
    if (previous) endWith(previous.stream, 'ResourceInUseException');
    this.#subscriptions.set(key, { stream, succeededAt: performance.now() });
    stream.respond({ ':status': 200, 'content-type': 'application/vnd.amazon.eventstream' });
    if (!this.silent) stream.write(eventFrame({}, 'initial-response'));
    const streamName = /:stream\/([^/]+)\//.exec(consumerArn)?.[1] ?? '';
    await this.#send(stream, streamName, shard, given === BEGINNING ? null : given);
  }

  #refusal(key: string): string | null {
    const asked = this.refusals.shift();
    if (asked !== undefined) return asked;
    const now = performance.now();
    const { callIntervalMs, takeOverMs } = this.#times;
    if (now - (this.#calledAt.get(key) ?? -Infinity) < callIntervalMs) return 'LimitExceededException';
    const succeededAt = this.#subscriptions.get(key)?.succeededAt ?? -Infinity;
    return now - succeededAt < takeOverMs ? 'ResourceInUseException' : null;
  }

  async #send(
    stream: ServerHttp2Stream,
    streamName: string,
    shard: string,
    start: string | null,
  ): Promise<void> {
    const read = await this.#source(streamName, shard, start);
    const began = performance.now();
    let saidAt = -Infinity;
    let after = start;
    while (!stream.destroyed && !stream.writableEnded) {
      if (performance.now() - began > this.#times.lifeMs) {
        stream.end();
        return;
      }
      const found = this.silent ? null : await read();
      const ended = found !== null && found.children.length > 0;
      const due = performance.now() - saidAt >= this.#times.heartbeatMs;
      if (found !== null && (found.records.length > 0 || ended || due)) {
        after = found.records.at(-1)?.SequenceNumber ?? after;
        if (stream.destroyed || stream.writableEnded) return;
        const went = stream.write(eventFrame(eventOf(found, after)));
        saidAt = performance.now();
        if (ended) stream.end();
        else if (!went) await untilDrained(stream);
      } else await delay(this.#times.lookMs);
    }
  }
}

/** Until more may be written, or nobody reads any more. */
function untilDrained(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

const eventOf = ({ records, behindMs, children }: SourceRead, after: string | null): unknown => ({
  Records: records.map((record) => ({
    ...record,
    Data: Buffer.from(record.Data).toString('base64'),
    ApproximateArrivalTimestamp: record.ApproximateArrivalTimestamp.getTime() / 1_000,
  })),
  MillisBehindLatest: behindMs,
  ...(children.length === 0
    ? { ContinuationSequenceNumber: after ?? BEGINNING }
    : { ChildShards: children.map((ShardId) => ({ ShardId, ParentShards: [], HashKeyRange: RANGE })) }),
});
const RANGE = { StartingHashKey: '0', EndingHashKey: '1' };

const eventFrame = (body: unknown, type = 'SubscribeToShardEvent'): Uint8Array =>
  frame({ ':message-type': 'event', ':event-type': type }, body);

function endWith(stream: ServerHttp2Stream, exception: string): void {
  if (stream.destroyed || stream.writableEnded) return;
  stream.end(
    frame(
      { ':message-type': 'exception', ':exception-type': exception },
      { message: `failed: ${exception}` },
    ),
  );
}

const frame = (headers: Record<string, string>, body: unknown): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(
      Object.entries({ ...headers, ':content-type': JSON_TYPE }).map(([name, value]) => [
        name,
        { type: 'string', value },
      ]),
    ),
    body: Buffer.from(JSON.stringify(body)),
  });

/** A client as a service has for it (shared/kinesis/client.ts), with keys that nobody checks. The caller destroys it. */
export const fanOutClient = (endpoint: string): KinesisClient =>
  new KinesisClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: new NodeHttp2Handler({ requestTimeout: 0 }),
  });
