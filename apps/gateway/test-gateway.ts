import twilio from 'twilio';
import type { Carrier } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { createTwilioVoice } from '#shared/carriers/twilio/voice.ts';
import type { VoiceWebhooks } from '#shared/carriers/voice.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import { defaultReviewPolicy } from '#shared/consent/read-text.ts';
import { type DialogCommand, dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { type MessageLogRecord, messageLogRecordSchema } from '#shared/contracts/message-log.ts';
import { CarillonError } from '#shared/errors.ts';
import { type PublicServer, startPublicServer } from '#shared/http/public-server.ts';
import type { StreamProducer } from '#shared/kinesis/producer.ts';
import { type Logger, silentLogger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import { createPool, type Pool } from '#shared/postgres/pool.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import type { TestDatabase } from '#test/stack/stack.ts';
import { voiceRoutes } from './calls/voice-routes.ts';
import { MissedTexts } from './missed-texts.ts';
import type { ReceivingDeps } from './receive-inbound.ts';
import { createWebhooks } from './webhooks.ts';

/** A gateway for tests: the real one, on a real database with the service's own rights, before recorded streams. */

const PUBLIC_URL = 'https://texts.example.org';
const AUTH_TOKEN = 'the auth token of a test';

export const PERSON = '+14155550101';
export const OURS = '+14155550199';

/** Streams that note what is put, and can be away. */
export class RecordedStreams implements StreamProducer {
  readonly commands: DialogCommand[] = [];
  readonly log: MessageLogRecord[] = [];
  readonly keys: string[] = [];
  away = false;
  /** Called before a record is accepted. */
  onPut: () => Promise<void> = async () => undefined;

  async put(stream: string, partitionKey: string, body: string): Promise<void> {
    await this.onPut();
    if (this.away) throw new CarillonError('unavailable', 'the stream is away');
    this.keys.push(partitionKey);
    if (stream === 'dialog-commands') this.commands.push(dialogCommandSchema.parse(JSON.parse(body)));
    else this.log.push(messageLogRecordSchema.parse(JSON.parse(body)));
  }

  async close(): Promise<void> {
    this.away = true;
  }
}

/** Metrics that are added up by name and dimension: "WebhooksRefused signature". */
export class CountedMetrics implements Metrics {
  readonly sums: Record<string, number> = {};
  observe(name: string, value: number, dimensions: Record<string, string> = {}): void {
    const key = [name, ...Object.values(dimensions)].join(' ');
    this.sums[key] = (this.sums[key] ?? 0) + value;
  }
  flush(): void {
    throw new Error('tests read sums');
  }
}

export interface TestGateway {
  /** Where it listens. */
  url: string;
  carrier: Carrier;
  deps: ReceivingDeps;
  pool: Pool;
  streams: RecordedStreams;
  metrics: CountedMetrics;
  /** Carriers of which a text was refused. */
  missed: MissedTexts;
  /** Commands in the gateway's outbox, oldest first. */
  outbox(): Promise<DialogCommand[]>;
  /** Records of the message log there. */
  outboxLog(): Promise<MessageLogRecord[]>;
  /** Posts a webhook as the carrier does, signed over the public address. */
  post(path: string, parameters: Record<string, string>): Promise<Response>;
  /** Posts anything, unsigned. */
  request(path: string, init: RequestInit): Promise<Response>;
  /** A person's text, as a webhook of the carrier. */
  text(sid: string, body: string, more?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export async function startTestGateway(
  database: TestDatabase,
  options: {
    clock?: Clock;
    maxInHand?: number;
    doubtSuppresses?: boolean;
    /** Left out: nothing is said. */
    logger?: Logger;
    /** Besides Twilio. */
    others?: readonly Carrier[];
    /** When the carrier received a text. */
    inboundDate?: Carrier['inboundDate'];
    /** What the carrier does when a call is to say other words. */
    leaveMessage?: VoiceWebhooks['leaveMessage'];
  } = {},
): Promise<TestGateway> {
  const pool = createPool(database.configFor('gateway'), () => undefined);
  const streams = new RecordedStreams();
  const metrics = new CountedMetrics();
  const config = {
    TWILIO_ACCOUNT_SID: 'AC00000000000000000000000000000000',
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_URL: 'http://127.0.0.1:1',
    PUBLIC_URL,
  };
  const clock = options.clock ?? systemClock();
  // Nobody sends anything before it comes, unless a test says so.
  const inboundDate = options.inboundDate ?? (async () => clock.now());
  const carrier: Carrier = { ...createTwilioCarrier(config), inboundDate };
  const twilioVoice = createTwilioVoice(config);
  const voice: VoiceWebhooks = {
    ...twilioVoice,
    leaveMessage: options.leaveMessage ?? twilioVoice.leaveMessage,
  };
  // Nothing relays the outbox: what lies in it is what the tests look at.
  const relay = { wake: () => undefined };
  const cache = { changing: async () => async () => undefined };
  const reviewPolicy = { ...defaultReviewPolicy, doubtSuppresses: options.doubtSuppresses ?? false };
  const deps: ReceivingDeps = {
    pool,
    producer: streams,
    relay,
    cache,
    pseudonyms: testPseudonyms,
    reviewPolicy,
    clock,
    logger: options.logger ?? silentLogger,
    metrics,
  };
  const missed = new MissedTexts();
  const app = createWebhooks([carrier, ...(options.others ?? [])], deps, {
    withinDays: 30,
    missed,
    ...(options.maxInHand === undefined ? {} : { maxInHand: options.maxInHand }),
  });
  const heard = { publicUrl: PUBLIC_URL, organisation: 'Riverside County Health' };
  app.use(voiceRoutes(voice, { ...deps, ...heard }, options.maxInHand));
  const server: PublicServer = await startPublicServer(app, {
    host: '127.0.0.1',
    port: 0,
    keepAliveMs: 65_000,
  });
  const request = (path: string, init: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', ...init });
  const post = (path: string, parameters: Record<string, string>): Promise<Response> =>
    request(path, {
      body: new URLSearchParams(parameters),
      headers: {
        'x-twilio-signature': twilio.getExpectedTwilioSignature(AUTH_TOKEN, PUBLIC_URL + path, parameters),
      },
    });
  const outboxOf = async (stream: string): Promise<unknown[]> => {
    const { rows } = await database.adminPool.query<{ body: string }>(
      "SELECT body FROM outbox WHERE producer = 'gateway' AND target = $1 ORDER BY id",
      [stream],
    );
    return rows.map(({ body }) => JSON.parse(body));
  };
  return {
    url: `http://127.0.0.1:${server.port}`,
    carrier,
    deps,
    pool,
    streams,
    metrics,
    missed,
    outbox: async () => (await outboxOf('dialog-commands')).map((body) => dialogCommandSchema.parse(body)),
    outboxLog: async () => (await outboxOf('message-log')).map((body) => messageLogRecordSchema.parse(body)),
    post,
    request,
    text: (sid, body, more = {}) =>
      post('/webhooks/twilio/sms', {
        MessageSid: sid,
        AccountSid: 'AC00000000000000000000000000000000',
        From: PERSON,
        To: OURS,
        Body: body,
        NumMedia: '0',
        ...more,
      }),
    stop: async () => {
      await server.stop(0);
      await pool.end();
    },
  };
}
