import type { SendOutcome } from '#shared/carriers/carrier.ts';
import type { Clock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { Lane } from '#shared/contracts/turn.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { isTransientDatabaseError } from '#shared/postgres/pool.ts';
import { type CarrierWatches, type Passes, withoutProbes } from './carrier-watches.ts';
import { type Claimed, ClaimInDoubt, type ClaimResult } from './claim.ts';
import { Hand } from './hand.ts';
import { LONGEST_TIMER_MS, type Message } from './message-state.ts';
import type { Sendable } from './next-sendable.ts';
import type { Settlement } from './outcome.ts';
import { ReadyPhones } from './ready-phones.ts';
import type { Finished, Recorded } from './record-outcomes.ts';

export interface TurnsOptions {
  claim(phones: readonly string[], passes: Passes): Promise<ClaimResult>;
  /** One request; never rejects. */
  send(claimed: Claimed): Promise<SendOutcome>;
  settle(claimed: Claimed, outcome: SendOutcome): Settlement;
  record(finished: readonly Finished[]): Promise<Recorded>;
  /** Told of every message that the carrier took, once that is recorded. */
  taken?(message: Message): void;
  /** Says how many phones may be claimed, and is told how requests end. */
  watch: CarrierWatches;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  /** Most requests to the carrier at once, those whose outcome is being recorded included. */
  maxRequests: number;
  /** Most phones in one claim. */
  maxPhones: number;
  /** How long turns are collected for one claim, in ms. */
  collectMs: number;
  /** A request that has not begun so long after its claim did is not made, in ms: by then it may be looked for as lost. */
  postingDeadlineMs: number;
}

/** Transactions at the same time: the pool's other connections serve the due rows and the outbox. */
const MAX_CLAIMS = 3;
const MAX_RECORDS = 2;
const MAX_RECORDED = 200;
const DOUBT_RETRY_MS = 1_000;
const RETRY_MS = { first: 100, most: 2_000 };

/** What a request has from the claim that it comes of. */
interface Origin {
  /** When the claim began, in monotonic ms. */
  startedAt: number;
  /** Carriers that do not flow: one with room is tried by this claim. */
  passes: Passes;
}

/**
 * The phones whose turn is in hand, each once, whatever the number of entries that said so:
 *
 *   ready -> claiming -> sending -> recording -> ready | waiting | done
 *              +-> waiting (a pause; then ready) | done
 *
 * `done` lets the queue entries go. No phone is left with unsent messages and nobody to send them, because:
 * 1. An entry is let go only after a look, in a transaction that held the phone's lock, found nothing that may go.
 *    Entries that arrived after that transaction began are not let go with it; they bring another look.
 * 2. A message written later commits after that look (its writer needs the same lock) and brings an entry of its own.
 * 3. What the look passed over comes back by itself: held messages by their due time, everything behind an ambiguous
 *    one by its reconciliation; both give the phone a turn in the transaction that frees it.
 * 4. A look that found a request of somebody else on its way (`busy`) saw a committed attempt that was not recorded
 *    yet. Its holder records later, under the lock, and looks then. If the holder dies, its own entry comes back
 *    after its visibility; and if even that is gone, the attempt is given up after 10 s and reconciled, which gives a
 *    turn. The same holds for two lanes of one phone in two processes: whichever commits its attempt first goes on.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #hands = new Map<string, Hand>();
  readonly #ready = new ReadyPhones();
  readonly #finished: Finished[] = [];
  readonly #stopping = new AbortController();
  #claims = 0;
  #requests = 0;
  #records = 0;
  #collecting = false;
  /** Claims wait until the next try. */
  #inDoubt = false;
  /** The last claim that was made found that we may not have heard a STOP. */
  #doubted = false;
  #onIdle: (() => void)[] = [];

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get inHand(): number {
    return this.#hands.size;
  }

  get requestsInFlight(): number {
    return this.#requests;
  }

  /** Whether sending waits because we may not have heard a STOP. */
  get inDoubt(): boolean {
    return this.#doubted;
  }

  /** Why no phone is claimed now; null: phones are. */
  get pauseCause(): string | null {
    return this.#options.watch.cause;
  }

  /**
   * Resolves when the phone has nothing more that may go now; rejects when its entry must go back to the queue. A turn
   * of the lane of replies brings the phone's claims before those of bulk, until it has nothing more to send.
   */
  take(phone: string, lane: Lane): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.reject(new Error('the sender is stopping'));
    let hand = this.#hands.get(phone);
    const known = hand !== undefined;
    hand ??= new Hand();
    this.#hands.set(phone, hand);
    if (lane === 'replies') hand.lane = lane;
    if (!known || this.#ready.has(phone)) this.#makeReady(phone);
    else if (hand.waiting) {
      // The new entry may be about a message that need not wait.
      hand.stopWaiting();
      this.#makeReady(phone);
    }
    return hand.join();
  }

  /** Gives back what has not begun, and resolves when every request has ended and is recorded. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the sender is stopping'));
    for (const phone of this.#ready.take(this.#ready.size)) {
      this.#giveUp(phone, this.#stopping.signal.reason);
    }
    for (const [phone, hand] of [...this.#hands]) {
      if (hand.waiting) this.#giveUp(phone, this.#stopping.signal.reason);
    }
    if (this.#claims > 0 || this.#requests > 0) {
      await new Promise<void>((resolve) => this.#onIdle.push(resolve));
    }
  }

  #makeReady(phone: string): void {
    if (this.#stopping.signal.aborted) {
      this.#giveUp(phone, this.#stopping.signal.reason);
      return;
    }
    this.#ready.add(phone, this.#hands.get(phone)?.lane ?? 'bulk');
    this.#collect();
  }

  /** Claims after a few ms, so that turns that come together share a transaction; at once when there are enough. */
  #collect(): void {
    if (this.#ready.size >= this.#options.maxPhones) this.#startClaims();
    if (this.#collecting || this.#ready.size === 0) return;
    this.#collecting = true;
    void this.#options.clock.sleep(this.#options.collectMs).then(() => {
      this.#collecting = false;
      this.#startClaims();
    });
  }

  #startClaims(): void {
    const { maxPhones, maxRequests, watch } = this.#options;
    while (this.#ready.size > 0 && !this.#inDoubt && this.#claims < MAX_CLAIMS) {
      // What a claim may bring counts from its beginning, so that the sum never exceeds the most.
      const room = watch.room(Math.min(maxPhones, maxRequests - this.#requests - this.#reserved));
      if (room < 1) {
        this.#resumeLater();
        return;
      }
      const phones = this.#ready.take(room);
      void this.#claim(phones, watch.claims());
    }
  }

  #resuming = false;

  /** Claims that pause for a time go on by themselves; otherwise the end of a request brings the next. */
  #resumeLater(): void {
    const ms = this.#options.watch.waitMs;
    if (ms === null || ms === 0 || this.#resuming) return;
    this.#resuming = true;
    void this.#options.clock
      .sleep(Math.ceil(ms), this.#stopping.signal)
      .catch(() => undefined) // stopping: nothing is claimed any more
      .then(() => {
        this.#resuming = false;
        this.#startClaims();
      });
  }

  #reserved = 0;

  async #claim(phones: readonly string[], passes: Passes): Promise<void> {
    const { clock, metrics } = this.#options;
    this.#claims += 1;
    this.#reserved += phones.length;
    const startedAt = clock.monotonic();
    for (const phone of phones) this.#hands.get(phone)?.beginLook();
    try {
      const result = await this.#options.claim(phones, passes);
      this.#endProbes(passes, result.kind === 'in_doubt' ? [] : result.claimed);
      if (result.kind === 'in_doubt') this.#doubt(phones, result.unheard);
      else {
        this.#doubted = false;
        metrics.observe('ClaimSize', phones.length, {});
        metrics.observe('TurnsInHand', this.#hands.size, {});
        if (result.blocked > 0) metrics.observe('MessagesBlocked', result.blocked, {});
        if (result.held > 0) metrics.observe('MessagesHeld', result.held, {});
        for (const claimed of result.claimed) void this.#request(claimed, { startedAt, passes });
        for (const [phone, next] of result.others) this.#goOn(phone, next);
      }
    } catch (error) {
      this.#claimFailed(phones, error, passes);
    } finally {
      this.#reserved -= phones.length;
      this.#claims -= 1;
      this.#collect();
      this.#noticeIdle();
    }
  }

  /** Carriers that this claim was to try and has nothing for may be tried by another. */
  #endProbes(passes: Passes, claimed: readonly Claimed[]): void {
    for (const [carrier, { room }] of passes) {
      if (room > 0 && claimed.every((each) => each.carrier !== carrier)) this.#options.watch.noProbe(carrier);
    }
  }

  #claimFailed(phones: readonly string[], error: unknown, passes: Passes): void {
    const { logger } = this.#options;
    const cause = error instanceof ClaimInDoubt ? error.cause : error;
    logger.warn({ phones: phones.length, err: cause }, `a claim failed: ${messageOf(cause)}`);
    this.#endProbes(passes, []);
    if (isTransientDatabaseError(cause)) {
      const claimed = error instanceof ClaimInDoubt ? error.claimed : [];
      for (const each of claimed) {
        this.#requests += 1;
        this.#end(each, { kind: 'not_sent', reason: 'its claim failed at the end' }, false);
      }
      const doubtful = new Set(claimed.map(({ message }) => message.phoneNumber));
      for (const phone of phones) if (!doubtful.has(phone)) this.#wait(phone, RETRY_MS.most);
    } else if (phones.length > 1) {
      // One phone's fault must not stop the others: each alone.
      for (const phone of phones) void this.#claim([phone], withoutProbes(passes));
    } else for (const phone of phones) this.#giveUp(phone, cause);
  }

  #doubt(phones: readonly string[], unheard: readonly CarrierName[]): void {
    const waiting = this.#inDoubt;
    if (!this.#doubted) {
      this.#options.logger.warn({ unheard }, 'sending waits: texts of people may not have been heard');
    }
    this.#options.metrics.observe('ClaimsInDoubt', 1, {});
    this.#inDoubt = true;
    this.#doubted = true;
    for (const phone of phones) this.#makeReady(phone);
    if (waiting) return;
    void this.#options.clock
      .sleep(DOUBT_RETRY_MS, this.#stopping.signal)
      .catch(() => undefined) // stopping: nothing is claimed any more
      .then(() => {
        this.#inDoubt = false;
        this.#startClaims();
      });
  }

  async #request(claimed: Claimed, { passes, startedAt }: Origin): Promise<void> {
    const probe = (passes.get(claimed.carrier)?.room ?? 0) > 0;
    const { clock, metrics, postingDeadlineMs } = this.#options;
    this.#requests += 1;
    const begunAt = clock.monotonic();
    if (begunAt - startedAt > postingDeadlineMs) {
      this.#end(claimed, { kind: 'not_sent', reason: 'past the posting deadline', isOurs: true }, probe);
      return;
    }
    if (clock.now() >= claimed.validUntil) {
      this.#end(
        claimed,
        { kind: 'not_sent', reason: 'its window closed since the claim', isOurs: true },
        probe,
      );
      return;
    }
    const outcome = await this.#options.send(claimed);
    metrics.observe('CarrierMilliseconds', clock.monotonic() - begunAt, {});
    this.#end(claimed, outcome, probe);
  }

  #end(claimed: Claimed, outcome: SendOutcome, probe: boolean): void {
    const settlement = this.#options.settle(claimed, outcome);
    const wasAsked = outcome.kind !== 'not_sent' || outcome.isOurs !== true;
    if (wasAsked) this.#options.watch.ended(claimed.carrier, settlement, probe);
    else if (probe) this.#options.watch.noProbe(claimed.carrier);
    this.#finished.push({ ...claimed, settlement });
    this.#startRecords();
  }

  #recording = false;

  /** Outcomes that end in the same turn of the event loop, or while records are being written, share one. */
  #startRecords(): void {
    if (this.#recording) return;
    this.#recording = true;
    setImmediate(() => {
      this.#recording = false;
      while (this.#finished.length > 0 && this.#records < MAX_RECORDS) {
        void this.#record(this.#finished.splice(0, MAX_RECORDED));
      }
    });
  }

  async #record(finished: readonly Finished[]): Promise<void> {
    this.#records += 1;
    for (const { message } of finished) this.#hands.get(message.phoneNumber)?.beginLook();
    for (let failures = 0; ; failures += 1) {
      try {
        this.#recorded(finished, await this.#options.record(finished));
        break;
      } catch (error) {
        const { clock, logger } = this.#options;
        logger.warn({ outcomes: finished.length, err: error }, `recording failed: ${messageOf(error)}`);
        if (!isTransientDatabaseError(error)) {
          this.#recordApart(finished, error);
          break;
        }
        // Also while stopping: an outcome that is not recorded has to be reconciled.
        await clock.sleep(Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(failures, 8)));
      }
    }
    this.#records -= 1;
    this.#startRecords();
    this.#collect();
    this.#noticeIdle();
  }

  #recorded(finished: readonly Finished[], { applied, blocked, next }: Recorded): void {
    this.#requests -= finished.length;
    this.#count(applied, blocked);
    for (const [phone, each] of next) this.#goOn(phone, each);
  }

  /** One outcome's fault must not stop the others: each alone. A single one stays open, to be reconciled. */
  #recordApart(finished: readonly Finished[], error: unknown): void {
    const [first] = finished;
    if (first && finished.length === 1) {
      this.#requests -= 1;
      this.#giveUp(first.message.phoneNumber, error);
    } else for (const each of finished) void this.#record([each]);
  }

  #count(applied: readonly Finished[], blocked: number): void {
    const { metrics } = this.#options;
    const count = (state: string): number =>
      applied.filter(({ settlement }) => settlement.message.state === state).length;
    for (const [name, value] of [
      ['MessagesSent', count('sent')],
      ['MessagesHeld', count('held')],
      ['MessagesAmbiguous', count('ambiguous')],
      ['MessagesBlocked', blocked],
    ] as const) {
      if (value > 0) metrics.observe(name, value, {});
    }
    for (const { settlement } of applied) {
      if (settlement.refusal) metrics.observe('MessagesRefused', 1, { Class: settlement.refusal });
    }
    for (const { message, settlement } of applied) {
      if (settlement.message.state === 'sent') this.#options.taken?.(message);
    }
  }

  #goOn(phone: string, next: Sendable): void {
    if (next.kind === 'send') {
      const hand = this.#hands.get(phone);
      if (hand && next.message.lane === 'replies') hand.lane = 'replies';
      this.#makeReady(phone);
    } else if (next.kind === 'wait') this.#wait(phone, next.ms);
    else {
      const hand = this.#hands.get(phone);
      if (!hand) return;
      if (hand.finishLook()) this.#hands.delete(phone);
      else this.#makeReady(phone);
    }
  }

  #wait(phone: string, ms: number): void {
    const hand = this.#hands.get(phone);
    if (!hand) return;
    if (this.#stopping.signal.aborted || hand.hasJoined) {
      this.#makeReady(phone);
      return;
    }
    const signal = hand.startWaiting();
    this.#options.clock.sleep(Math.min(ms, LONGEST_TIMER_MS), signal).then(
      () => {
        hand.stopWaiting();
        this.#makeReady(phone);
      },
      () => undefined, // cut short by whoever made it ready or gave it up
    );
  }

  #giveUp(phone: string, reason: unknown): void {
    const hand = this.#hands.get(phone);
    this.#hands.delete(phone);
    this.#ready.delete(phone);
    hand?.giveUp(reason);
  }

  #noticeIdle(): void {
    if (this.#claims > 0 || this.#requests > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }
}
