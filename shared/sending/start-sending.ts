import type { SendOutcome } from '#shared/carriers/carrier.ts';
import type { ErrorRule } from '#shared/carriers/errors.ts';
import type { Clock } from '#shared/clock.ts';
import { POSTING_DEADLINE_MS } from '#shared/compliance/case.ts';
import type { GateConfig } from '#shared/compliance/gate-config.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import { type Lane, turnSchema } from '#shared/contracts/turn.ts';
import { type DueRows, inMsOf, startDueRows } from '#shared/due-rows.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Liveness } from '#shared/liveness.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { FifoQueue } from '#shared/sqs/fifo-queue.ts';
import { createLaneConsumer, type LaneRun } from '#shared/sqs/lane-consumer.ts';
import { readBacklog } from './backlog.ts';
import { CarrierWatch } from './carrier-watch.ts';
import { CarrierWatches } from './carrier-watches.ts';
import type { SendingChannel } from './channel.ts';
import { type Claimed, claim } from './claim.ts';
import type { Message } from './message-state.ts';
import { settle } from './outcome.ts';
import type { Pacing } from './pacing.ts';
import { Reachability } from './reachability.ts';
import { type Lost, reconcile } from './reconcile.ts';
import { recordOutcomes } from './record-outcomes.ts';
import {
  abandonPosting,
  nextHeldDue,
  nextOverdueInMs,
  nextStaleInMs,
  requeueDue,
  requeueStale,
} from './requeue-due.ts';
import type { CarriersOf } from './route.ts';
import { settleUnknown } from './settle-unknown.ts';
import { Turns } from './turns.ts';
import type { Listed } from './verdict.ts';

/** Times in ms. */
export interface SendingConfig {
  /** Between two messages of one batch to a phone. */
  pauseMs: number;
  /** The same after a message with media. */
  mediaPauseMs: number;
  /** Silence of the gateway after which we do not know what people texted. */
  inboundDoubtMs: number;
  /** Between the two looks that prove that a request was not taken. */
  reconcileIntervalMs: number;
  /** A message that was queued for longer gets a turn again. */
  staleTurnMs: number;
  /** How long a message is held whose account or number may not send. */
  haltHoldMs: number;
  /** Most requests at once, of one task. */
  maxRequests: number;
  /** Most phones in one claim. */
  claimPhones: number;
  /** Most entries of one queue in hand. */
  turnsInHand: number;
}

/** What is asked of a carrier. */
export interface SendingCarrier {
  name: CarrierName;
  /** One request, never repeated in here; never rejects. */
  send(claimed: Claimed): Promise<SendOutcome>;
  /** What it has since an instant that looks like a request; null: it has no lists. See ReconcileOptions. */
  list(lost: Lost, since: Date): Promise<readonly Listed[] | null>;
  classifyError(code: string): ErrorRule;
}

/** Carriers beside the first, and which numbers are at which. */
export interface OtherCarriers {
  carriers: readonly SendingCarrier[];
  carriersOf: CarriersOf;
  /** Told when a carrier begins to pause, and again while it does; null: it takes messages again. Pauses are real time, in ms. */
  notePause?(carrier: CarrierName, pauseMs: number | null): void;
}

export interface SendingParts {
  pool: Pool;
  via: SendingChannel;
  /** Of numbers for which nothing else is said. */
  carrier: SendingCarrier;
  /** Left out: there is no other. */
  others?: OtherCarriers;
  /**
   * Carriers whose texts must have been heard before anything goes, first that of numbers for which nothing else is said.
   * Left out: those that something goes through.
   */
  heard?: readonly CarrierName[];
  queues: readonly { lane: Lane; name: string; queue: FifoQueue; visibilitySeconds: number }[];
  /** Told after rows were written to the outbox. */
  wakeRelay(): void;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  onFailure(error: unknown): void;
  /** Told of every turn of its loops; left out: nobody watches. */
  liveness?: Liveness;
  config: SendingConfig;
  gate: GateConfig;
  pseudonyms: Pseudonyms;
  /** Null: nothing limits how fast it goes. */
  pacing: Pacing | null;
  /** Told of every message that the carrier took, once that is recorded. */
  taken?(message: Message): void;
  /**
   * When an attempt without an outcome is given up, in ms (real time): above the posting deadline and the time that a
   * request can last. Below it, a request could begin after its attempt was looked for and not found, and go twice.
   */
  abandonMs?: number;
  /** How long after its claim a request may begin, in ms (real time). */
  postingDeadlineMs?: number;
  /** How long after a request without an answer its carrier is first asked about it, in ms. */
  firstLookMs?: number;
  /** How long a look at the carrier's list may take before it is made again, in ms. */
  lookMs?: number;
  /** First and longest wait after a request that the carrier did not take, in ms. */
  backoffMs?: { first: number; most: number };
  /** Longest pause between looks for due rows, in ms. */
  dueIdleMs?: number;
  /** Longest pause between looks for statuses of requests that were given up as unknown, in ms. */
  lateStatusMs?: number;
}

