import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { z } from 'zod';

/** What one call takes, in ms: as SQS answers from within its region. */
const CALL_MS = 8;
const SWEEP_MS = 250;
const MOST_OF_A_RECEIVE = 10;

const decoder = new TextDecoder();

interface Message {
  /** Place in the queue. */
  sequence: number;
  id: string;
  body: string;
  group: string;
  receives: number;
  sentAt: number;
  receipt: string;
  /** In flight until then, in ms of performance.now(). */
  until: number;
}

interface Group {
  /** In order of their sequence. */
  waiting: Message[];
  inFlight: number;
}

const batchSchema = z.object({
  Entries: z.array(
    z.object({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.number().optional() }),
  ),
});
const sendSchema = z.object({
  Entries: z.array(
    z.object({
      Id: z.string(),
      MessageGroupId: z.string(),
      MessageDeduplicationId: z.string(),
      MessageBody: z.string(),
    }),
  ),
});
const receiveSchema = z.object({
  MaxNumberOfMessages: z.number(),
  WaitTimeSeconds: z.number(),
  VisibilityTimeout: z.number(),
});

/**
 * One FIFO queue in memory behind the client of the AWS SDK, which both contenders speak with. As SQS does, and the emulator does not: a
 * receive brings several messages of a group, and a group with anything in flight gives nothing more. A call takes 8 ms;
 * long polls end when there is something. Calls are counted by name.
 */
export class SqsInMemory {
  readonly url = 'http://127.0.0.1/000000000000/sms-bulk.fifo';
  readonly client: SQSClient;
  readonly calls = new Map<string, number>();
  readonly #groups = new Map<string, Group>();
  /** Groups that may be received from, the one that became so first in front. */
  readonly #ready = new Set<string>();
  readonly #inFlight = new Map<string, Message>();
  readonly #seen = new Set<string>();
  readonly #sweeping: NodeJS.Timeout;
  #waiters: (() => void)[] = [];
  #sequence = 0;
  #receipts = 0;

  constructor() {
    this.client = new SQSClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
      // It would compare what nobody changed.
      md5: false,
      requestHandler: {
        handle: async (request: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
          const answer = await this.#answer(request, abortSignal ?? new AbortController().signal);
          return {
            response: new HttpResponse({
              statusCode: 200,
              headers: { 'content-type': 'application/x-amz-json-1.0' },
              body: Buffer.from(JSON.stringify(answer)),
            }),
          };
        },
      },
    });
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Messages that are not deleted. */
  get left(): number {
    return [...this.#groups.values()].reduce(
      (sum, { inFlight, waiting }) => sum + inFlight + waiting.length,
      0,
    );
  }

  /** Puts messages in without a call. */
  fill(messages: readonly { group: string; deduplicationId: string; body: string }[]): void {
    for (const { body, deduplicationId, group } of messages) this.#send(group, deduplicationId, body);
  }

  close(): void {
    clearInterval(this.#sweeping);
    this.client.destroy();
  }

  async #answer({ body, headers }: HttpRequest, signal: AbortSignal): Promise<unknown> {
    const call = (headers['x-amz-target'] ?? '').replace('AmazonSQS.', '');
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
    const input: unknown = JSON.parse(decoder.decode(body as Uint8Array));
    await delay(CALL_MS);
    switch (call) {
      case 'ReceiveMessage':
        return this.#receive(receiveSchema.parse(input), signal);
      case 'DeleteMessageBatch': {
        const { Entries } = batchSchema.parse(input);
        for (const { ReceiptHandle } of Entries) this.#delete(ReceiptHandle);
        return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
      }
      case 'ChangeMessageVisibilityBatch': {
        const { Entries } = batchSchema.parse(input);
        for (const { ReceiptHandle, VisibilityTimeout = 0 } of Entries)
          this.#change(ReceiptHandle, VisibilityTimeout);
        return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
      }
      case 'SendMessageBatch': {
        const { Entries } = sendSchema.parse(input);
        for (const entry of Entries)
          this.#send(entry.MessageGroupId, entry.MessageDeduplicationId, entry.MessageBody);
        return {
          Successful: Entries.map(({ Id }) => ({ Id, MessageId: Id, MD5OfMessageBody: '' })),
          Failed: [],
        };
      }
      default:
        throw new Error(`nobody said what ${call} does`);
    }
  }

  async #receive(
    { MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds }: z.infer<typeof receiveSchema>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const end = performance.now() + WaitTimeSeconds * 1_000;
    for (;;) {
      signal.throwIfAborted();
      const taken = this.#take(Math.min(MOST_OF_A_RECEIVE, MaxNumberOfMessages), VisibilityTimeout);
      const left = end - performance.now();
      if (taken.length > 0 || left <= 0) return { Messages: taken.map(asReceived) };
      await this.#news(left, signal);
    }
  }

  #take(most: number, visibilitySeconds: number): Message[] {
    const taken: Message[] = [];
    for (const name of this.#ready) {
      if (taken.length === most) break;
      const group = this.#group(name);
      const some = group.waiting.splice(0, most - taken.length);
      group.inFlight += some.length;
      this.#ready.delete(name);
      for (const message of some) {
        this.#receipts += 1;
        message.receipt = `receipt-${this.#receipts}`;
        message.receives += 1;
        message.until = performance.now() + visibilitySeconds * 1_000;
        this.#inFlight.set(message.receipt, message);
      }
      taken.push(...some);
    }
    return taken;
  }

  #send(group: string, deduplicationId: string, body: string): void {
    const seen = `${group}|${deduplicationId}`;
    if (this.#seen.has(seen)) return;
    this.#seen.add(seen);
    this.#sequence += 1;
    const place = { sequence: this.#sequence, receives: 0, sentAt: Date.now(), receipt: '', until: 0 };
    this.#group(group).waiting.push({ ...place, id: `message-${this.#sequence}`, body, group });
    this.#free(group);
  }

  #delete(receipt: string): void {
    const message = this.#inFlight.get(receipt);
    if (message === undefined) return;
    this.#inFlight.delete(receipt);
    this.#group(message.group).inFlight -= 1;
    this.#free(message.group);
  }

  #change(receipt: string, seconds: number): void {
    const message = this.#inFlight.get(receipt);
    if (message === undefined) return;
    message.until = performance.now() + seconds * 1_000;
    if (seconds === 0) this.#giveBack(message);
  }

  #giveBack(message: Message): void {
    this.#inFlight.delete(message.receipt);
    const group = this.#group(message.group);
    group.inFlight -= 1;
    const place = group.waiting.findIndex(({ sequence }) => sequence > message.sequence);
    group.waiting.splice(place < 0 ? group.waiting.length : place, 0, message);
    this.#free(message.group);
  }

  #free(name: string): void {
    const group = this.#group(name);
    if (group.inFlight > 0) return;
    if (group.waiting.length === 0) this.#groups.delete(name);
    else this.#ready.add(name);
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #group(name: string): Group {
    const known = this.#groups.get(name) ?? { waiting: [], inFlight: 0 };
    this.#groups.set(name, known);
    return known;
  }

  #sweep(): void {
    const now = performance.now();
    for (const message of [...this.#inFlight.values()]) if (message.until <= now) this.#giveBack(message);
  }

  /** Resolves when a group became free, when so many ms have passed, or when the call is cut off. */
  async #news(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    const timer = setTimeout(resolve, ms);
    const onAbort = (): void => resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await promise;
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
}

const asReceived = ({ body, group, id, receipt, receives, sentAt }: Message) => ({
  MessageId: id,
  ReceiptHandle: receipt,
  Body: body,
  Attributes: {
    MessageGroupId: group,
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
  },
});
