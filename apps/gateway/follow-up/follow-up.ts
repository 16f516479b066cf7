import type { Carrier, FoundStatus } from '#shared/carriers/carrier.ts';
import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import { type CarillonError, messageOf } from '#shared/errors.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import type { ReceivingDeps } from '../receive-inbound.ts';
import { receiveStatus } from '../receive-status.ts';
import { type Judgement, judge } from './judge.ts';
import { type LookUp, lookUp } from './look-up.ts';
import { type FollowUpTimes, nextLookAge } from './schedule.ts';
import {
  beginStatusWatch,
  claimDueLooks,
  endFollowUp,
  enrolNextSlice,
  type FollowedMessage,
  nextLookInMs,
  planLooks,
} from './store.ts';

/** Messages of one batch: as many as the carrier's list has on a page. */
const BATCH = 1_000;
/** Longest pause between looks for what is due, in ms. */
const IDLE_MS = 10_000;
/** How long a task has for its looks, in ms: as long as the age of the first look, within these. */
const CLAIM_MS = { least: 5_000, most: 300_000 };
/** First and longest pause after the carrier could not be asked, in ms. */
const BACKOFF_MS = { first: 15_000, most: 900_000 };

/**
 * Follows messages to their end whose end no status callback has told: each is looked up at the carrier, ever more
 * rarely, and what the carrier says goes the way of a callback. Every task runs this; rows are claimed, so that no two
 * look for the same. Nothing is lost with a task: what it had claimed is due again when the claim has run out.
 */
export interface StatusFollowUp {
  /** Goes through the next part of the log. */
  enrol(): Promise<{ handled: number; nextInMs: number | null }>;
  /** Looks up a batch of what is due. */
  look(): Promise<{ handled: number; nextInMs: number | null }>;
}