export interface Sending {
  inHand(): number;
  inDoubt(): boolean;
  /** Why nothing is sent just now; null: everything that may go goes. */
  notReady(): string | null;
  /** Ends intake, lets requests end and records them, gives the rest back. */
  stop(deadlineMs: number): Promise<void>;
}

const ABANDON_MS = 10_000;
const FIRST_LOOK_MS = 5_000;
const LOOK_MS = 30_000;
const BACKOFF_MS = { first: 1_000, most: 60_000 };
/** Requests without an answer in a row after which claims pause, and the first and longest pause. */
const LOST_IN_ROW = 20;
const BREAKER_MS = { first: 1_000, most: 60_000 };
const DUE_IDLE_MS = 2_000;
/** How often what waits in the table is counted for the metrics, in ms. */
const BACKLOG_EVERY_MS = 30_000;
const COLLECT_MS = 3;
/** How long turns that are done with wait for each other, in ms: a phone's next turn needs a text of its own first. */
const GATHER_MS = 10;
/** How often it is looked whether a status came of what nobody could find out. */
const LATE_STATUS_MS = 30_000;

/** A sending service without its connections: turns from queues become requests to the carrier, and due rows become turns. */
export function startSending(parts: SendingParts): Sending {
  const { clock, logger, metrics } = parts;
  const reachability = new Reachability();
  const turns = createTurns(parts, reachability);
  const consumers = parts.queues.map(({ lane, name, queue, visibilitySeconds }) =>
    createLaneConsumer({
      queue: reachability.queue(name, queue),
      name,
      visibilitySeconds,
      handle: (run) => {
        observeTurnAge(parts, name, run);
        return handleRun(turns, lane, run);
      },
      onRunFailed: () => metrics.observe('RunsFailed', 1, { Queue: name }),
      clock,
      logger,
      onFailure: parts.onFailure,
      ...(parts.liveness ? { liveness: parts.liveness } : {}),
      maxInHand: parts.config.turnsInHand,
      gatherMs: GATHER_MS,
    }),
  );
  const dueRows = startDueWork(parts, reachability);
  return {
    inHand: () => turns.inHand,
    inDoubt: () => turns.inDoubt,
    notReady: () => {
      if (turns.inDoubt) return 'sending waits: texts of people may not have been heard';
      return turns.pauseCause === null ? reachability.fault : `sending pauses: ${turns.pauseCause}`;
    },
    stop: async (deadlineMs) => {
      const stopped = [...consumers.map((consumer) => consumer.stop(deadlineMs)), turns.stop()];
      await Promise.all([...stopped, ...dueRows.map((loop) => loop.stop())]);
      metrics.observe('TurnsInHand', turns.inHand, {});
    },
  };
}

/** Of each entry once: one that comes again has waited for its visibility, not for us. */
function observeTurnAge({ clock, metrics }: SendingParts, queue: string, run: LaneRun): void {
  for (const { receives, sentAt } of run.messages) {
    if (receives > 1) continue;
    const ms = Math.max(0, clock.machineTime().getTime() - sentAt.getTime());
    metrics.observe('TurnAgeMilliseconds', ms, { Queue: queue });
  }
}

/** The entries of a group all say the same: this phone has messages. */
async function handleRun(turns: Turns, lane: Lane, run: LaneRun): Promise<void> {
  const phones = new Set(run.messages.map(({ body }) => parseRecord(turnSchema, body).phoneNumber));
  for (const phone of phones) {
    if (phone !== run.groupId) {
      throw new CarillonError('invalid_record', 'a turn lies in the message group of another phone');
    }
    await turns.take(phone, lane);
  }
}

