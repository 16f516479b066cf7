import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { segmentsOf } from '#shared/texts/segments.ts';
import type { CreateRequest } from './create-message.ts';
import { isRequestCode } from './error-codes.ts';
import { draw } from './faults.ts';
import { planSteps } from './lifecycle.ts';
import type { LiveEvents } from './live-events.ts';
import { delayAt, type Message, type Status } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { carrierReply, optOutTypeOf } from './opt-out-keywords.ts';
import type { Statistics } from './statistics.ts';
import { fillTemplate, type TemplateStore } from './templates.ts';
import type { Timeline } from './timeline.ts';
import { isOnWhatsApp, OUTSIDE_WINDOW, personsAddress, WRONG_VARIABLES, windowIsOpen } from './whatsapp.ts';

/** What the switchboard does with a change that the application asked to hear of. */
export interface Notifier {
  /** Plans the status callbacks for the status that the message has just taken. */
  statusChanged(message: Message): void;
  /** Plans the webhook of a text that has just arrived from a phone. */
  textArrived(message: Message): void;
  /** Plans again what a restart left unanswered. */
  resume(message: Message): void;
}

/** Takes messages in on either side and moves them through their life. */
export interface Switchboard {
  /** An accepted send. Nothing is awaited: the caller waits for the store before it answers. */
  accept(request: CreateRequest, direction: 'outbound-api' | 'outbound-reply'): Message;
  receive(text: { phone: PhoneNumber; ours: string; body: string; mediaUrls: string[] }): Message;
  /** True if it was scheduled and now never leaves. */
  cancel(message: Message): boolean;
  /** Continues what was under way when the process ended. */
  resume(): void;
}

export interface SwitchboardParts {
  clock: Clock;
  store: MessageStore;
  timeline: Timeline;
  statistics: Statistics;
  live: LiveEvents;
  logger: Logger;
  faults: () => Faults;
  notifier: Notifier;
  mainNumber: string;
  /** At which carrier a number of the customer is. */
  carrierOf: (ours: string) => Message['carrier'];
  carrierHandlesOptOut: boolean;
  templates: Pick<TemplateStore, 'get'>;
}