export function createStatusFollowUp(
  carrier: Carrier,
  times: FollowUpTimes,
  deps: ReceivingDeps,
  signal: AbortSignal,
): StatusFollowUp {
  const { clock, logger, metrics, pool } = deps;
  const claimMs = Math.min(CLAIM_MS.most, Math.max(CLAIM_MS.least, times.firstMs));
  const pause = { failures: 0, until: 0 };
  let begun = false;

  /** Asks nothing more for a while; longer with every failure, and never shorter than the carrier says. */
  function backOff(fault: CarillonError): number {
    const ceiling = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** Math.min(pause.failures, 10));
    const ms = Math.max(fault.retryAfterMs ?? 0, (ceiling * (1 + clock.random())) / 2);
    pause.failures += 1;
    pause.until = clock.monotonic() + ms;
    logger.warn({ err: fault, ms, failures: pause.failures }, `statuses are not looked up: ${fault.message}`);
    return ms;
  }

  async function settle(message: FollowedMessage, found: FoundStatus | null): Promise<Judgement['next']> {
    const now = clock.now();
    const last = now.getTime() - message.acceptedAt.getTime() >= times.unconfirmedMs;
    const { tell, next } = judge(message.known, found, now, last);
    const phone = phoneNumberSchema.safeParse(message.phoneNumber);
    const { attemptId, carrierMessageId, messageId } = message;
    for (const news of tell) {
      const phoneNumber = phone.success ? phone.data : (found?.phoneNumber ?? null);
      await receiveStatus(carrier, { ...news, carrierMessageId, attemptId, messageId, phoneNumber }, deps);
      metrics.observe(news.status === 'sent_unconfirmed' ? 'StatusesUnconfirmed' : 'StatusesFound', 1, {});
    }
    if (next === 'given_up') {
      metrics.observe('StatusesGivenUp', 1, {});
      const { status } = message.known;
      logger.error(
        { carrierMessageId, status, says: found?.status },
        'a message was given up without an end',
      );
    }
    return next;
  }

  /** Tells the log what was found, and plans what comes then. What could not be told stays claimed: it comes again. */
  async function settleAll(messages: readonly FollowedMessage[], { found }: LookUp): Promise<void> {
    const asked = messages.filter(({ carrierMessageId }) => found.has(carrierMessageId));
    const settled = await Promise.allSettled(
      asked.map(async (message) => ({
        message,
        next: await settle(message, found.get(message.carrierMessageId) ?? null),
      })),
    );
    const done = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    await endFollowUp(
      pool,
      done.filter(({ next }) => next !== 'look_again').map(({ message }) => message.logId),
    );
    await planLooks(
      pool,
      done.flatMap(({ message, next }) => (next === 'look_again' ? [nextLook(message)] : [])),
    );
    const failure = settled.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  function nextLook({ acceptedAt, logId }: FollowedMessage): { logId: string; at: Date } {
    const age = clock.now().getTime() - acceptedAt.getTime();
    // Past the last look only while nobody could be asked: then it is made as soon as somebody can.
    const next = nextLookAge(age, times, clock.random()) ?? age;
    return { logId, at: new Date(acceptedAt.getTime() + next) };
  }

  return {
    enrol: async () => {
      if (!begun) await beginStatusWatch(pool, carrier.name, times.unconfirmedMs);
      begun = true;
      const slice = { carrier: carrier.name, afterMs: times.firstMs, now: clock.now() };
      const { enrolled, more } = await enrolNextSlice(pool, slice);
      return { handled: more ? Math.max(1, enrolled) : 0, nextInMs: null };
    },
    look: async () => {
      const paused = pause.until - clock.monotonic();
      if (paused > 0) return { handled: 0, nextInMs: paused };
      const now = clock.now();
      const due = { carrier: carrier.name, now, limit: BATCH, claimMs };
      const { messages, settled } = await claimDueLooks(pool, due);
      if (messages.length === 0) {
        return {
          handled: settled,
          nextInMs: settled > 0 ? null : await nextLookInMs(pool, carrier.name, now),
        };
      }
      const result = await lookUp(carrier, messages, signal);
      if (result.requests.list > 0) metrics.observe('StatusRequests', result.requests.list, { How: 'list' });
      if (result.requests.fetch > 0)
        metrics.observe('StatusRequests', result.requests.fetch, { How: 'fetch' });
      await settleAll(messages, result);
      if (result.fault === null) {
        pause.failures = 0;
        return { handled: messages.length + settled, nextInMs: null };
      }
      const ms = backOff(result.fault);
      const again = new Date(clock.now().getTime() + ms);
      const rest = messages.filter(({ carrierMessageId }) => !result.found.has(carrierMessageId));
      await planLooks(
        pool,
        rest.map(({ logId }) => ({ logId, at: again })),
      );
      return { handled: 0, nextInMs: ms };
    },
  };
}

export interface RunningFollowUp {
  /** Ends after what is being told; what was only claimed comes again. */
  stop(): Promise<void>;
}

/** Runs the follow-up until stopped. A carrier that can neither list nor fetch has none: `stop` does nothing then. */
export function startStatusFollowUp(
  carrier: Carrier,
  times: FollowUpTimes,
  deps: ReceivingDeps,
  onFailure: (error: unknown) => void,
): RunningFollowUp {
  const { fetches, lists } = carrier.capabilities;
  if (!fetches && !lists) return { stop: async () => undefined };
  const stopping = new AbortController();
  const followUp = createStatusFollowUp(carrier, times, deps, stopping.signal);
  const { clock, logger } = deps;
  const fail = (error: unknown): void => {
    if (!stopping.signal.aborted) onFailure(error);
    else logger.warn({ err: error }, `the follow-up of statuses stopped with: ${messageOf(error)}`);
  };
  const idleMs = Math.min(IDLE_MS, times.firstMs);
  const loops: DueRows[] = [
    startDueRows({
      name: 'messages without an end',
      batch: followUp.enrol,
      idleMs,
      clock,
      logger,
      onFailure: fail,
    }),
    startDueRows({
      name: 'looks for statuses',
      batch: followUp.look,
      idleMs,
      clock,
      logger,
      onFailure: fail,
    }),
  ];
  return {
    stop: async () => {
      stopping.abort(new Error('the gateway stops'));
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
