import { randomUUID } from 'node:crypto';
import type { Carrier, SendRequest } from '#shared/carriers/carrier.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import { isPlanned } from '#shared/compliance/case.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { type ConsentGrant, WHOLE_SENDER } from '#shared/consent/change.ts';
import { type Lane, turnDeduplicationId } from '#shared/contracts/turn.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { unpaced } from '#shared/pacing/pacer.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import type { Intent } from '#shared/sending/message-state.ts';
import type { FifoQueue } from '#shared/sqs/fifo-queue.ts';
import { StandInQueue } from '#shared/sqs/stand-in-queue.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { type Sender, type SenderConfig, type SenderParts, startSender } from './sender.ts';
import { TestCarrier } from './test-carrier.ts';

export const SENDER_NUMBER = '+14155550100';

export interface PlannedMessage {
  body: string;
  lane?: Lane;
  intent?: Intent;
  mediaUrls?: string[];
  /** Left out: now, for what answers somebody. */
  causedAt?: Date;
  notAfter?: Date;
  topic?: string;
  campaignId?: string;
  /** Left out: SENDER_NUMBER. */
  senderNumber?: string;
}

/** Wednesday noon in San Francisco, where the phones of area code 415 are. */
export const NOON = Date.parse('2026-03-04T20:00:00.000Z');

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A database, two queues, a carrier and any number of sender processes that a test may start, stop and kill. */
export class SenderBench {
  readonly database: TestDatabase;
  readonly pool: Pool;
  /** Business time ahead of real time, in ms. */
  skippedMs = NOON - Date.now();
  readonly #onJump = new Set<() => void>();
  readonly clock: Clock = systemClock({
    offsetMs: () => this.skippedMs,
    onJump: (listener) => {
      this.#onJump.add(listener);
      return () => this.#onJump.delete(listener);
    },
  });
  carrier = new TestCarrier();
  /** Beside it, until the next reset. */
  others: TestCarrier[] = [];
  queues: Record<Lane, StandInQueue> = this.#newQueues();
  /** In place of the stand-ins, until the next reset. */
  otherQueues: Record<Lane, FifoQueue> | null = null;
  /** Records that left for streams, in order. */
  readonly records: { target: string; key: string; body: Record<string, unknown> }[] = [];
  readonly gate = defaultGateConfig;
  readonly failures: unknown[] = [];
  readonly #senders = new Set<Sender>();
  #pumping: Promise<void> = Promise.resolve();

  static async create(): Promise<SenderBench> {
    return new SenderBench(await createDatabase());
  }

  private constructor(database: TestDatabase) {
    this.database = database;
    this.pool = createPool({ ...database.configFor('sender'), max: 10 }, () => undefined);
  }

