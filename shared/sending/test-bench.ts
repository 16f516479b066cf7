import { randomUUID } from 'node:crypto';
import type { TemplateUse } from '#shared/carriers/carrier.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import { isPlanned } from '#shared/compliance/case.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import type { Channel } from '#shared/compliance/touch.ts';
import { type ConsentGrant, WHOLE_SENDER } from '#shared/consent/change.ts';
import { type Lane, queueFor, turnDeduplicationId } from '#shared/contracts/turn.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import type { FifoQueue } from '#shared/sqs/fifo-queue.ts';
import { StandInQueue } from '#shared/sqs/stand-in-queue.ts';
import { type QueueName, type ServiceName, services } from '#shared/topology.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import type { Intent } from './message-state.ts';

export const SENDER_NUMBER = '+14155550100';

export interface PlannedMessage {
  body: string;
  lane?: Lane;
  intent?: Intent;
  mediaUrls?: string[];
  /** Of a call: what is said. */
  call?: unknown;
  /** Left out: now, for what answers somebody. */
  causedAt?: Date;
  notAfter?: Date;
  topic?: string;
  campaignId?: string;
  /** Left out: SENDER_NUMBER. */
  senderNumber?: string;
  /** On WhatsApp; left out: it goes as free text. */
  template?: TemplateUse;
}

/** Wednesday noon in San Francisco, where the phones of area code 415 are. */
export const NOON = Date.parse('2026-03-04T20:00:00.000Z');

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** What a process that a test may kill waits for: once it is dead, nothing of it ever happens. */
export interface Life {
  /** Ends the process as SIGKILL would. */
  kill(): void;
  alive<T>(work: () => Promise<T>): Promise<T>;
  clock: Clock;
  /** A queue as the process sees it. */
  sees(queue: FifoQueue): FifoQueue;
}

/** A database, queues, and any number of processes of a sending service that a test may start, stop and kill. */
export abstract class SendingBench<P extends { stop(deadlineMs: number): Promise<void> }> {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly #service: ServiceName;
  readonly #channel: Channel;
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
  readonly #queues = new Map<QueueName, StandInQueue>();
  /** In place of the stand-ins, until the next reset. */
  otherQueues: Record<Lane, FifoQueue> | null = null;
  /** Records that left for streams, in order. */
  readonly records: { target: string; key: string; body: Record<string, unknown> }[] = [];
  readonly gate = defaultGateConfig;
  readonly failures: unknown[] = [];
  readonly #processes = new Set<P>();
  #pumping: Promise<void> = Promise.resolve();

  protected constructor(database: TestDatabase, service: ServiceName, channel: Channel) {
    this.database = database;
    this.#service = service;
    this.#channel = channel;
    this.pool = createPool({ ...database.configFor(service), max: 10 }, () => undefined);
  }

  static newDatabase(): Promise<TestDatabase> {
    return createDatabase();
  }

  /** The stand-in for one of the queues that the service receives from. */
  standIn(name: QueueName): StandInQueue {
    const known = this.#queues.get(name) ?? new StandInQueue(this.clock);
    this.#queues.set(name, known);
    return known;
  }

