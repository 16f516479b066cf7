import type { Carrier, FoundStatus } from '#shared/carriers/carrier.ts';
import { type DueRows, isPassing, startDueRows } from '#shared/due-rows.ts';
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

  /**
   * Tells the log what was found, and plans what comes then. What could not be told because something is away stays
   * claimed: it comes again. A message that is at fault itself is looked up again at its next step, like one that the
   * carrier could not be asked for.
   */
  async function settleAll(messages: readonly FollowedMessage[], { failed, found }: LookUp): Promise<void> {
    const away: unknown[] = [];
    const settleApart = async (
      message: FollowedMessage,
    ): Promise<Judgement['next'] | 'not_told' | 'not_asked'> => {
      const { carrierMessageId } = message;
      const says = found.get(carrierMessageId);
      const fault = failed.get(carrierMessageId);
      if (fault)
        logger.warn({ carrierMessageId, err: fault }, 'a message could not be looked up, others could');
      if (says === undefined) return fault ? 'look_again' : 'not_asked';
      try {
        return await settle(message, says);
      } catch (error) {
        if (isPassing(error)) {
          away.push(error);
          return 'not_told';
        }
        // One message's fault must stop neither the others nor the gateway.
        logger.error({ carrierMessageId, err: error }, `a status was not taken in: ${messageOf(error)}`);
        return 'look_again';
      }
    };
    const nexts = await Promise.all(messages.map(settleApart));
    const ended = messages.filter((_, index) => nexts[index] === 'ended' || nexts[index] === 'given_up');
    await endFollowUp(
      pool,
      ended.map(({ logId }) => logId),
    );
    await planLooks(pool, messages.filter((_, index) => nexts[index] === 'look_again').map(nextLook));
    if (away.length > 0) throw away[0];
  }

  function nextLook({ acceptedAt, logId }: FollowedMessage): { logId: string; at: Date } {
    const age = clock.now().getTime() - acceptedAt.getTime();
    // Past the last look when that one failed, for this message alone: it is made again, not at once.
    const next = nextLookAge(age, times, clock.random()) ?? age + times.firstMs;
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

/**
 * Runs the follow-up until stopped. Whatever goes wrong in it is logged and tried again: webhooks, a STOP among them,
 * are worth more than statuses. A carrier that can neither list nor fetch is asked nothing: its messages end when nothing
 * more is expected.
 */
export function startStatusFollowUp(
  carrier: Carrier,
  times: FollowUpTimes,
  deps: ReceivingDeps,
): RunningFollowUp {
  const { fetches, lists } = carrier.capabilities;
  const stopping = new AbortController();
  const looks = fetches || lists ? times : { ...times, firstMs: times.unconfirmedMs };
  const followUp = createStatusFollowUp(carrier, looks, deps, stopping.signal);
  const { clock, logger } = deps;
  const loop = (name: string, batch: StatusFollowUp['look']): DueRows =>
    startDueRows({
      name,
      batch: async () => {
        try {
          return await batch();
        } catch (error) {
          // What is away is for the loop to wait for.
          if (isPassing(error) && !stopping.signal.aborted) throw error;
          if (!stopping.signal.aborted) logger.error({ err: error }, `${name} failed: ${messageOf(error)}`);
          return { handled: 0, nextInMs: null };
        }
      },
      idleMs: Math.min(IDLE_MS, looks.firstMs),
      clock,
      logger,
      onFailure: (error) => logger.error({ err: error }, `${name} ended: ${messageOf(error)}`),
    });
  const loops = [loop('messages without an end', followUp.enrol), loop('looks for statuses', followUp.look)];
  return {
    stop: async () => {
      stopping.abort(new Error('the gateway stops'));
      await Promise.all(loops.map((one) => one.stop()));
    },
  };
}
