import type { Carrier, SendRequest } from '#shared/carriers/carrier.ts';
import type { Lane } from '#shared/contracts/turn.ts';
import { silentLogger } from '#shared/logger.ts';
import { noMetrics } from '#shared/metrics.ts';
import { unpaced } from '#shared/pacing/pacer.ts';
import { type Life, SendingBench } from '#shared/sending/test-bench.ts';
import type { StandInQueue } from '#shared/sqs/stand-in-queue.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import type { TestDatabase } from '#test/stack/stack.ts';
import { type Sender, type SenderConfig, type SenderParts, startSender } from './sender.ts';
import { TestCarrier } from './test-carrier.ts';

export { NOON, type PlannedMessage, SENDER_NUMBER } from '#shared/sending/test-bench.ts';

/** A database, two queues, a carrier and any number of sender processes that a test may start, stop and kill. */
export class SenderBench extends SendingBench<Sender> {
  carrier = new TestCarrier();
  /** Beside it, until the next reset. */
  others: TestCarrier[] = [];

  static async create(): Promise<SenderBench> {
    return new SenderBench(await SendingBench.newDatabase());
  }

  private constructor(database: TestDatabase) {
    super(database, 'sender', 'sms');
  }

  get queues(): Record<Lane, StandInQueue> {
    return { replies: this.standIn('sms-replies.fifo'), bulk: this.standIn('sms-bulk.fifo') };
  }

  /** As every bench, and a carrier that accepts everything. */
  override async reset(): Promise<void> {
    await super.reset();
    this.carrier = new TestCarrier();
    this.others = [];
  }

  /** Starts a sender process; `kill` ends it as SIGKILL would: nothing that it waits for ever happens. */
  start(
    options: Partial<Omit<SenderParts, 'config'>> & {
      config?: Partial<SenderConfig>;
      visibilitySeconds?: number;
    } = {},
  ): Sender & { kill(): void } {
    return this.startProcess((life) =>
      startSender({
        pool: this.pool,
        carriers: [this.carrier, ...this.others].map((carrier) => this.#carrierSeenBy(life, carrier)),
        queues: (['replies', 'bulk'] as const).map((lane) => ({
          lane,
          name: lane,
          queue: life.sees(this.queueOf(lane)),
          visibilitySeconds: options.visibilitySeconds ?? 1,
        })),
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
        lateStatusMs: 20,
        backoffMs: { first: 5, most: 20 },
        dueIdleMs: 20,
        gate: this.gate,
        pseudonyms: testPseudonyms,
        pacer: unpaced,
        ...options,
        config: { ...defaults, ...options.config },
      }),
    );
  }

  #carrierSeenBy({ alive }: Life, carrier: TestCarrier): Carrier {
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