  protected queueOf(lane: Lane): FifoQueue {
    return this.otherQueues?.[lane] ?? this.standIn(queueFor(this.#channel, lane));
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

  /** An empty database, empty queues, and a gateway that listens. */
  async reset(): Promise<void> {
    await this.stopAll();
    await this.#pumping;
    this.goTo(NOON);
    this.#queues.clear();
    this.otherQueues = null;
    this.records.length = 0;
    this.failures.length = 0;
    await emptyTables(
      this.database.adminPool,
      `phone, message, attempt, suppression, consent_change, consent_standing, inbound_watch, message_log, call_log,
       outbox, decision, decision_inputs, do_not_call_list, do_not_call_number, reassigned_answer, erased_phone,
       erasure_key, sender, sender_pool, sender_day, whatsapp_window`,
    );
    await this.database.adminPool.query(
      `INSERT INTO inbound_watch (carrier, alive_at)
       SELECT carrier, clock_timestamp() + interval '1 hour' FROM unnest(ARRAY['twilio', 'vonage', 'aws']) AS heard(carrier)`,
    );
  }

  /** Starts a process of the service. */
  protected startProcess(start: (life: Life) => P): P & { kill(): void } {
    let dead = false;
    const killed = new AbortController();
    const alive = <T>(work: () => Promise<T>): Promise<T> => {
      if (dead) return never();
      return work().then(
        (value) => (dead ? never<T>() : value),
        (error: unknown) => (dead ? never<T>() : Promise.reject(error)),
      );
    };
    const kill = (): void => {
      dead = true;
      // Its open long polls end with it, and take nothing more.
      killed.abort();
      this.#processes.delete(started);
    };
    const started = start({
      kill,
      alive,
      clock: { ...this.clock, sleep: (ms, signal) => alive(() => this.clock.sleep(ms, signal)) },
      sees: (queue) => seenBy(queue, alive, killed.signal),
    });
    this.#processes.add(started);
    return { ...started, kill };
  }

  async stopAll(): Promise<void> {
    const processes = [...this.#processes];
    this.#processes.clear();
    await Promise.all(processes.map((each) => each.stop(3_000)));
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
  async plan(
    phone: string,
    messages: readonly PlannedMessage[],
    granted: readonly ConsentGrant[] = ['informational', 'marketing_in_writing'],
  ): Promise<string[]> {
    const ids = messages.map(() => randomUUID());
    const batchId = randomUUID();
    const now = this.clock.now();
    await this.consent(phone, granted);
    await this.database.adminPool.query(
      `WITH known AS (
         INSERT INTO phone AS p (phone_number, last_ordinal) VALUES ($1, $2)
         ON CONFLICT (phone_number) DO UPDATE SET last_ordinal = p.last_ordinal + $2
         RETURNING last_ordinal)
       INSERT INTO message (message_id, phone_number, ordinal, lane, intent, sender_number, body, media_urls,
                            batch_id, cause_id, created_at, caused_at, not_after, topic, campaign_id, channel,
                            call, template)
       SELECT message_id, $1, last_ordinal - $2 + position, lane, intent, sender_number, body,
              ARRAY(SELECT jsonb_array_elements_text(media)), $4, $4, $10, caused_at, not_after, topic, campaign_id, $15::text,
              nullif(call, 'null'::jsonb), nullif(template, 'null'::jsonb)
         FROM known, unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $11::timestamptz[],
                            $12::timestamptz[], $13::text[], $14::uuid[], $16::jsonb[], $3::text[], $17::jsonb[])
              WITH ORDINALITY AS planned(message_id, lane, intent, body, media, caused_at, not_after, topic,
                                         campaign_id, call, sender_number, template, position)`,
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
        this.#channel,
        messages.map(({ call }) => JSON.stringify(call ?? null)),
        messages.map(({ template }) => JSON.stringify(template ?? null)),
      ],
    );
    for (const lane of new Set(messages.map((message) => message.lane ?? 'replies'))) {
      const first = ids[messages.findIndex((message) => (message.lane ?? 'replies') === lane)] ?? '';
      const turn = { phoneNumber: phoneNumber(phone), messageId: first, generation: 0 };
      const body = JSON.stringify(turn);
      await this.queueOf(lane).send([{ groupId: phone, deduplicationId: turnDeduplicationId(turn), body }]);
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

  /**
   * A person wrote to a number of ours on WhatsApp so long ago, by the database's clock and in business time, in ms. What was
   * heard of them there before counts no more.
   */
  async wrote(phone: string, senderNumber: string, agoMs: { real: number; business: number }): Promise<void> {
    await this.database.adminPool.query(
      `INSERT INTO whatsapp_window (phone_number, sender_number, heard_at, heard_on)
       VALUES ($1, $2, clock_timestamp() - $3 * interval '1 millisecond', $4)
       ON CONFLICT (phone_number, sender_number) DO UPDATE SET heard_at = excluded.heard_at, heard_on = excluded.heard_on`,
      [phone, senderNumber, agoMs.real, new Date(this.clock.now().getTime() - agoMs.business)],
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
    }>('SELECT * FROM outbox WHERE producer = $1 ORDER BY id', [this.#service]);
    for (const row of rows) {
      if (row.kind === 'stream') {
        this.records.push({ target: row.target, key: row.ordering_key, body: JSON.parse(row.body) });
      } else {
        const queue = this.#targetOf(row.target);
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

  /** Turns that the service gives itself; those of another channel go to queues that it does not receive from. */
  #targetOf(target: string): FifoQueue {
    const { receives } = services[this.#service];
    const name = receives.find((each) => each === target);
    if (name === undefined)
      throw new Error(`${this.#service} gave a turn in ${target}, which it does not receive from`);
    return this.queueOf(name === 'sms-replies.fifo' ? 'replies' : 'bulk');
  }

  async states(phone: string): Promise<Record<string, string>> {
    const { rows } = await this.database.adminPool.query<{ body: string; state: string }>(
      'SELECT body, state FROM message WHERE phone_number = $1 ORDER BY ordinal',
      [phone],
    );
    return Object.fromEntries(rows.map(({ body, state }) => [body, state]));
  }
}

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
