import type { CallRequest, VoiceCarrier } from '#shared/carriers/voice.ts';
import { messageLogId } from '#shared/identity.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { unpaced } from '#shared/pacing/pacer.ts';
import type { Sending } from '#shared/sending/start-sending.ts';
import { type Life, SendingBench } from '#shared/sending/test-bench.ts';
import { transcriptOf } from '#shared/voice/call-script.ts';
import { sampleScript } from '#shared/voice/sample-script.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import type { TestDatabase } from '#test/stack/stack.ts';
import { type CallerConfig, type CallerParts, startCaller } from './caller.ts';
import { TestVoiceCarrier } from './test-voice-carrier.ts';

export { NOON, SENDER_NUMBER } from '#shared/sending/test-bench.ts';

/** A database, a queue, a carrier of calls and any number of caller processes that a test may start, stop and kill. */
export class CallerBench extends SendingBench<Sending> {
  carrier = new TestVoiceCarrier();

  static async create(): Promise<CallerBench> {
    return new CallerBench(await SendingBench.newDatabase());
  }

  private constructor(database: TestDatabase) {
    super(database, 'caller', 'voice');
  }

  /** As every bench, and a carrier that makes every call. */
  override async reset(): Promise<void> {
    await super.reset();
    this.carrier = new TestVoiceCarrier();
  }

  /** Starts a caller process; `kill` ends it as SIGKILL would: nothing that it waits for ever happens. */
  start(
    options: Partial<Omit<CallerParts, 'config'>> & { config?: Partial<CallerConfig> } = {},
  ): Sending & { kill(): void } {
    return this.startProcess((life) =>
      startCaller({
        pool: this.pool,
        carrier: this.#carrierSeenBy(life),
        heard: ['twilio'],
        queues: [
          {
            lane: 'bulk',
            name: 'voice',
            queue: life.sees(this.queueOf('bulk')),
            visibilitySeconds: 1,
          },
        ],
        wakeRelay: () => void this.pump(),
        clock: life.clock,
        logger: silentLogger,
        metrics: noMetrics,
        onFailure: (error) => this.failures.push(error),
        // A carrier in memory has a request at once: what begins in time is there before anybody looks for it.
        postingDeadlineMs: 400,
        abandonMs: 600,
        firstLookMs: 1,
        lookMs: 500,
        backoffMs: { first: 5, most: 20 },
        dueIdleMs: 20,
        endedEveryMs: 20,
        askEveryMs: 20,
        busyMs: { phone: 20, full: 20, held: 20 },
        gate: this.gate,
        pseudonyms: testPseudonyms,
        pacer: unpaced,
        ...options,
        config: { ...defaults, ...options.config },
      }),
    );
  }

  #carrierSeenBy({ alive }: Life): VoiceCarrier {
    const { carrier } = this;
    return {
      name: carrier.name,
      call: (request: CallRequest) => alive(() => carrier.call(request)),
      listCalls: (query) => alive(() => carrier.listCalls(query)),
      fetchCall: (id) => alive(() => carrier.fetchCall(id)),
      scriptFault: () => carrier.scriptFault(),
      classifyError: (code) => carrier.classifyError(code),
    };
  }

  /** Plans one call of a campaign, or of none, to somebody who consented to it; returns its id. */
  async planCall(
    phone: string,
    more: { campaignId?: string; intent?: 'transactional' | 'marketing'; notAfter?: Date } = {},
  ): Promise<string> {
    const [messageId] = await this.plan(
      phone,
      [
        {
          lane: 'bulk',
          intent: 'transactional',
          body: transcriptOf(sampleScript),
          call: sampleScript,
          ...more,
        },
      ],
      ['informational', 'marketing_in_writing', 'artificial_voice'],
    );
    return messageId ?? '';
  }

  /** As the log does it, when a callback told: what the log knows of the newest call to a phone. */
  async report(phone: string, status: string): Promise<void> {
    const call = this.carrier.calls.findLast(({ to }) => to === phone);
    if (call === undefined) throw new Error(`nobody called ${phone}`);
    await this.database.adminPool.query(
      `INSERT INTO message_log (log_id, carrier, carrier_message_id, direction, phone_number, our_number, message_id, attempt_id,
                                body, status, status_rank, status_at)
       VALUES ($7, 'twilio', $1, 'outbound', $2, $3, $4, $5, '', $6, 95, clock_timestamp())
       ON CONFLICT (log_id) DO UPDATE SET status = excluded.status`,
      [
        call.carrierMessageId,
        phone,
        call.from,
        call.messageId,
        call.attemptId,
        status,
        messageLogId('twilio', call.carrierMessageId),
      ],
    );
  }

  /** How many calls of each phone are under way, as the database has it. */
  async underWay(): Promise<string[]> {
    const { rows } = await this.database.adminPool.query<{ phone_number: string }>(
      `SELECT phone_number FROM attempt WHERE channel = 'voice' AND over_at IS NULL
          AND state IN ('posting', 'ambiguous', 'accepted') ORDER BY phone_number`,
    );
    return rows.map(({ phone_number }) => phone_number);
  }

  async statesOf(phone: string): Promise<string[]> {
    const { rows } = await this.database.adminPool.query<{ state: string }>(
      'SELECT state FROM message WHERE phone_number = $1 ORDER BY ordinal',
      [phone],
    );
    return rows.map(({ state }) => state);
  }
}

const defaults: CallerConfig = {
  PUBLIC_URL: 'https://calls.example.org',
  INBOUND_DOUBT_MS: 60_000,
  RECONCILE_INTERVAL_MS: 50,
  STALE_TURN_MS: 900_000,
  HALT_HOLD_MS: 300_000,
  CALLS_PER_SECOND: 100,
  MAX_CONCURRENT_CALLS: 100,
  RING_SECONDS: 25,
  CALL_FIRST_LOOK_MS: 120_000,
};
