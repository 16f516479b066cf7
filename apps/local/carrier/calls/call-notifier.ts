import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import type { CallStatus } from '#shared/simulator/call-view.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { draw } from '../faults.ts';
import type { Statistics } from '../statistics.ts';
import type { Timeline } from '../timeline.ts';
import type { WebhookClient } from '../webhook-client.ts';
import { type Call, type CallNotice, hasEnded } from './call.ts';
import { machineParameters, statusParameters } from './call-parameters.ts';
import type { CallStore } from './call-store.ts';

/** Tells the application what becomes of calls, with the faults of callbacks. */
export interface CallNotifier {
  readonly inFlight: number;
  /** The call has taken its status just now. */
  statusChanged(call: Call): void;
  /** It was detected who took it, so long after they did. */
  detected(call: Call, answeredBy: string, afterMs: number): void;
  /** Plans again what a restart left unanswered. */
  resume(call: Call): void;
}

export interface CallNotifierParts {
  accountSid: string;
  clock: Clock;
  store: CallStore;
  timeline: Timeline;
  statistics: Statistics;
  logger: Logger;
  faults: () => Faults;
  webhooks: WebhookClient;
  /** Called whenever a webhook has ended. */
  idle: () => void;
}

/** A repeated callback comes this much later, in milliseconds; one that was overtaken, after the one that overtook it. */
const REPEAT_AFTER = { min: 20, max: 1_000 };
const OVERTAKEN_BY = { min: 20, max: 300 };

/** The event under which a status is asked for; ends are all one. */
const eventOf = (status: CallStatus): string =>
  status === 'in-progress'
    ? 'answered'
    : status === 'queued'
      ? 'queued'
      : hasEnded({ status })
        ? 'completed'
        : status;

/** Distinguishes the draws for the callbacks of one call. */
const NUMBERS: readonly CallStatus[] = ['initiated', 'ringing', 'in-progress', 'completed'];
const MACHINE_NUMBER = 7;

export function createCallNotifier(parts: CallNotifierParts): CallNotifier {
  const { accountSid, clock, store, timeline, statistics } = parts;
  /** Callbacks that wait to be overtaken by the next one of their call. */
  const overtaken = new Map<string, CallNotice>();
  let inFlight = 0;

  const spread = (range: { min: number; max: number }): number =>
    range.min + clock.random() * (range.max - range.min);
  const schedule = (call: Call, notice: CallNotice): void =>
    timeline.schedule(notice.at, () => void send(call, notice));
  const plan = (call: Call, notice: Omit<CallNotice, 'token'>): CallNotice => {
    const planned = { token: clock.newId(), ...notice };
    call.notices.push(planned);
    return planned;
  };
  const addressOf = (call: Call, { about }: CallNotice): string | null =>
    about === 'status' ? call.statusCallback : call.asyncAmdStatusCallback;

  const send = async (call: Call, notice: CallNotice): Promise<void> => {
    const address = addressOf(call, notice);
    if (store.get(call.sid) !== call || address === null) return;
    inFlight += 1;
    const count = (): void => {
      statistics.count.callbacks.tried += 1;
    };
    count();
    const delivery = await parts.webhooks.deliver(address, notice.parameters, notice.token, count);
    inFlight -= 1;
    if (delivery.kind !== 'aborted') {
      if (delivery.kind === 'accepted') statistics.count.callbacks.delivered += 1;
      else {
        statistics.count.callbacks.failed += 1;
        parts.logger.debug({ sid: call.sid, reason: delivery.reason }, 'callback of a call failed');
      }
      call.notices.splice(call.notices.indexOf(notice), 1);
      store.changed(call);
    }
    parts.idle();
  };

  /** `number`: of this kind of callback, among those of one call. */
  const tell = (
    call: Call,
    number: number,
    notice: Omit<CallNotice, 'token' | 'at'>,
    mayBeOvertaken: boolean,
  ): void => {
    const faults = parts.faults();
    const now = clock.now().getTime();
    const ordinal = call.ordinal * 8 + number;
    const hits = (channel: Parameters<typeof draw>[1], rate: number): boolean =>
      rate > 0 && draw(faults.seed, channel, ordinal) < rate;
    const late = overtaken.get(call.sid);
    overtaken.delete(call.sid);
    if (hits('lostCallback', faults.lostCallbackRate)) statistics.count.callbacks.lost += 1;
    else {
      const planned = plan(call, { ...notice, at: now });
      if (mayBeOvertaken && hits('outOfOrder', faults.outOfOrderCallbackRate))
        overtaken.set(call.sid, planned);
      else schedule(call, planned);
      if (hits('duplicateCallback', faults.duplicateCallbackRate)) {
        schedule(call, plan(call, { ...notice, at: now + spread(REPEAT_AFTER) }));
      }
    }
    if (late) {
      late.at = now + spread(OVERTAKEN_BY);
      schedule(call, late);
    }
  };

  return {
    get inFlight() {
      return inFlight;
    },
    statusChanged: (call) => {
      if (call.statusCallback === null || !call.statusCallbackEvents.includes(eventOf(call.status))) return;
      const parameters = statusParameters(accountSid, call, clock.now().getTime());
      call.sequence += 1;
      const number = hasEnded(call) ? NUMBERS.length : NUMBERS.indexOf(call.status);
      tell(call, number, { about: 'status', parameters }, !hasEnded(call));
      store.changed(call);
    },
    detected: (call, answeredBy, afterMs) => {
      if (call.asyncAmdStatusCallback === null) return;
      const parameters = machineParameters(accountSid, call, answeredBy, afterMs);
      tell(call, MACHINE_NUMBER, { about: 'machine', parameters }, false);
      store.changed(call);
    },
    resume: (call) => {
      for (const notice of call.notices) schedule(call, notice);
    },
  };
}
