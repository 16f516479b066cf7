import type { SendOutcome } from '#shared/carriers/carrier.ts';
import type { VoiceCarrier } from '#shared/carriers/voice.ts';
import { callCallbacks } from '#shared/carriers/webhook-addresses.ts';
import type { Config } from '#shared/config.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Pacer } from '#shared/pacing/pacer.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { numberOf } from '#shared/phone/sender-address.ts';
import { readCarriers } from '#shared/senders/carriers-of.ts';
import type { Claimed } from '#shared/sending/claim.ts';
import {
  type Sending,
  type SendingCarrier,
  type SendingConfig,
  type SendingParts,
  startSending,
} from '#shared/sending/start-sending.ts';
import { callScriptSchema } from '#shared/voice/call-script.ts';
import { type BusyMs, callPacing } from './call-pacing.ts';
import { callsChannel } from './calls.ts';
import { askForCalls, endCalls } from './follow-calls.ts';
import type { callerSettings } from './settings.ts';

export type CallerConfig = Pick<
  Config<typeof callerSettings>,
  | 'PUBLIC_URL'
  | 'INBOUND_DOUBT_MS'
  | 'RECONCILE_INTERVAL_MS'
  | 'STALE_TURN_MS'
  | 'HALT_HOLD_MS'
  | 'CALLS_PER_SECOND'
  | 'MAX_CONCURRENT_CALLS'
  | 'RING_SECONDS'
  | 'CALL_FIRST_LOOK_MS'
>;

export interface CallerParts extends Omit<SendingParts, 'via' | 'carrier' | 'others' | 'config' | 'pacing'> {
  /** Also of numbers for which nothing else is said. A number at another carrier makes no calls. */
  carrier: VoiceCarrier;
  /** All that are set up: a STOP to any of them counts for calls. */
  heard: readonly CarrierName[];
  config: CallerConfig;
  /** At which pace calls begin. */
  pacer: Pacer;
  /** See `callPacing`. */
  busyMs?: BusyMs;
  /** How often the log is read for calls that are over, in ms. */
  endedEveryMs?: number;
  /** How often it is looked whether the carrier has to be asked for calls, in ms. */
  askEveryMs?: number;
}

/** Requests at once, phones in a claim, entries in hand: calls begin one by one, and each lasts. */
const MOST = { requests: 20, phones: 20, inHand: 500 };
const ENDED_EVERY_MS = 1_000;
const ASK_EVERY_MS = 5_000;
const ASK_PATIENCE_MS = 30_000;

/** The caller without its connections: turns of calls become requests to the carrier of calls, which are followed to their end. */
export function startCaller(parts: CallerParts): Sending {
  const { carrier, config } = parts;
  const sending = startSending({
    ...parts,
    via: callsChannel(config.CALL_FIRST_LOOK_MS),
    carrier: callsOf(parts),
    others: { carriers: [], carriersOf: readCarriers },
    config: configOf(config),
    pacing: callPacing({
      pacer: parts.pacer,
      carrier: carrier.name,
      callsPerSecond: config.CALLS_PER_SECOND,
      mostCalls: config.MAX_CONCURRENT_CALLS,
      clock: parts.clock,
      ...(parts.busyMs ? { busyMs: parts.busyMs } : {}),
    }),
  });
  const following = followCalls(parts);
  return {
    ...sending,
    stop: async (deadlineMs) => {
      await Promise.all([sending.stop(deadlineMs), ...following.map((loop) => loop.stop())]);
    },
  };
}

const configOf = (config: CallerConfig): SendingConfig => ({
  // Whoever is called twice is called for two reasons, and not before the first call is over.
  pauseMs: 0,
  mediaPauseMs: 0,
  inboundDoubtMs: config.INBOUND_DOUBT_MS,
  reconcileIntervalMs: config.RECONCILE_INTERVAL_MS,
  staleTurnMs: config.STALE_TURN_MS,
  haltHoldMs: config.HALT_HOLD_MS,
  maxRequests: MOST.requests,
  claimPhones: MOST.phones,
  turnsInHand: MOST.inHand,
});

function callsOf(parts: CallerParts): SendingCarrier {
  const { carrier } = parts;
  // Requests are never cut off from outside: an answer that is on its way is worth waiting for.
  const { signal } = new AbortController();
  return {
    name: carrier.name,
    send: (claimed) => call(claimed, parts, signal),
    // A list tells a call by the two numbers and its time; one at once is under way for a phone, so that is enough.
    list: async ({ from, to }, since) =>
      (await carrier.listCalls({ to, from: numberOf(from), since })).map((each) => ({
        ...each,
        errorCode: null,
        segments: null,
      })),
    classifyError: (code) => carrier.classifyError(code),
  };
}

/** Why a call failed whose script nobody can read. */
const UNREADABLE = 'script';

async function call(
  { attemptId, message, validUntil }: Claimed,
  { carrier, clock, config }: CallerParts,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const { data: script } = callScriptSchema.safeParse(message.call);
  if (script === undefined) {
    return { kind: 'refused', errorCode: UNREADABLE, class: 'fail', message: 'there is nothing to say' };
  }
  const ringSeconds = script.ringSeconds ?? config.RING_SECONDS;
  // Whoever answers at the last ring hears it within the hours, too.
  if (clock.now().getTime() + ringSeconds * 1_000 > validUntil.getTime()) {
    return { kind: 'not_sent', reason: 'its window would close while it rings', isOurs: true };
  }
  const { messageId } = message;
  return carrier.call({
    attemptId,
    messageId,
    to: phoneNumber(message.phoneNumber),
    from: phoneNumber(message.senderNumber),
    script,
    callbacks: callCallbacks(config.PUBLIC_URL, carrier.name, { attemptId, messageId }),
    machineDetection: true,
    ringSeconds,
    signal,
  });
}

/** What becomes of calls; every task looks. */
function followCalls(parts: CallerParts): DueRows[] {
  const { carrier, clock, liveness, logger, onFailure, pool } = parts;
  const loop = (name: string, work: () => Promise<number>, idleMs: number): DueRows =>
    startDueRows({
      name,
      batch: async () => ({ handled: await work(), nextInMs: null }),
      idleMs,
      clock,
      logger,
      ...(liveness ? { liveness } : {}),
      onFailure,
    });
  return [
    loop('calls that are over', () => endCalls(pool), parts.endedEveryMs ?? ENDED_EVERY_MS),
    loop(
      'calls that are asked for',
      async () => {
        const asked = await askForCalls({
          pool,
          carrier,
          logger,
          now: () => clock.now(),
          patienceMs: parts.lookMs ?? ASK_PATIENCE_MS,
        });
        if (asked > 0) parts.wakeRelay();
        return asked;
      },
      parts.askEveryMs ?? ASK_EVERY_MS,
    ),
  ];
}