function createTurns(parts: SendingParts, reachability: Reachability): Turns {
  const { clock, config, pool, via } = parts;
  const carriers = carriersOf(parts);
  const carrierOf = (name: CarrierName): SendingCarrier => {
    const carrier = carriers.get(name);
    if (carrier === undefined) throw new Error(`a message was claimed for ${name}, which is not set up`);
    return carrier;
  };
  const { others } = parts;
  const routes = others && {
    carriers: others.carriers.map(({ name }) => name),
    carriersOf: others.carriersOf,
    haltHoldMs: config.haltHoldMs,
  };
  const outcomeSettings = {
    pauseMs: config.pauseMs,
    mediaPauseMs: config.mediaPauseMs,
    backoffMs: parts.backoffMs ?? BACKOFF_MS,
    haltHoldMs: config.haltHoldMs,
  };
  return new Turns({
    claim: (phones, passes) =>
      reachability.database(() =>
        claim(pool, {
          phones,
          carrier: parts.carrier.name,
          ...(routes ? { others: routes } : {}),
          heard: parts.heard ?? [...carriers.keys()],
          passes,
          channel: via.channel,
          gate: parts.gate,
          pseudonyms: parts.pseudonyms,
          clock,
          inboundDoubtMs: config.inboundDoubtMs,
          newId: () => clock.newId(),
          pacing: parts.pacing,
        }),
      ),
    send: (claimed) => carrierOf(claimed.carrier).send(claimed),
    settle: ({ carrier, message }, outcome) =>
      settle(
        outcome,
        message,
        (code) => carrierOf(carrier).classifyError(code),
        outcomeSettings,
        clock.random(),
      ),
    record: async (finished) => {
      const recorded = await recordOutcomes(pool, finished, {
        via,
        firstLookMs: parts.firstLookMs ?? FIRST_LOOK_MS,
        now: clock.now(),
        pseudonyms: parts.pseudonyms,
      });
      parts.wakeRelay();
      return recorded;
    },
    ...(parts.taken ? { taken: parts.taken } : {}),
    watch: new CarrierWatches(
      new Map(
        [...carriers.keys()].map((name) => [
          name,
          new CarrierWatch(
            { haltMs: config.haltHoldMs, lostInRow: LOST_IN_ROW, backoffMs: BREAKER_MS },
            parts,
            (pauseMs) => others?.notePause?.(name, pauseMs),
          ),
        ]),
      ),
    ),
    clock,
    logger: parts.logger,
    metrics: parts.metrics,
    maxRequests: config.maxRequests,
    maxPhones: config.claimPhones,
    collectMs: COLLECT_MS,
    postingDeadlineMs: parts.postingDeadlineMs ?? POSTING_DEADLINE_MS,
  });
}

const carriersOf = ({ carrier, others }: SendingParts): ReadonlyMap<CarrierName, SendingCarrier> =>
  new Map([carrier, ...(others?.carriers ?? [])].map((each) => [each.name, each]));

/** What becomes due without a turn; every task looks. */
function startDueWork(parts: SendingParts, reachability: Reachability): DueRows[] {
  const { clock, config, logger, metrics, onFailure, pool, via } = parts;
  const carriers = carriersOf(parts);
  const now = (): Date => clock.now();
  const idleMs = parts.dueIdleMs ?? DUE_IDLE_MS;
  const abandonMs = parts.abandonMs ?? ABANDON_MS;
  const woken = (handled: number): { handled: number; nextInMs: null } => {
    if (handled > 0) parts.wakeRelay();
    return { handled, nextInMs: null };
  };
  const loop = (
    name: string,
    batch: () => Promise<{ handled: number; nextInMs: null }>,
    { everyMs = idleMs, nextInMs }: { everyMs?: number; nextInMs?: () => Promise<number | null> } = {},
  ): DueRows =>
    startDueRows({
      name,
      batch: () => reachability.database(batch),
      ...(nextInMs === undefined ? {} : { nextInMs: () => reachability.database(nextInMs) }),
      idleMs: everyMs,
      clock,
      logger,
      ...(parts.liveness ? { liveness: parts.liveness } : {}),
      onFailure,
    });
  return [
    loop('held messages', async () => woken(await requeueDue(pool, via, now())), {
      nextInMs: async () => inMsOf(await nextHeldDue(pool, via), clock),
    }),
    loop(
      'attempts without an outcome',
      async () => {
        const handled = await abandonPosting(pool, via, abandonMs);
        if (handled > 0) metrics.observe('MessagesAmbiguous', handled, {});
        return { handled, nextInMs: null };
      },
      { nextInMs: () => nextOverdueInMs(pool, via, abandonMs) },
    ),
    loop('ambiguous attempts', async () => {
      const looks = {
        pool,
        via,
        list: async (name: CarrierName, lost: Lost, since: Date) =>
          carriers.get(name)?.list(lost, since) ?? null,
        intervalMs: config.reconcileIntervalMs,
        lookMs: parts.lookMs ?? LOOK_MS,
        logger,
        now,
      };
      const { looked, settled } = await reconcile(looks);
      if (settled > 0) metrics.observe('MessagesReconciled', settled, {});
      woken(settled);
      return { handled: looked, nextInMs: null };
    }),
    loop(
      'requests that a status settles after all',
      async () => {
        const settled = await settleUnknown({ pool, via, logger, now: now() });
        if (settled > 0) metrics.observe('MessagesReconciled', settled, {});
        return woken(settled);
      },
      { everyMs: parts.lateStatusMs ?? LATE_STATUS_MS },
    ),
    loop('lost turns', async () => woken(await requeueStale(pool, via, config.staleTurnMs)), {
      nextInMs: () => nextStaleInMs(pool, via, config.staleTurnMs),
    }),
    loop(
      'the backlog that is told',
      async () => {
        const { oldestQueuedMs, unsent } = await readBacklog(pool, via);
        for (const State of ['queued', 'held', 'ambiguous'] as const) {
          metrics.observe('UnsentMessages', unsent[State], { State });
        }
        metrics.observe('OldestQueuedMilliseconds', oldestQueuedMs, {});
        return { handled: 0, nextInMs: null };
      },
      { everyMs: BACKLOG_EVERY_MS },
    ),
  ];
}
