import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** One FIFO queue as our code uses it: the only place that knows SQS's calls. Answers per entry keep its position. */
export interface FifoQueue {
  /** One long poll, cut off by `signal`. Several entries of one group come in their order. */
  receive(options: ReceiveOptions): Promise<ReceivedEntry[]>;
  /** One batch of at most ten receipts. */
  delete(receipts: readonly string[]): Promise<EntryResult[]>;
  /** One batch of at most ten receipts: the entries become visible `seconds` from now. */
  changeVisibility(receipts: readonly string[], seconds: number): Promise<EntryResult[]>;
  /** One batch of at most ten entries. */
  send(entries: readonly QueueEntry[]): Promise<EntryResult[]>;
}

export interface QueueEntry {
  /** Message group: entries of one group are received in the order in which they were sent. */
  groupId: string;
  /** SQS drops an entry whose id it saw within the last 5 minutes, and says that it succeeded. */
  deduplicationId: string;
  body: string;
}

export interface ReceiveOptions {
  max: number;
  waitSeconds: number;
  visibilitySeconds: number;
  signal: AbortSignal;
}

export interface ReceivedEntry {
  id: string;
  groupId: string;
  body: string;
  receipt: string;
  /** How often it was received, this time included. */
  receives: number;
  /** When it was sent to the queue. */
  sentAt: Date;
}

/** What a batch call says about one of its entries. */
export type EntryResult =
  | { ok: true }
  /** `lasting`: the entry or its receipt is at fault, so that a repetition would fail as well. */
  | { ok: false; lasting: boolean; reason: string };

/**
 * Codes about the entry or the receipt itself: contents that SQS does not take; a receipt that expired or was replaced
 * by a later one. Not told by `SenderFault`, which is also set where an encryption key or a limit is at fault.
 */
const LASTING =
  /(?:^|\.)(?:InvalidMessageContents|InvalidParameterValue|ReceiptHandleIsInvalid|MessageNotInflight)$/;

/**
 * Longest wait for the answer to a call that is no long poll, in ms: one over a connection whose other end is gone must end, to be
 * made again, long before the visibility of the entries that it is about does.
 */
const ANSWER_MS = 4_000;

/** The queue at `url`. Calls reject when they fail as a whole. `answerMs`: for tests. */
export function fifoQueue(sqs: SQSClient, url: string, answerMs = ANSWER_MS): FifoQueue {
  const soon = { requestTimeout: answerMs };
  return {
    async receive({ max, waitSeconds, visibilitySeconds, signal }) {
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: max,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibilitySeconds,
          MessageSystemAttributeNames: ['MessageGroupId', 'ApproximateReceiveCount', 'SentTimestamp'],
        }),
        { abortSignal: signal },
      );
      return (Messages ?? []).map(receivedEntry);
    },
    async delete(receipts) {
      const Entries = receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const answer = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }), soon);
      return results(receipts.length, answer);
    },
    async changeVisibility(receipts, seconds) {
      const Entries = receipts.map((ReceiptHandle, index) => ({
        Id: String(index),
        ReceiptHandle,
        VisibilityTimeout: seconds,
      }));
      const answer = await sqs.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }),
        soon,
      );
      return results(receipts.length, answer);
    },
    async send(entries) {
      const Entries = entries.map(({ groupId, deduplicationId, body }, index) => ({
        Id: String(index),
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
        MessageBody: body,
      }));
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }), soon);
      return results(entries.length, answer);
    },
  };
}

function receivedEntry({ Attributes, Body, MessageId, ReceiptHandle }: Message): ReceivedEntry {
  const groupId = Attributes?.MessageGroupId;
  if (groupId === undefined || ReceiptHandle === undefined || MessageId === undefined) {
    throw new Error('a received entry has no message group: the queue is not FIFO');
  }
  const receives = Number(Attributes?.ApproximateReceiveCount ?? 1);
  const sentAt = new Date(Number(Attributes?.SentTimestamp));
  return { id: MessageId, groupId, body: Body ?? '', receipt: ReceiptHandle, receives, sentAt };
}

/** An entry that the answer does not mention is not known to have succeeded. */
function results(
  count: number,
  answer: {
    Successful?: readonly { Id: string | undefined }[] | undefined;
    Failed?: readonly BatchResultErrorEntry[] | undefined;
  },
): EntryResult[] {
  const done = new Set((answer.Successful ?? []).map(({ Id }) => Id));
  const failed = new Map((answer.Failed ?? []).map((failure) => [failure.Id, failure]));
  return Array.from({ length: count }, (_, index): EntryResult => {
    const failure = failed.get(String(index));
    if (failure) {
      const reason = `${failure.Code ?? ''} ${failure.Message ?? ''}`.trim();
      return { ok: false, lasting: LASTING.test(failure.Code ?? ''), reason };
    }
    return done.has(String(index)) ? { ok: true } : { ok: false, lasting: false, reason: 'no answer' };
  });
}
