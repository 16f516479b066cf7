import type { ServiceName } from '#shared/topology.ts';
import { Backlog, type Portion } from './backlog.ts';
import {
  ANSWER_SECONDS,
  ANSWERED_SHARE,
  CARRIER_MESSAGES_PER_SECOND,
  MESSAGES_PER_START,
  ratePerTask,
  STATUS_SECONDS,
  STATUSES_PER_MESSAGE,
} from './environment.ts';
import type { DayLoad } from './load.ts';

/** What waits: the two queues, and the stream in front of each consumer. */
export const BACKLOGS = ['replies', 'bulk', 'dialog', 'outbound', 'progress', 'log', 'log-inbound'] as const;
export type BacklogName = (typeof BACKLOGS)[number];

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
 * work at their rate; the sender also at the carrier's pace, replies first. People answer a share of what they get.
 */
export class Pipeline {
  readonly backlogs: Readonly<Record<BacklogName, Backlog>> = {
    replies: new Backlog(),
    bulk: new Backlog(),
    dialog: new Backlog(),
    outbound: new Backlog(),
    progress: new Backlog(),
    log: new Backlog(),
    'log-inbound': new Backlog(),
  };
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
    const { dialog, outbound, progress, log } = this.backlogs;
    const commands = { count: texts + starts, planned: starts };
    dialog.add(commands, second);
    this.backlogs['log-inbound'].add(commands, second);

    const capacity = (service: ServiceName): number => running[service] * ratePerTask[service];
    const executed = dialog.take(capacity('dialog'), second);
    outbound.add(executed, second);
    progress.add(executed, second);
    const followed = progress.take(capacity('progress'), second);
    const turned = outbound.take(capacity('outbound'), second);
    this.#plan(turned, second);
    const sent = this.#send(capacity('sender'), second);
    log.add({ count: sent + statuses, planned: 0 }, second);
    const logged = this.#log(capacity('log'), second);

    const requests = texts + statuses;
    const share = (service: ServiceName, used: number): number =>
      Math.min(1, running[service] === 0 ? 1 : used / capacity(service));
    return {
      texts,
      starts,
      sent,
      requests,
      busy: {
        gateway: share('gateway', requests),
        dialog: share('dialog', executed.count),
        outbound: share('outbound', turned.count),
        sender: share('sender', sent),
        progress: share('progress', followed.count),
        log: share('log', logged),
      },
    };
  }

  #plan({ count, planned }: Portion, second: number): void {
    this.backlogs.replies.add({ count: count - planned, planned: 0 }, second);
    const messages = planned * MESSAGES_PER_START;
    this.backlogs.bulk.add({ count: messages, planned: messages }, second);
  }

  #send(capacity: number, second: number): number {
    const most = Math.min(capacity, CARRIER_MESSAGES_PER_SECOND);
    const replies = this.backlogs.replies.take(most, second).count;
    const bulk = this.backlogs.bulk.take(most - replies, second).count;
    this.#answersToCome += replies * ANSWERED_SHARE.replies + bulk * ANSWERED_SHARE.bulk;
    this.#statusesToCome += (replies + bulk) * STATUSES_PER_MESSAGE;
    return replies + bulk;
  }

  /** Its two consumers share a task: each is sure of half, and may take what the other leaves. */
  #log(capacity: number, second: number): number {
    const { log } = this.backlogs;
    const inbound = this.backlogs['log-inbound'];
    const first = log.take(capacity / 2, second).count;
    const commands = inbound.take(capacity - first, second).count;
    return first + commands + log.take(capacity - first - commands, second).count;
  }
}
