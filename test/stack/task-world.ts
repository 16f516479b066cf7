import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '#shared/clock.ts';
import { commandOf, TASK_ENVIRONMENT } from '#shared/container.ts';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { roleOf } from '#shared/postgres/grants.ts';
import { queues, type ServiceName, services, streams } from '#shared/topology.ts';
import { TEST_KEY_PEPPER, TEST_PEPPER, TEST_WEBHOOK_KEY } from '#test/pseudonyms.ts';
import { accessKeyOf, localAws } from '../../apps/local/local-aws.ts';
import { createStreams } from '../../apps/local/stores/kinesis-streams.ts';
import { createQueues } from '../../apps/local/stores/sqs-queues.ts';
import { compileCache } from '../compile-cache.ts';
import { testPorts } from '../ports.ts';
import { IamPostgres } from '../stand-ins/iam-postgres.ts';
import { authorityFile } from '../tls/certificates.ts';
import {
  createDatabase,
  kinesisClient,
  redisUrl,
  sqsClient,
  stackFacts,
  type TestDatabase,
} from './stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * An environment for services as tasks on AWS have it, on the test stack: a database that takes IAM tokens over TLS, a
 * cluster of Redis, and all streams and queues of the topology, of one's own.
 */
export class TaskWorld {
  readonly database: TestDatabase;
  readonly prefix: string;
  readonly #postgres: IamPostgres;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #tasks: Task[] = [];

  private constructor(
    database: TestDatabase,
    prefix: string,
    postgres: IamPostgres,
    variables: Readonly<Record<string, string>>,
  ) {
    this.database = database;
    this.prefix = prefix;
    this.#postgres = postgres;
    this.#variables = variables;
  }

  static async create(carrierUrl: string): Promise<TaskWorld> {
    const database = await createDatabase();
    await seedContent(database.adminPool, { directory: sampleContentDirectory, now: new Date() });
    const prefix = `t${randomBytes(5).toString('hex')}-`;
    await createAll(prefix);
    const facts = stackFacts();
    const keys = new Map(Object.keys(services).map((service) => [accessKeyOf(service), 'local']));
    const postgres = new IamPostgres(
      { port: async () => facts.postgres.port, passwordOf: async () => facts.rolePassword },
      keys,
      () => performance.now(),
    );
    const redis = new URL(redisUrl());
    return new TaskWorld(database, prefix, postgres, {
      ...TASK_ENVIRONMENT,
      SERVICE_HOST: '127.0.0.1',
      DB_HOST: 'localhost',
      DB_PORT: String(await postgres.listen()),
      DB_NAME: database.name,
      DB_CA_FILE: authorityFile,
      // The Redis of the tests speaks no TLS; shared/redis/client.int.test.ts has one that does.
      REDIS_TLS: 'false',
      REDIS_HOST: redis.hostname,
      REDIS_PORT: redis.port,
      AWS_REGION: localAws.region,
      AWS_ENDPOINT_URL_KINESIS: facts.kinesisEndpoint,
      AWS_ENDPOINT_URL_SQS: facts.sqsEndpoint,
      STREAM_PREFIX: prefix,
      QUEUE_PREFIX: prefix,
      PUBLIC_URL: 'https://sms.example.org',
      ORIGINATION_NUMBER: '+14155550100',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      CONSENT_PEPPER: TEST_PEPPER,
      API_KEY_PEPPER: TEST_KEY_PEPPER,
      WEBHOOK_SECRET_KEY: TEST_WEBHOOK_KEY,
      TWILIO_AUTH_TOKEN: 'test',
      TWILIO_API_URL: carrierUrl,
    });
  }

  /** Runs a service by the command of its container. Resolves when it is ready. */
  async start(
    service: ServiceName,
    options: {
      /** Where the product lies. */
      root?: string;
      nodeOptions?: readonly string[];
      /** As whom. */
      user?: number;
      environment?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Task> {
    const ports = await testPorts('health', 'public');
    const [, ...command] = commandOf(service);
    const environment = {
      ...(options.root === undefined && options.user === undefined ? compileCache() : {}),
      ...this.#variables,
      DB_USER: roleOf(service),
      AWS_ACCESS_KEY_ID: accessKeyOf(service),
      AWS_SECRET_ACCESS_KEY: 'local',
      HEALTH_PORT: String(ports.health),
      PORT: String(ports.public),
      ...options.environment,
    };
    const child = spawn(process.execPath, [...(options.nodeOptions ?? []), ...command], {
      cwd: options.root ?? ROOT,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
    });
    const task = new Task(service, child, ports, environment);
    this.#tasks.push(task);
    await task.untilReady();
    return task;
  }

  async close(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.kill()));
    this.#postgres.close();
    await this.database.drop();
  }
}

/** A service that runs as a task does. */
export class Task {
  readonly service: ServiceName;
  readonly ports: { health: number; public: number };
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that it printed, by line. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<number | null>;

  constructor(
    service: ServiceName,
    child: ChildProcess,
    ports: { health: number; public: number },
    environment: Readonly<Record<string, string>>,
  ) {
    this.service = service;
    this.ports = ports;
    this.environment = environment;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
    }
    this.#exit = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  }

  get exitCode(): Promise<number | null> {
    return this.#exit;
  }

  async ask(path: '/health' | '/ready'): Promise<{ status: number; words: string }> {
    const response = await fetch(`http://127.0.0.1:${this.ports.health}${path}`);
    return { status: response.status, words: await response.text() };
  }

  async untilReady(): Promise<void> {
    let ended = false;
    void this.#exit.then(() => {
      ended = true;
    });
    const deadline = performance.now() + 60_000;
    for (;;) {
      const status = await this.ask('/ready').then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      if (ended || performance.now() > deadline) {
        throw new Error(`${this.service} does not become ready:\n${this.lines.join('\n')}`);
      }
      await systemClock().sleep(50);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#exit;
  }
}

/** Every stream and queue of the topology, under names of one's own. */
async function createAll(prefix: string): Promise<void> {
  const kinesis = kinesisClient();
  const sqs = sqsClient();
  const rows = Object.entries(streams).map(([name, row]) => [`${prefix}${name}`, row]);
  const named = Object.entries(queues).map(([name, row]) => [
    `${prefix}${name}`,
    { ...row, deadLetter: `${prefix}${row.deadLetter}` },
  ]);
  try {
    await createStreams(kinesis, Object.fromEntries(rows), systemClock());
    await createQueues(sqs, Object.fromEntries(named));
  } finally {
    kinesis.destroy();
    sqs.destroy();
  }
}
