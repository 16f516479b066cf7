import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Carrier } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { statusCallbackUrl, webhookAddresses } from '#shared/carriers/webhook-addresses.ts';
import { systemClock } from '#shared/clock.ts';
import { messageLogId } from '#shared/identity.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { compileCache } from '#test/compile-cache.ts';
import { TEST_PEPPER } from '#test/pseudonyms.ts';
import { type CarrierSimulator, startCarrierSimulator } from '../apps/local/carrier/simulator.ts';
import { createStreams } from '../apps/local/stores/kinesis-streams.ts';
import { eventually } from './eventually.ts';
import { testPorts } from './ports.ts';
import { createDatabase, kinesisClient, stackFacts, type TestDatabase } from './stack/stack.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const TOKEN = 'the auth token of a test';
const OURS = phoneNumber('+14155550199');
const PERSON = phoneNumber('+14155550101');

/** From the carrier's phone through the webhooks and both streams into the message log, with the real processes. */
describe('what people text, and what became of what they are sent,', () => {
  let database: TestDatabase;
  let simulator: CarrierSimulator;
  let carrier: Carrier;
  let environment: Record<string, string>;
  let publicUrl: string;
  const running: ChildProcess[] = [];

  async function start(service: 'gateway' | 'log', healthPort: number): Promise<ChildProcess> {
    const { user, password } = database.configFor(service);
    const child = fork(fileURLToPath(new URL(`../apps/${service}/main.ts`, import.meta.url)), {
      env: { ...environment, DB_USER: user, DB_PASSWORD: password, HEALTH_PORT: String(healthPort) },
      stdio: 'ignore',
    });
    running.push(child);
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${healthPort}/ready`);
      assert.equal(response.status, 200, await response.text());
    });
    return child;
  }
  async function stop(child: ChildProcess): Promise<number | null> {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = await exited;
    return typeof code === 'number' ? code : null;
  }
  const ports = { gateway: 0, log: 0 };
  let gateway: ChildProcess;

  before(async function () {
    this.timeout(300_000);
    const chosen = await testPorts('public', 'gateway', 'log');
    ports.gateway = chosen.gateway;
    ports.log = chosen.log;
    publicUrl = `http://127.0.0.1:${chosen.public}`;
    database = await createDatabase();
    const prefix = `t${randomBytes(5).toString('hex')}-`;
    const kinesis = kinesisClient();
    await createStreams(
      kinesis,
      { [`${prefix}dialog-commands`]: { shards: 1 }, [`${prefix}message-log`]: { shards: 1 } },
      systemClock(),
    );
    kinesis.destroy();
    simulator = await startCarrierSimulator({
      port: 0,
      dataDir: null,
      accountSid: ACCOUNT,
      authToken: TOKEN,
      mainNumber: OURS,
      inboundUrl: webhookAddresses(publicUrl, 'twilio').inbound,
      sentAfterMs: { min: 1, max: 5 },
      deliveredAfterMs: { min: 5, max: 10 },
      retryPauseMs: 1,
    });
    const twilio = {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      CONSENT_PEPPER: TEST_PEPPER,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_API_URL: simulator.url,
      PUBLIC_URL: publicUrl,
    };
    carrier = createTwilioCarrier(twilio);
    const facts = stackFacts();
    const redis = new URL(facts.redisUrl);
    const { host, port, database: name } = database.configFor('gateway');
    environment = {
      ...compileCache(),
      ...twilio,
      PATH: process.env.PATH ?? '',
      SERVICE_HOST: '127.0.0.1',
      PORT: String(chosen.public),
      DB_HOST: host,
      DB_PORT: String(port),
      DB_NAME: name,
      REDIS_HOST: redis.hostname,
      REDIS_PORT: redis.port,
      REDIS_CLUSTER: 'true',
      AWS_ENDPOINT_URL_KINESIS: facts.kinesisEndpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      STREAM_PREFIX: prefix,
    };
    [gateway] = await Promise.all([start('gateway', ports.gateway), start('log', ports.log)]);
  });
  after(async () => {
    await Promise.all(running.filter(({ exitCode }) => exitCode === null).map(stop));
    await simulator.stop();
    await database.drop();
  });

  async function logged(carrierMessageId: string): Promise<Record<string, unknown>> {
    const { rows } = await database.adminPool.query<Record<string, unknown>>(
      'SELECT direction, phone_number, body, status, attempt_id FROM message_log WHERE log_id = $1',
      [messageLogId('twilio', carrierMessageId)],
    );
    assert.ok(rows[0], 'not in the log yet');
    return rows[0];
  }

  it('is in the message log: a text', async () => {
    const { id } = await simulator.control.sendText(PERSON, { body: 'Hello' });
    await eventually(async () =>
      assert.deepEqual(await logged(id), {
        direction: 'inbound',
        phone_number: PERSON,
        body: 'Hello',
        status: 'received',
        attempt_id: null,
      }),
    );
  });

  it('is in the message log: the fate of a message, by the ids that its callbacks carry', async () => {
    const ids = {
      attemptId: '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
      messageId: '6a2f4e0e-0a4d-4d5d-8f0e-1d2c3b4a5f60',
    };
    const began = new Date();
    const outcome = await carrier.send({
      ...ids,
      to: PERSON,
      from: OURS,
      body: 'Good morning',
      template: null,
      mediaUrls: [],
      statusCallbackUrl: statusCallbackUrl(publicUrl, 'twilio', ids),
      validForSeconds: null,
      signal: new AbortController().signal,
    });
    assert.ok(outcome.kind === 'accepted', JSON.stringify(outcome));
    await eventually(async () => {
      const row = await logged(outcome.carrierMessageId);
      assert.deepEqual([row.status, row.attempt_id], ['delivered', ids.attemptId]);
    });
    const listed = await carrier.listOutbound({ to: PERSON, from: OURS, since: began });
    assert.deepEqual(
      listed.map(({ carrierMessageId, body }) => ({ carrierMessageId, body })),
      [{ carrierMessageId: outcome.carrierMessageId, body: 'Good morning' }],
    );
  });

  it('is in the message log although nobody listened: what the carrier gave up on is swept', async () => {
    assert.equal(await stop(gateway), 0);
    const missed = await simulator.control.sendText(PERSON, { body: 'STOP' });
    await simulator.control.settled();
    gateway = await start('gateway', ports.gateway);
    await eventually(async () => assert.equal((await logged(missed.id)).body, 'STOP'));
    const { rowCount } = await database.adminPool.query('SELECT FROM suppression WHERE phone_number = $1', [
      PERSON,
    ]);
    assert.equal(rowCount, 1);
  });
});
