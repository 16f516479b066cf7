import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { EntryResult } from '#shared/sqs/fifo-queue.ts';
import { StandInQueue } from '#shared/sqs/stand-in-queue.ts';
import { type QueueName, queues } from '#shared/topology.ts';
import type { Running, World } from './world.ts';

/** SQS in memory, as its calls: what a queue does is the stand-in's (shared/sqs/stand-in-queue.ts). */
export class Queues {
  readonly #world: World;
  readonly #queues = new Map<string, StandInQueue>();

  /** `mostReceives`: an entry that was received so often is a dead letter, where the topology has more for its queue. */
  constructor(world: World, names: readonly QueueName[], mostReceives = Number.POSITIVE_INFINITY) {
    this.#world = world;
    for (const name of names) {
      const queue = new StandInQueue(world.clock(null), {
        maxReceives: Math.min(queues[name].maxReceives, mostReceives),
      });
      // Of a batch call some entries are refused, or done without a word; calls as a whole are refused by the world.
      queue.fault = (_call, index) => {
        if (index < 0) return 'none';
        const fate = world.fate();
        return fate === 'done' ? 'none' : fate === 'refused' ? 'failed' : 'answer lost';
      };
      this.#queues.set(name, queue);
    }
  }

  /** What is neither deleted nor expired, of all queues. */
  get left(): number {
    return [...this.#queues.values()].reduce((sum, { bodies }) => sum + bodies.length, 0);
  }

  /** Entries that were received too often: their messages get another turn by themselves. */
  get deadLetters(): number {
    return [...this.#queues.values()].reduce((sum, { deadLetters }) => sum + deadLetters.length, 0);
  }

  client(task: Running): SQSClient {
    return {
      send: (command: unknown, options?: { abortSignal?: AbortSignal }) =>
        this.#send(task, command, options?.abortSignal),
      destroy: () => undefined,
    } as unknown as SQSClient;
  }

  async #send(task: Running, command: unknown, signal = new AbortController().signal): Promise<unknown> {
    if (command instanceof GetQueueUrlCommand) {
      const { QueueName } = command.input;
      return await this.#ask(task, 'asks for a queue', false, async () => ({ QueueUrl: QueueName }));
    }
    if (command instanceof ReceiveMessageCommand) return await this.#receive(task, command.input, signal);
    if (command instanceof DeleteMessageBatchCommand) {
      const { Entries = [], QueueUrl } = command.input;
      return await this.#ask(task, `deletes ${Entries.length} turns`, true, async () =>
        answers(await this.#of(QueueUrl).delete(Entries.map(({ ReceiptHandle = '' }) => ReceiptHandle))),
      );
    }
    if (command instanceof ChangeMessageVisibilityBatchCommand) {
      const { Entries = [], QueueUrl } = command.input;
      const seconds = Entries[0]?.VisibilityTimeout ?? 0;
      return await this.#ask(task, `keeps ${Entries.length} turns for ${seconds} s`, true, async () =>
        answers(
          await this.#of(QueueUrl).changeVisibility(
            Entries.map(({ ReceiptHandle = '' }) => ReceiptHandle),
            seconds,
          ),
        ),
      );
    }
    if (command instanceof SendMessageBatchCommand) {
      const { Entries = [], QueueUrl } = command.input;
      return await this.#ask(task, `sends ${Entries.length} turns`, true, async () =>
        answers(
          await this.#of(QueueUrl).send(
            Entries.map(({ MessageBody = '', MessageDeduplicationId = '', MessageGroupId = '' }) => ({
              groupId: MessageGroupId,
              deduplicationId: MessageDeduplicationId,
              body: MessageBody,
            })),
          ),
        ),
      );
    }
    throw new Error('SQS is asked for something that the simulation does not know');
  }

  async #ask<T>(task: Running, what: string, changes: boolean, effect: () => Promise<T>): Promise<T> {
    return await (
      await this.#world.request(task, what, {
        changes,
        refused: unreachable,
        effect: () => ({ result: effect() }),
      })
    ).result;
  }

  /** It waits at the queue, and what it is given there is invisible to others even when nobody gets the answer. */
  async #receive(
    task: Running,
    input: ReceiveMessageCommand['input'],
    signal: AbortSignal,
  ): Promise<unknown> {
    const { MaxNumberOfMessages: max = 1, QueueUrl, VisibilityTimeout = 30, WaitTimeSeconds = 0 } = input;
    const { received } = await this.#world.request(task, 'asks for turns', {
      changes: false,
      refused: unreachable,
      effect: () => {
        // Its own signal: a task that is gone does not call back what it asked for.
        const own = new AbortController();
        const onAbort = (): void => own.abort(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        const taken = this.#of(QueueUrl)
          .receive({
            max,
            waitSeconds: WaitTimeSeconds,
            visibilitySeconds: VisibilityTimeout,
            signal: own.signal,
          })
          .finally(() => signal.removeEventListener('abort', onAbort));
        taken.catch(() => undefined);
        return { received: taken };
      },
    });
    const entries = await received;
    return await new Promise((resolve) =>
      this.#world.scheduler.after(this.#world.latency(), `is given ${entries.length} turns`, task, () =>
        resolve({
          Messages: entries.map(({ body, groupId, id, receipt, receives, sentAt }) => ({
            MessageId: id,
            ReceiptHandle: receipt,
            Body: body,
            Attributes: {
              MessageGroupId: groupId,
              ApproximateReceiveCount: String(receives),
              SentTimestamp: String(sentAt.getTime()),
            },
          })),
        }),
      ),
    );
  }

  #of(url: string | undefined): StandInQueue {
    const queue = this.#queues.get(url ?? '');
    if (queue === undefined) throw new Error(`there is no queue ${url}`);
    return queue;
  }
}

function answers(results: readonly EntryResult[]) {
  return {
    Successful: results.flatMap(({ ok }, index) => (ok ? [{ Id: String(index) }] : [])),
    Failed: results.flatMap((result, index) =>
      result.ok
        ? []
        : [
            {
              Id: String(index),
              Code: result.lasting ? 'ReceiptHandleIsInvalid' : 'InternalError',
              Message: result.reason,
              SenderFault: result.lasting,
            },
          ],
    ),
  };
}

const unreachable = (): Error =>
  Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' });