export function createSwitchboard(parts: SwitchboardParts): Switchboard {
  const { clock, store, timeline, live, statistics } = parts;
  const now = (): number => clock.now().getTime();
  const newSid = (prefix: 'SM' | 'MM'): string => `${prefix}${clock.newId().replaceAll('-', '')}`;

  const scheduleNext = (message: Message): void => {
    const next = message.steps[0];
    if (next) timeline.schedule(next.at, () => takeStep(message));
  };
  const takeStep = (message: Message): void => {
    const step = message.steps.shift();
    // A canceled message has no steps left; a dropped one is nobody's business any more.
    if (!step || store.get(message.sid) !== message) return;
    const at = now();
    message.status = step.status;
    message.errorCode = step.errorCode;
    message.updatedAt = at;
    if (step.status !== 'queued') message.sentAt ??= at;
    parts.notifier.statusChanged(message);
    store.changed(message);
    live.publish(message);
    scheduleNext(message);
  };
  const blank = (at: number): Pick<Message, 'ordinal' | 'createdAt' | 'updatedAt' | 'steps' | 'notices'> => ({
    ordinal: store.nextOrdinal(),
    createdAt: at,
    updatedAt: at,
    steps: [],
    notices: [],
  });

  const accept: Switchboard['accept'] = (request, direction) => {
    const at = now();
    const faults = parts.faults();
    const fresh = blank(at);
    const initial: Status =
      request.sendAt !== null ? 'scheduled' : request.messagingServiceSid !== null ? 'accepted' : 'queued';
    const ours = request.from ?? parts.mainNumber;
    const onWhatsApp = isOnWhatsApp({ ours });
    const said = wordsOf(request, ours, at);
    const code = said.errorCode ?? codeOf(faults, { ours, phone: request.to });
    const message: Message = {
      ...fresh,
      sid: newSid(request.mediaUrls.length > 0 ? 'MM' : 'SM'),
      direction,
      carrier: request.carrier ?? 'twilio',
      reference: request.reference ?? {},
      ours,
      phone: request.to,
      body: said.body,
      mediaUrls: request.mediaUrls,
      messagingServiceSid: request.messagingServiceSid,
      statusCallback: request.statusCallback,
      segments: onWhatsApp ? 1 : segmentsOf(said.body).segments,
      status: initial,
      errorCode: null,
      sentAt: null,
      optOutType: null,
      webhook: 'none',
      steps: planSteps({
        initial,
        queuedAt: request.sendAt ?? at,
        validForSeconds: request.validForSeconds,
        sentAfterMs: delayAt(faults.sentAfterMs, draw(faults.seed, 'sentAfter', fresh.ordinal)),
        deliveredAfterMs: delayAt(
          faults.deliveredAfterMs,
          draw(faults.seed, 'deliveredAfter', fresh.ordinal),
        ),
        errorCode: code === undefined || isRequestCode(code) ? null : code,
        isRead: onWhatsApp,
      }),
    };
    statistics.accept();
    store.add(message);
    live.publish(message);
    scheduleNext(message);
    return message;
  };

  /** What a message says in the end; on WhatsApp also why it will not take it. */
  const wordsOf = (
    { body, content, to }: CreateRequest,
    ours: string,
    at: number,
  ): { body: string; errorCode?: number } => {
    if (content !== undefined) {
      const template = parts.templates.get(content.contentSid);
      const filled = template === undefined ? null : fillTemplate(template, content.variables);
      return filled === null ? { body: template?.body ?? '', errorCode: WRONG_VARIABLES } : { body: filled };
    }
    const isLate = isOnWhatsApp({ ours }) && !windowIsOpen(store.ofPhone(to), ours, at);
    return isLate ? { body, errorCode: OUTSIDE_WINDOW } : { body };
  };

  const receive: Switchboard['receive'] = (text) => {
    const at = now();
    const optOutType = parts.carrierHandlesOptOut ? optOutTypeOf(text.body) : null;
    const message: Message = {
      ...blank(at),
      sid: newSid(text.mediaUrls.length > 0 ? 'MM' : 'SM'),
      direction: 'inbound',
      carrier: parts.carrierOf(text.ours),
      reference: {},
      ours: text.ours,
      phone: text.phone,
      body: text.body,
      mediaUrls: text.mediaUrls,
      messagingServiceSid: null,
      statusCallback: null,
      segments: isOnWhatsApp(text) ? 1 : segmentsOf(text.body).segments,
      status: 'received',
      errorCode: null,
      sentAt: at,
      optOutType,
      webhook: 'none',
    };
    statistics.count.inbound.received += 1;
    store.add(message);
    parts.notifier.textArrived(message);
    live.publish(message);
    if (optOutType) answerOptOut(message, optOutType);
    return message;
  };

  const answerOptOut = (message: Message, type: 'STOP' | 'START' | 'HELP'): void => {
    if (type !== 'HELP') store.setOptedOut(message.ours, message.phone, type === 'STOP');
    accept({ ...replyTo(message), body: carrierReply[type] }, 'outbound-reply');
  };

  return {
    accept,
    receive,
    cancel: (message) => {
      if (message.status !== 'scheduled') return false;
      message.steps = [];
      message.status = 'canceled';
      message.updatedAt = now();
      parts.notifier.statusChanged(message);
      store.changed(message);
      live.publish(message);
      return true;
    },
    resume: () => {
      for (const message of store.oldestFirst(0)) {
        scheduleNext(message);
        parts.notifier.resume(message);
      }
    },
  };
}

/** The error of a phone; one may be on WhatsApp, or not there, and get texts all the same. */
export const codeOf = (
  { errorCodes }: Faults,
  message: Pick<Message, 'ours' | 'phone'>,
): number | undefined => errorCodes[personsAddress(message)];

/** A message back to where an inbound text came from. */
export const replyTo = (message: Message): CreateRequest => ({
  to: message.phone,
  from: message.ours,
  body: '',
  mediaUrls: [],
  messagingServiceSid: null,
  statusCallback: null,
  validForSeconds: 36_000,
  sendAt: null,
  carrier: message.carrier,
});
