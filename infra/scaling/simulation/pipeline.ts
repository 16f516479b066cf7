import {
  type QueueName,
  type QueueRow,
  queues,
  type ServiceName,
  type ServiceRow,
  type StreamName,
  type StreamRow,
  services,
  streamConsumers,
  streams,
  type Traffic,
} from '#shared/topology.ts';
import { Backlog, type Portion } from './backlog.ts';
import {
  ANSWER_SECONDS,
  ANSWERED_SHARE,
  CARRIER_MESSAGES_PER_SECOND,
  MESSAGES_PER_START,
  STATUS_SECONDS,
  STATUSES_PER_MESSAGE,
} from './environment.ts';
import type { DayLoad } from './load.ts';

const rows = services as Readonly<Record<ServiceName, ServiceRow>>;
export const SERVICES = Object.keys(services) as ServiceName[];
const QUEUES = Object.keys(queues) as QueueName[];

/** What waits: the queues, and the stream in front of each consumer. */
export const BACKLOGS: readonly string[] = [...QUEUES, ...streamConsumers.map(({ consumer }) => consumer)];
export type BacklogName = string;

/** The way of a message. What is on these follows from the second before; on all others comes what their rows say. */
const WAY_STREAMS: readonly StreamName[] = ['dialog-commands', 'dialog-events', 'message-log'];
const WAY_QUEUES = { replies: 'sms-replies.fifo', bulk: 'sms-bulk.fifo' } as const satisfies Record<
  string,
  QueueName
>;
const WAY_SERVICES: readonly ServiceName[] = ['dialog', 'outbound', 'sender'];

/** What happened in one second. */
export interface Moved {
  texts: number;
  starts: number;
  sent: number;
  /** Share of its tasks' capacity that each service used. */
  busy: Readonly<Record<ServiceName, number>>;
  /** Requests that the gateway answered. */
  requests: number;
}

/**
 * The way of a message, in amounts per second: texts and starts become commands, events, messages and statuses. Tasks
 * work at their rate; who speaks to carriers also at the carrier's pace, queues in the order of the row. People answer
 * a share of what they get. Services beside that way work on what their streams and queues bring.
 */
export class Pipeline {
  readonly backlogs: Readonly<Record<BacklogName, Backlog>> = Object.fromEntries(
    BACKLOGS.map((name) => [name, new Backlog()]),
  );
  readonly #load: DayLoad;
  #answersToCome = 0;
  #statusesToCome = 0;

  constructor(load: DayLoad) {
    this.#load = load;
  }

  /** One second, with the tasks that run in it. */
  step(second: number, running: Readonly<Record<ServiceName, number>>): Moved {
    const answers = this.#answersToCome / ANSWER_SECONDS;
    const statuses = this.#statusesToCome / STATUS_SECONDS;
    this.#answersToCome -= answers;
    this.#statusesToCome -= statuses;
    const texts = this.#load.texts(second) + answers;
    const starts = this.#load.starts(second);
    const requests = texts + statuses;
    const used = new Map<ServiceName, number>([['gateway', requests]]);
    const work = (service: ServiceName): Portion => {
      const done = this.#work(service, running[service], second);
      used.set(service, done.count);
      return done;
    };

    this.#onStream('dialog-commands', { count: texts + starts, planned: starts }, second);
    this.#onStream('dialog-events', work('dialog'), second);
    const { count, planned } = work('outbound');
    this.#inQueue(WAY_QUEUES.replies, { count: count - planned, planned: 0 }, second);
    const messages = planned * MESSAGES_PER_START;
    this.#inQueue(WAY_QUEUES.bulk, { count: messages, planned: messages }, second);
    const sent = work('sender');
    this.#answersToCome +=
      (sent.count - sent.planned) * ANSWERED_SHARE.replies + sent.planned * ANSWERED_SHARE.bulk;
    this.#statusesToCome += sent.count * STATUSES_PER_MESSAGE;
    this.#onStream('message-log', { count: sent.count + statuses, planned: 0 }, second);

    this.#beside(sent.count, texts, second);
    for (const service of SERVICES)
      if (!WAY_SERVICES.includes(service) && service !== 'gateway') work(service);
    return {
      texts,
      starts,
      sent: sent.count,
      requests,
      busy: Object.fromEntries(
        SERVICES.map((service) => {
          const capacity = running[service] * rows[service].ratePerTask;
          const share = used.get(service) ?? 0;
          return [service, Math.min(1, capacity === 0 ? (share === 0 ? 0 : 1) : share / capacity)];
        }),
      ) as Record<ServiceName, number>,
    };
  }

  /** What comes on streams and into queues beside the way of a message. */
  #beside(messages: number, texts: number, second: number): void {
    const amount = ({ perMessage, perText }: Traffic): Portion => ({
      count: messages * perMessage + texts * perText,
      planned: 0,
    });
    for (const [name, { traffic }] of Object.entries<StreamRow>(streams) as [StreamName, StreamRow][])
      if (!WAY_STREAMS.includes(name)) this.#onStream(name, amount(traffic), second);
    for (const [name, { traffic }] of Object.entries<QueueRow>(queues) as [QueueName, QueueRow][])
      if (!Object.values(WAY_QUEUES).some((way) => way === name))
        this.#inQueue(name, amount(traffic), second);
  }

  /** Every consumer of a stream gets all of it. */
  #onStream(stream: StreamName, portion: Portion, second: number): void {
    for (const row of streamConsumers)
      if (row.stream === stream) this.backlogs[row.consumer]?.add(portion, second);
  }

  #inQueue(queue: QueueName, portion: Portion, second: number): void {
    this.backlogs[queue]?.add(portion, second);
  }

  /**
   * What the tasks of a service take in a second. Queues are taken in the order of the row; consumers of one task share
   * it: each is sure of an equal part, and may take what the others leave.
   */
  #work(service: ServiceName, running: number, second: number): Portion {
    const row = rows[service];
    const capacity = running * row.ratePerTask;
    let left = row.carriers ? Math.min(capacity, CARRIER_MESSAGES_PER_SECOND) : capacity;
    const done: Portion = { count: 0, planned: 0 };
    const take = (name: BacklogName, most: number): void => {
      const taken = this.backlogs[name]?.take(Math.max(0, most), second) ?? { count: 0, planned: 0 };
      done.count += taken.count;
      done.planned += taken.planned;
      left -= taken.count;
    };
    for (const queue of row.receives) take(queue, left);
    const consumers = Object.keys(row.consumes);
    const part = left / Math.max(1, consumers.length);
    for (const consumer of consumers) take(consumer, part);
    for (const consumer of consumers) take(consumer, left);
    return done;
  }
}