  #newQueues(): Record<Lane, StandInQueue> {
    return { replies: new StandInQueue(this.clock), bulk: new StandInQueue(this.clock) };
  }

  #queueOf(lane: Lane): FifoQueue {
    return (this.otherQueues ?? this.queues)[lane];
  }

  /** Lets business time go on from an instant. */
  goTo(instant: number): void {
    this.skippedMs = instant - Date.now();
  }

  /** Skips business time. */
  skip(ms: number): void {
    this.skippedMs += ms;
    for (const listener of this.#onJump) listener();
  }

  /** An empty database, empty queues, a carrier that accepts everything and a gateway that listens. */
  async reset(): Promise<void> {
    await this.stopAll();
    await this.#pumping;
    this.goTo(NOON);
    this.carrier = new TestCarrier();
    this.others = [];
    this.queues = this.#newQueues();
    this.otherQueues = null;
    this.records.length = 0;
    this.failures.length = 0;
    await emptyTables(
      this.database.adminPool,
      `phone, message, attempt, suppression, consent_change, consent_standing, inbound_watch, message_log,
       outbox, decision, decision_inputs, do_not_call_list, do_not_call_number, reassigned_answer, erased_phone,
       erasure_key, sender, sender_pool, sender_day`,
    );
    await this.database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at)
       SELECT carrier, clock_timestamp() + interval '1 hour' FROM unnest(ARRAY['twilio', 'vonage', 'aws']) AS heard(carrier)`,
    );
  }

  /** Starts a sender process; `kill` ends it as SIGKILL would: nothing that it waits for ever happens. */
  start(
    options: Partial<Omit<SenderParts, 'config'>> & {
      config?: Partial<SenderConfig>;
      visibilitySeconds?: number;
    } = {},
  ): Sender & { kill(): void } {
    let dead = false;
    const killed = new AbortController();
    const alive = <T>(work: () => Promise<T>): Promise<T> => {
      if (dead) return never();
      const result = work();
      return result.then(
        (value) => (dead ? never<T>() : value),
        (error: unknown) => (dead ? never<T>() : Promise.reject(error)),
      );
    };
    const clock: Clock = {
      ...this.clock,
      sleep: (ms, signal) => alive(() => this.clock.sleep(ms, signal)),
    };
    const carrier = this.#carrierSeenBy(alive);
    const sender = startSender({
      pool: this.pool,
      carriers: [carrier, ...this.others.map((other) => this.#carrierSeenBy(alive, other))],
      queues: (['replies', 'bulk'] as const).map((lane) => ({
        lane,
        name: lane,
        queue: seenBy(this.#queueOf(lane), alive, killed.signal),
        visibilitySeconds: options.visibilitySeconds ?? 1,
      })),
      wakeRelay: () => void this.pump(),
      clock,
      logger: silentLogger,
      metrics: noMetrics,
      onFailure: (error) => this.failures.push(error),
      // A carrier in memory has a request at once: what begins in time is there before anybody looks for it.
      postingDeadlineMs: 400,
      abandonMs: 600,
      firstLookMs: 1,
      lookMs: 500,
      lateStatusMs: 20,
      backoffMs: { first: 5, most: 20 },
      dueIdleMs: 20,
      gate: this.gate,
      pseudonyms: testPseudonyms,
      pacer: unpaced,
      ...options,
      config: { ...defaults, ...options.config },
    });
    this.#senders.add(sender);
    const kill = (): void => {
      dead = true;
      // Its open long polls end with it, and take nothing more.
      killed.abort();
      this.#senders.delete(sender);
    };
    return { ...sender, kill };
  }

  #carrierSeenBy(alive: <T>(work: () => Promise<T>) => Promise<T>, carrier = this.carrier): Carrier {
    return {
      name: carrier.name,
      capabilities: carrier.capabilities,
      send: (request: SendRequest) => alive(() => carrier.send(request)),
      listOutbound: (query) => alive(() => carrier.listOutbound(query)),
      listInbound: () => carrier.listInbound(),
      inboundMedia: () => carrier.inboundMedia(),
      fetchStatus: () => carrier.fetchStatus(),
      listStatuses: () => carrier.listStatuses(),
      verifyWebhook: () => carrier.verifyWebhook(),
      subjectOf: () => carrier.subjectOf(),
      parseInbound: () => carrier.parseInbound(),
      parseStatus: () => carrier.parseStatus(),
      classifyError: (code) => carrier.classifyError(code),
    };
  }

  async stopAll(): Promise<void> {
    const senders = [...this.#senders];
    this.#senders.clear();
    await Promise.all(senders.map((sender) => sender.stop(3_000)));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.#pumping;
    await this.pool.end();
    await this.database.drop();
  }

  /**
   * Writes messages of one batch, as whoever plans them does, to somebody who consented to all of it, and queues a turn
   * per lane. Returns their ids.
   */
  async plan(phone: string, messages: readonly PlannedMessage[]): Promise<string[]> {
    const ids = messages.map(() => randomUUID());
    const batchId = randomUUID();
    const now = this.clock.now();
    await this.consent(phone, ['informational', 'marketing_in_writing']);
    await this.database.adminPool.query(
      `WITH known AS (
         INSERT INTO phone AS p (phone_number, last_ordinal) VALUES ($1, $2)
         ON CONFLICT (phone_number) DO UPDATE SET last_ordinal = p.last_ordinal + $2
         RETURNING last_ordinal)
       INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                            batch_id, cause_id, created_at, caused_at, not_after, topic, campaign_id)
       SELECT message_id, $1, last_ordinal - $2 + position, lane, intent, sender_number, body,
              ARRAY(SELECT jsonb_array_elements_text(media)), $4, $4, $10, caused_at, not_after, topic, campaign_id
         FROM known, unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $11::timestamptz[],
                            $12::timestamptz[], $13::text[], $14::uuid[], $3::text[])
              WITH ORDINALITY AS planned(message_id, lane, intent, body, media, caused_at, not_after, topic,
                                         campaign_id, sender_number, position)`,
      [
        phone,
        messages.length,
        messages.map(({ senderNumber }) => senderNumber ?? SENDER_NUMBER),
        batchId,
        ids,
        messages.map(({ lane }) => lane ?? 'replies'),
        messages.map(({ intent }) => intent ?? 'reply'),
        messages.map(({ body }) => body),
        messages.map(({ mediaUrls }) => JSON.stringify(mediaUrls ?? [])),
        now,
        messages.map(({ causedAt, intent }) => causedAt ?? (isPlanned(intent ?? 'reply') ? null : now)),
        messages.map(({ notAfter }) => notAfter ?? null),
        messages.map(({ topic }) => topic ?? null),
        messages.map(({ campaignId }) => campaignId ?? null),
      ],
    );
    for (const lane of new Set(messages.map((message) => message.lane ?? 'replies'))) {
      const first = ids[messages.findIndex((message) => (message.lane ?? 'replies') === lane)] ?? '';
      const turn = { phoneNumber: phoneNumber(phone), messageId: first, generation: 0 };
      const body = JSON.stringify(turn);
      await this.#queueOf(lane).send([{ groupId: phone, deduplicationId: turnDeduplicationId(turn), body }]);
    }
    return ids;
  }

  /** What somebody consented to, unless something is known of them already. */
  async consent(phone: string, granted: readonly ConsentGrant[], scope = WHOLE_SENDER): Promise<void> {
    const changeId = randomUUID();
    const consents = [{ changeId, granted, givenAt: '2026-01-01T00:00:00.000Z' }];
    await this.database.adminPool.query(
      `INSERT INTO consent_standing (phone_number, scope, status, consents, change_id, requested_at)
       VALUES ($1, $2, 'opted_in', $3, $4, '2026-01-01') ON CONFLICT DO NOTHING`,
      [phone, scope, JSON.stringify(consents), changeId],
    );
  }

  /** What the gateway does on a STOP, up to its answer. */
  async suppress(phone: string): Promise<void> {
    const client = await this.database.adminPool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM phone WHERE phone_number = $1 FOR UPDATE', [phone]);
      await client.query(
        `INSERT INTO suppression (phone_number, change_id, source, reason, added_at)
         VALUES ($1, $2, 'user_opt_out', 'STOP', now()) ON CONFLICT DO NOTHING`,
        [phone, randomUUID()],
      );
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  /** What campaigns planned goes to the queue of the sender, as their relay does it. */
  async handOver(): Promise<void> {
    const { rows } = await this.database.adminPool.query<{
      ordering_key: string;
      deduplication_id: string;
      body: string;
    }>(`DELETE FROM outbox WHERE producer = 'campaigns' RETURNING ordering_key, deduplication_id, body`);
    for (const { body, deduplication_id: deduplicationId, ordering_key: groupId } of rows) {
      await this.queues.bulk.send([{ groupId, deduplicationId, body }]);
    }
  }

  /** Carries the outbox to its queues and streams, as the relay does. */
  pump(): Promise<void> {
    this.#pumping = this.#pumping.then(() => this.#pumpOnce());
    return this.#pumping;
  }

  async #pumpOnce(): Promise<void> {
    const { rows } = await this.database.adminPool.query<{
      id: number;
      kind: string;
      target: string;
      ordering_key: string;
      deduplication_id: string | null;
      body: string;
    }>(`SELECT * FROM outbox WHERE producer = 'sender' ORDER BY id`);
    for (const row of rows) {
      if (row.kind === 'stream') {
        this.records.push({ target: row.target, key: row.ordering_key, body: JSON.parse(row.body) });
      } else {
        const queue = this.#queueOf(row.target === 'sms-bulk.fifo' ? 'bulk' : 'replies');
        const entry = {
          groupId: row.ordering_key,
          deduplicationId: row.deduplication_id ?? '',
          body: row.body,
        };
        await queue.send([entry]);
      }
      await this.database.adminPool.query('DELETE FROM outbox WHERE id = $1', [row.id]);
    }
  }

  async states(phone: string): Promise<Record<string, string>> {
    const { rows } = await this.database.adminPool.query<{ body: string; state: string }>(
      'SELECT body, state FROM message WHERE phone_number = $1 ORDER BY ordinal',
      [phone],
    );
    return Object.fromEntries(rows.map(({ body, state }) => [body, state]));
  }
}

const defaults: SenderConfig = {
  PUBLIC_URL: 'https://sms.example.org',
  MESSAGE_PAUSE_MS: 0,
  MEDIA_PAUSE_MS: 0,
  INBOUND_DOUBT_MS: 60_000,
  RECONCILE_INTERVAL_MS: 50,
  STALE_TURN_MS: 900_000,
  HALT_HOLD_MS: 300_000,
  MAX_REQUESTS: 200,
  CLAIM_PHONES: 100,
  TURNS_IN_HAND: 1_000,
  ACCOUNT_SEGMENTS_PER_SECOND: 2_000,
  VONAGE_SEGMENTS_PER_SECOND: 2_000,
  AWS_SMS_SEGMENTS_PER_SECOND: 2_000,
};

const seenBy = (
  queue: FifoQueue,
  alive: <T>(work: () => Promise<T>) => Promise<T>,
  killed: AbortSignal,
): FifoQueue => ({
  receive: (options) =>
    alive(() => queue.receive({ ...options, signal: AbortSignal.any([options.signal, killed]) })),
  delete: (receipts) => alive(() => queue.delete(receipts)),
  changeVisibility: (receipts, seconds) => alive(() => queue.changeVisibility(receipts, seconds)),
  send: (entries) => alive(() => queue.send(entries)),
});
