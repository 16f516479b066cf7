import type { Clock } from '#shared/clock.ts';
import type { Logger } from '#shared/logger.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { CallStatus } from '#shared/simulator/call-view.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { DEFAULT_LINE, type Line } from '#shared/simulator/line.ts';
import { isRequestCode, isTextCode } from '../error-codes.ts';
import type { LiveEvents } from '../live-events.ts';
import type { Statistics } from '../statistics.ts';
import type { WebhookClient } from '../webhook-client.ts';
import { type Call, hasEnded } from './call.ts';
import type { CallNotifier } from './call-notifier.ts';
import { documentParameters } from './call-parameters.ts';
import type { CallStore } from './call-store.ts';
import { callView } from './call-view.ts';
import type { CallRequest } from './create-call.ts';
import { createPlayer, type Next, type Planned, type Player } from './player.ts';

/** Makes calls: dials, rings, lets the phone take them, plays what the application says, and ends them. */
export interface Exchange {
  /** Calls that are not over. */
  readonly active: number;
  /** A call that was asked for. It is on disk when this returns. */
  accept(request: CallRequest): Call;
  /** A phone calls a number of ours. */
  callIn(call: { phone: PhoneNumber; ours: string; url: string; line: Line }): Call;
  /** Ends a call; false: it is over, or (`canceled`) was taken already. */
  end(call: Call, how: 'canceled' | 'completed'): boolean;
  /** Has a call that was taken play something else; false: it is not under way. */
  redirect(call: Call, next: { twiml: string | null; url: string | null }): boolean;
  lineOf(phone: string): Line;
  setLine(phone: string, line: Line): void;
  /** What the person at the phone does; false: there is no call of that kind. */
  answer(phone: string): boolean;
  press(phone: string, key: string): boolean;
  hangUp(phone: string): boolean;
  /** Goes on with calls that had not been taken, and ends those that had, when the process ended. */
  resume(): void;
  forgetLines(): void;
  stop(): void;
}

export interface ExchangeParts {
  accountSid: string;
  clock: Clock;
  store: CallStore;
  statistics: Statistics;
  live: LiveEvents;
  logger: Logger;
  faults: () => Faults;
  notifier: CallNotifier;
  webhooks: WebhookClient;
  /** How many times faster than life calls go. */
  speed: number;
  /** Calls that are dialled in a second; the others wait, in their order. */
  callsPerSecond: number;
  /** Called whenever a call is over. */
  idle: () => void;
}

/** From dialling to the first ring. */
const CONNECT_MS = 400;
/** How long it takes to tell a person, and the beginning of a machine's greeting. */
const DETECT_HUMAN_MS = 1_500;
const DETECT_MACHINE_MS = 2_000;

/** The network's answers (RFC 3261 section 21). */
const SIP = { ok: 200, notFound: 404, busy: 486, terminated: 487, declined: 603 };

/** A call that is under way. */
interface Running {
  call: Call;
  line: Line;
  /** Ends the ringing. */
  ringing: AbortController;
  /** What the person who holds the phone did when it rang; null: nothing, whoever calls gave up. */
  person: 'took' | 'declined' | null;
  player: Player | null;
}

