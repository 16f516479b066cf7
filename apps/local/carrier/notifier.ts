import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { type CreateRequest, recipientOf } from './create-message.ts';
import { draw } from './faults.ts';
import type { LiveEvents } from './live-events.ts';
import type { Message, Notice } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Statistics } from './statistics.ts';
import { type Notifier, replyTo } from './switchboard.ts';
import type { Timeline } from './timeline.ts';
import { readTwiml, type TwimlMessage } from './twiml.ts';
import type { JsonContent } from './vonage/webhooks.ts';
import type { Delivery, WebhookClient } from './webhook-client.ts';
import { inboundParameters, statusParameters } from './webhook-parameters.ts';

export interface NotifierParts {
  accountSid: string;
  clock: Clock;
  store: MessageStore;
  timeline: Timeline;
  statistics: Statistics;
  live: LiveEvents;
  logger: Logger;
  faults: () => Faults;
  webhooks: WebhookClient;
  /** Address for texts to this number; null: nobody wants to know. */
  inboundUrlOf: (ours: string) => string | null;
  /** What a carrier other than Twilio posts; null: nothing. */
  contentOf: (message: Message, notice: Notice) => Promise<JsonContent | null>;
  /** Sends what the application answered with. */
  reply: (request: CreateRequest) => void;
  /** Called whenever a webhook has ended. */
  idle: () => void;
}

export interface RunningNotifier extends Notifier {
  readonly inFlight: number;
}

/** The others repeat whatever is not taken. */
const OTHER_RETRIES = '#rc=5&rp=ct,rt,4xx,5xx';
/** A repeated webhook comes this much later, in milliseconds. */
const REPEAT_AFTER = { min: 20, max: 1_000 };
/** How far an overtaken callback comes after the one that overtook it. */
const OVERTAKEN_BY = { min: 20, max: 300 };

/** Distinguishes the draws for the statuses of one message. */
const STATUS_NUMBER: Record<Message['status'], number> = {
  scheduled: 0,
  accepted: 0,
  queued: 0,
  received: 0,
  sent: 1,
  delivered: 2,
  undelivered: 3,
  failed: 4,
  canceled: 5,
  read: 6,
};