export function createExchange(parts: ExchangeParts): Exchange {
  const { accountSid, clock, notifier, speed, store } = parts;
  const lines = new Map<string, Line>();
  const running = new Map<string, Running>();
  let nextDialAt = 0;
  let stopped = false;

  const now = (): number => clock.now().getTime();
  const newSid = (): string => `CA${clock.newId().replaceAll('-', '')}`;
  const lineOf = (phone: string): Line => lines.get(phone) ?? DEFAULT_LINE;
  /** The newest call of the phone that is under way. */
  const runningOf = (phone: string): Running | undefined =>
    [...running.values()].findLast(({ call }) => call.phone === phone);

  /** Whether it waits for whoever holds the phone. */
  const rings = ({ call, line }: Running): boolean => call.status === 'ringing' && line.answers === 'by_hand';

  const become = (call: Call, status: CallStatus): void => {
    const at = now();
    call.status = status;
    call.updatedAt = at;
    if (status === 'initiated') call.initiatedAt = at;
    if (status === 'in-progress') call.answeredAt = at;
    if (hasEnded(call)) call.endedAt = at;
    notifier.statusChanged(call);
    store.changed(call);
    parts.live.publishCall(call.phone, callView(call));
  };
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    // Rejects only when aborted, which whoever waits looks at.
    clock.sleep(ms / speed, signal).catch(() => undefined);

  /** From the queue to the phone's answer: the end it comes to without one, or null when it was taken. */
  const dial = async ({ call, line, ringing }: Running): Promise<CallStatus | null> => {
    const { signal } = ringing;
    const wait = Math.max(0, nextDialAt - clock.monotonic());
    nextDialAt = clock.monotonic() + wait + 1_000 / parts.callsPerSecond;
    if (wait > 0) await clock.sleep(wait, signal).catch(() => undefined);
    if (signal.aborted) return 'canceled';
    become(call, 'initiated');
    await sleep(CONNECT_MS, signal);
    if (signal.aborted) return 'canceled';
    const code = parts.faults().errorCodes[call.phone];
    if (code !== undefined && !isRequestCode(code) && !isTextCode(code)) {
      call.errorCode = code;
      return 'failed';
    }
    if (line.answers === 'unreachable') return refusedBy(call, SIP.notFound, 'failed');
    if (line.answers === 'busy') return refusedBy(call, SIP.busy, 'busy');
    become(call, 'ringing');
    return null;
  };
  const refusedBy = (call: Call, code: number, status: CallStatus): CallStatus => {
    call.sipResponseCode = code;
    return status;
  };

  /** While it rings. */
  const ring = async (one: Running): Promise<CallStatus | null> => {
    const { call, line, ringing } = one;
    const takes = line.answers === 'human' || line.answers === 'machine' || line.answers === 'rejects';
    const untilMs = takes ? Math.min(line.afterMs, call.ringMs) : call.ringMs;
    await sleep(untilMs, ringing.signal);
    if (ringing.signal.aborted) {
      if (one.person === 'took') return null;
      return one.person === 'declined'
        ? refusedBy(call, SIP.declined, 'busy')
        : refusedBy(call, SIP.terminated, 'canceled');
    }
    if (!takes || line.afterMs > call.ringMs) return refusedBy(call, SIP.terminated, 'no-answer');
    return line.answers === 'rejects' ? refusedBy(call, SIP.declined, 'busy') : null;
  };

  /** From the answer to the end. */
  const talk = async (one: Running): Promise<void> => {
    const { call, line } = one;
    call.sipResponseCode = SIP.ok;
    become(call, 'in-progress');
    const detection = detectionOf(call, line);
    const player = createPlayer({
      call,
      speed,
      monotonic: clock.monotonic,
      now: () => clock.now(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      fetch: (url, parameters) => fetchDocument(call, url, parameters),
      planned: plannedOf(call, line, detection),
      changed: () => {
        store.changed(call);
        parts.live.publishCall(call.phone, callView(call));
      },
      problem: (reason) => parts.logger.warn({ sid: call.sid, reason }, 'a call could not be played'),
    });
    one.player = player;
    const first = firstOf(call);
    // Who waits for the detection hears nothing until then.
    if (first !== null)
      await player.play(first, detection !== null && !call.asyncAmd ? detection.afterMs : 0);
    call.lengthMs = player.positionMs;
  };
  const detectionOf = (call: Call, line: Line): { answeredBy: string; afterMs: number } | null => {
    if (call.machineDetection === null) return null;
    if (line.answers !== 'machine') return { answeredBy: 'human', afterMs: DETECT_HUMAN_MS };
    return call.machineDetection === 'Enable'
      ? { answeredBy: 'machine_start', afterMs: Math.min(DETECT_MACHINE_MS, line.greetingMs) }
      : { answeredBy: 'machine_end_beep', afterMs: line.greetingMs };
  };
  const plannedOf = (call: Call, line: Line, detection: ReturnType<typeof detectionOf>): Planned[] => [
    ...line.presses.map(({ afterMs, key }): Planned => ({ atMs: afterMs, event: { kind: 'key', key } })),
    ...(line.hangsUpAfterMs === null
      ? []
      : [{ atMs: line.hangsUpAfterMs, event: { kind: 'hang_up' } } as const]),
    { atMs: call.timeLimitMs, event: { kind: 'hang_up' } },
    ...(line.answers === 'machine'
      ? [
          {
            atMs: line.greetingMs,
            event: { kind: 'aside', run: () => beeped(call, line.greetingMs) },
          } as const,
        ]
      : []),
    ...(detection === null ? [] : [asideOf(call, detection)]),
  ];
  const beeped = (call: Call, atMs: number): void => {
    call.beepMs = atMs;
  };
  const asideOf = (
    call: Call,
    { afterMs, answeredBy }: { answeredBy: string; afterMs: number },
  ): Planned => ({
    atMs: afterMs,
    event: {
      kind: 'aside',
      run: () => {
        call.answeredBy = answeredBy;
        notifier.detected(call, answeredBy, afterMs);
      },
    },
  });
  /** Null: nobody says anything, and it is over at once. */
  const firstOf = ({ twiml, url }: Call): Next | null => {
    if (url !== null) return { kind: 'address', url, parameters: {} };
    return twiml === null ? null : { kind: 'document', twiml };
  };

  const fetchDocument = async (
    call: Call,
    url: string,
    more: Record<string, string>,
  ): Promise<{ ok: true; document: string } | { ok: false; reason: string }> => {
    const parameters = { ...documentParameters(accountSid, call, 'in-progress'), ...more };
    const delivery = await parts.webhooks.deliver(url, parameters, clock.newId(), () => undefined);
    if (delivery.kind === 'accepted') return { ok: true, document: delivery.body };
    return { ok: false, reason: delivery.kind === 'failed' ? delivery.reason : 'aborted' };
  };

  const run = async (one: Running): Promise<void> => {
    const { call } = one;
    running.set(call.sid, one);
    let end: CallStatus | null =
      call.direction === 'inbound' ? null : ((await dial(one)) ?? (await ring(one)));
    if (end === null) {
      await talk(one);
      end = 'completed';
    }
    running.delete(call.sid);
    // The process ends, or everything was forgotten: what is on disk is as it was.
    if (!stopped && store.get(call.sid) === call) become(call, end);
    parts.idle();
  };
  const begin = (call: Call, line: Line): Call => {
    void run({ call, line, ringing: new AbortController(), person: null, player: null });
    return call;
  };
  const fresh = (): Pick<
    Call,
    | 'sid'
    | 'ordinal'
    | 'createdAt'
    | 'updatedAt'
    | 'initiatedAt'
    | 'answeredAt'
    | 'endedAt'
    | 'lengthMs'
    | 'beepMs'
  > &
    Pick<
      Call,
      'heard' | 'pressed' | 'sequence' | 'notices' | 'errorCode' | 'sipResponseCode' | 'answeredBy' | 'status'
    > => {
    const at = now();
    return {
      sid: newSid(),
      ordinal: store.nextOrdinal(),
      createdAt: at,
      updatedAt: at,
      initiatedAt: null,
      answeredAt: null,
      endedAt: null,
      lengthMs: null,
      beepMs: null,
      heard: [],
      pressed: [],
      sequence: 0,
      notices: [],
      errorCode: null,
      sipResponseCode: null,
      answeredBy: null,
      status: 'queued',
    };
  };

  return {
    get active() {
      return running.size;
    },
    accept: ({ from, ringSeconds, timeLimitSeconds, to, ...request }) => {
      const call: Call = {
        ...request,
        ...fresh(),
        direction: 'outbound-api',
        ours: from,
        phone: to,
        ringMs: ringSeconds * 1_000,
        timeLimitMs: timeLimitSeconds * 1_000,
      };
      parts.statistics.count.calls += 1;
      store.add(call);
      return begin(call, lineOf(to));
    },
    callIn: ({ line, ours, phone, url }) => {
      const call: Call = {
        ...fresh(),
        direction: 'inbound',
        ours,
        phone,
        twiml: null,
        url,
        fallbackUrl: null,
        statusCallback: null,
        statusCallbackEvents: [],
        ringMs: 0,
        timeLimitMs: 14_400_000,
        machineDetection: null,
        asyncAmd: false,
        asyncAmdStatusCallback: null,
      };
      store.add(call);
      return begin(call, line);
    },
    end: (call, how) => {
      const one = running.get(call.sid);
      if (!one) return false;
      if (one.player !== null) {
        if (how === 'canceled') return false;
        one.player.hangUp();
      } else one.ringing.abort();
      return true;
    },
    redirect: (call, { twiml, url }) => {
      const player = running.get(call.sid)?.player;
      if (!player) return false;
      player.redirect(
        twiml === null ? { kind: 'address', url: url ?? '', parameters: {} } : { kind: 'document', twiml },
      );
      return true;
    },
    lineOf,
    setLine: (phone, line) => void lines.set(phone, line),
    answer: (phone) => {
      const one = runningOf(phone);
      if (one === undefined || !rings(one)) return false;
      one.person = 'took';
      one.ringing.abort();
      return true;
    },
    press: (phone, key) => {
      const player = runningOf(phone)?.player;
      player?.press(key);
      return Boolean(player);
    },
    hangUp: (phone) => {
      const one = runningOf(phone);
      if (one === undefined) return false;
      if (one.player) one.player.hangUp();
      else if (rings(one)) {
        one.person = 'declined';
        one.ringing.abort();
      } else return false;
      return true;
    },
    resume: () => {
      for (const call of store.oldestFirst()) {
        notifier.resume(call);
        if (hasEnded(call)) continue;
        if (call.answeredAt === null) {
          begin(call, lineOf(call.phone));
          continue;
        }
        // The line went dead with the process.
        call.lengthMs = call.heard.at(-1)?.toMs ?? 0;
        become(call, 'completed');
      }
    },
    forgetLines: () => lines.clear(),
    stop: () => {
      stopped = true;
      for (const { player, ringing } of running.values()) {
        ringing.abort();
        player?.hangUp();
      }
    },
  };
}