export function createNotifier(parts: NotifierParts): RunningNotifier {
  const { accountSid, clock, store, timeline, statistics, live } = parts;
  let inFlight = 0;

  const plan = (message: Message, at: number): void => {
    const notice: Notice = { token: clock.newId(), at, status: message.status, errorCode: message.errorCode };
    message.notices.push(notice);
    timeline.schedule(at, () => void send(message, notice));
  };
  const spread = (range: { min: number; max: number }): number =>
    range.min + clock.random() * (range.max - range.min);

  const send = async (message: Message, notice: Notice): Promise<void> => {
    if (store.get(message.sid) !== message) return;
    inFlight += 1;
    if (message.direction === 'inbound') await sendText(message, notice);
    else await sendStatus(message, notice);
    inFlight -= 1;
    parts.idle();
  };
  /** Twilio posts a signed form, the others what `contentOf` makes; of what says nothing there, nothing is posted. */
  const deliver = async (
    message: Message,
    notice: Notice,
    address: string,
    form: () => Record<string, string>,
    onRetry: () => void,
  ): Promise<Delivery> => {
    if (message.carrier === 'twilio') {
      return parts.webhooks.deliver(address, form(), notice.token, onRetry);
    }
    const content = await parts.contentOf(message, notice);
    if (content === null) return { kind: 'accepted', contentType: '', body: '' };
    return parts.webhooks.deliverContent(`${address}${OTHER_RETRIES}`, content, onRetry);
  };
  const sendStatus = async (message: Message, notice: Notice): Promise<void> => {
    if (message.statusCallback === null) return;
    statistics.count.callbacks.tried += 1;
    const delivery = await deliver(
      message,
      notice,
      message.statusCallback,
      () => statusParameters(accountSid, message, notice),
      () => {
        statistics.count.callbacks.tried += 1;
      },
    );
    if (delivery.kind === 'aborted') return;
    if (delivery.kind === 'accepted') statistics.count.callbacks.delivered += 1;
    else {
      statistics.count.callbacks.failed += 1;
      parts.logger.debug({ sid: message.sid, reason: delivery.reason }, 'status callback failed');
    }
    settle(message, notice);
  };
  const sendText = async (message: Message, notice: Notice): Promise<void> => {
    const address = parts.inboundUrlOf(message.ours);
    if (address === null) {
      // Taken away since the text arrived.
      message.webhook = 'none';
      settle(message, notice);
      live.publish(message);
      return;
    }
    const delivery = await deliver(
      message,
      notice,
      address,
      () => inboundParameters(accountSid, message),
      () => {
        statistics.count.inbound.retried += 1;
      },
    );
    if (delivery.kind === 'aborted') return;
    if (delivery.kind === 'accepted') {
      statistics.count.inbound.delivered += 1;
      message.webhook = 'answered';
      if (message.carrier === 'twilio') answer(message, address, delivery);
    } else {
      statistics.count.inbound.givenUp += 1;
      if (message.webhook === 'pending') message.webhook = 'given_up';
      parts.logger.warn({ sid: message.sid, reason: delivery.reason }, 'inbound webhook given up');
    }
    settle(message, notice);
    live.publish(message);
  };
  const settle = (message: Message, notice: Notice): void => {
    const at = message.notices.indexOf(notice);
    if (at !== -1) message.notices.splice(at, 1);
    store.changed(message);
  };
  const answer = (
    message: Message,
    address: string,
    { contentType, body }: { contentType: string; body: string },
  ): void => {
    const twiml = readTwiml(contentType, body);
    if (!twiml.ok) {
      parts.logger.warn({ sid: message.sid, reason: twiml.reason }, 'inbound webhook answered without TwiML');
      return;
    }
    for (const verb of twiml.messages) {
      const request = requestOf(message, address, verb);
      if (request && !store.isOptedOut(request.from ?? message.ours, request.to)) parts.reply(request);
    }
  };

  return {
    get inFlight() {
      return inFlight;
    },
    statusChanged: (message) => {
      if (message.statusCallback === null) return;
      const faults = parts.faults();
      const now = clock.now().getTime();
      const ordinal = message.ordinal * 8 + STATUS_NUMBER[message.status];
      if (draw(faults.seed, 'lostCallback', ordinal) < faults.lostCallbackRate) {
        statistics.count.callbacks.lost += 1;
        return;
      }
      const next = message.steps[0];
      const overtaken = next && draw(faults.seed, 'outOfOrder', ordinal) < faults.outOfOrderCallbackRate;
      plan(message, overtaken ? Math.max(now, next.at) + spread(OVERTAKEN_BY) : now);
      if (overtaken) statistics.count.callbacks.overtaken += 1;
      if (draw(faults.seed, 'duplicateCallback', ordinal) < faults.duplicateCallbackRate) {
        statistics.count.callbacks.repeated += 1;
        plan(message, now + spread(REPEAT_AFTER));
      }
    },
    textArrived: (message) => {
      if (parts.inboundUrlOf(message.ours) === null) return;
      const faults = parts.faults();
      const now = clock.now().getTime();
      if (draw(faults.seed, 'lostInbound', message.ordinal) < faults.lostInboundRate) {
        statistics.count.inbound.lost += 1;
        message.webhook = 'given_up';
        return;
      }
      message.webhook = 'pending';
      plan(message, now);
      if (draw(faults.seed, 'duplicateInbound', message.ordinal) < faults.duplicateInboundRate) {
        statistics.count.inbound.repeated += 1;
        plan(message, now + spread(REPEAT_AFTER));
      }
    },
    resume: (message) => {
      for (const notice of message.notices) timeline.schedule(notice.at, () => void send(message, notice));
    },
  };
}

/** Null: the verb asks for nothing that can be sent. */
function requestOf(message: Message, address: string, verb: TwimlMessage): CreateRequest | null {
  const to = verb.to === null ? recipientOf(message.phone) : recipientOf(verb.to);
  if (!to || (verb.body === '' && verb.mediaUrls.length === 0) || verb.body.length > 1_600) return null;
  return {
    ...replyTo(message),
    to,
    from: verb.from ?? message.ours,
    body: verb.body,
    mediaUrls: verb.mediaUrls,
    statusCallback:
      verb.statusCallback === null ? null : (URL.parse(verb.statusCallback, address)?.href ?? null),
  };
}
