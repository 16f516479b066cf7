import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Pool } from '#shared/postgres/pool.ts';
import { eventually } from '#test/eventually.ts';
import { OUR_NUMBER } from '../../test/driver/our-number.ts';
import { Simulator } from '../../test/driver/simulator.ts';
import { publicPorts } from '../../test/local-stack/running-stack.ts';
import {
  createDatabase,
  createQueue,
  createStream,
  stackFacts,
  type TestDatabase,
} from '../../test/stack/stack.ts';
import { PLAIN_OUTBOX } from '../outbox/put-record-relay.ts';
import { SENT_TEXT } from '../sender/sqs-consumer-sender.ts';
import { NAIVE_TABLES, type NaiveTask, PATHS, roleNames } from './task.ts';

const ROLE = fileURLToPath(new URL('./main.ts', import.meta.url));
const CARRIER = fileURLToPath(new URL('../../apps/local/carrier/main.ts', import.meta.url));
const ACCOUNT = `AC${'0'.repeat(32)}`;
const AUTH_TOKEN = 'the auth token of a benchmark';

/** How long its log may take to have everything once the last reply has come, in ms. */
const REST_MS = 120_000;

/**
 * What one puts together from the libraries that the field uses, each as in the benchmark of its own: express and a PutRecord
 * for each webhook; a transaction for each command; a PutRecord for each row of an outbox; a SendMessage for each text;
 * sqs-consumer; an INSERT for each status. Five processes beside the stores and the carrier that ours has too. It knows the
 * product's engine, its wording and suppressions; consent at the gateway, hours, numbers, campaigns, progress, inbox, live
 * events, several tasks of a service and resharding it is spared.
 */
export class NaiveSystem {
  readonly simulator: Simulator;
  readonly #children: ReadonlyMap<string, ChildProcess>;
  readonly #database: TestDatabase;
  readonly #broken = Promise.withResolvers<never>();

  private constructor(
    simulator: Simulator,
    children: ReadonlyMap<string, ChildProcess>,
    database: TestDatabase,
  ) {
    this.simulator = simulator;
    this.#children = children;
    this.#database = database;
    // Whoever waits hears of it; nobody may be waiting.
    this.#broken.promise.catch(() => undefined);
  }

  /** With stores that `startBenchStack` has started. Resolves when every process runs. */
  static async start(): Promise<NaiveSystem> {
    const facts = stackFacts();
    const database = await createDatabase();
    await database.adminPool.query([NAIVE_TABLES, PLAIN_OUTBOX, SENT_TEXT].join(';\n'));
    const streams = await Promise.all(['commands', 'events', 'log'].map((name) => createStream(name)));
    const [commands = '', events = '', log = ''] = streams.map(({ streamName }) => streamName);
    const { queueUrl } = await createQueue('texts.fifo');
    const { carrierPort, port } = await publicPorts();
    const carrierUrl = `http://127.0.0.1:${carrierPort}`;
    const publicUrl = `http://127.0.0.1:${port}`;
    const task: Omit<NaiveTask, 'role'> = {
      postgres: {
        host: '127.0.0.1',
        port: facts.postgres.port,
        database: database.name,
        user: 'postgres',
        applicationName: 'naive',
        password: facts.postgres.password,
      },
      kinesisEndpoint: facts.kinesisEndpoint,
      sqsEndpoint: facts.sqsEndpoint,
      streams: { commands, events, log },
      queueUrl,
      carrierUrl,
      publicUrl,
      port,
      ourNumber: OUR_NUMBER,
      accountSid: ACCOUNT,
      authToken: AUTH_TOKEN,
    };
    const children = new Map<string, ChildProcess>();
    const system = new NaiveSystem(new Simulator(carrierUrl), children, database);
    try {
      children.set(
        'carrier',
        await started(
          'carrier',
          CARRIER,
          {
            CARILLON_CARRIER_PORT: String(carrierPort),
            CARRIER_INBOUND_WEBHOOK_URL: publicUrl + PATHS.inbound,
            TWILIO_ACCOUNT_SID: ACCOUNT,
            TWILIO_AUTH_TOKEN: AUTH_TOKEN,
            ORIGINATION_NUMBER: OUR_NUMBER,
            LOG_LEVEL: 'error',
          },
          system.#broken.reject,
        ),
      );
      for (const role of roleNames)
        children.set(
          role,
          await started(
            role,
            ROLE,
            { BENCH_NAIVE: JSON.stringify({ ...task, role }) },
            system.#broken.reject,
          ),
        );
      return system;
    } catch (error) {
      await system.end();
      throw error;
    }
  }

  /** Resolves with the work's result. Rejects once a process of it has ended by itself: nobody answers any more. */
  during<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#broken.promise]);
  }

  /** Of the superuser. */
  get database(): Pool {
    return this.#database.adminPool;
  }

  /** Process ids by name: of its services alone. */
  pids(): Map<string, number> {
    const roles = new Set<string>(roleNames);
    return new Map(
      [...this.#children].flatMap(([name, { pid }]) =>
        roles.has(name) && pid !== undefined ? [[name, pid] as const] : [],
      ),
    );
  }

  /** Resolves when its log has every text and what became of every reply. */
  async untilAtRest(): Promise<void> {
    await eventually(async () => {
      const carried = await this.simulator.messages();
      const { rows } = await this.database.query<{ known: number }>(
        `SELECT count(*)::int AS known FROM naive_log WHERE status IN ('received', 'delivered')`,
      );
      if (rows[0]?.known !== carried.length)
        throw new Error(`the log has ${rows[0]?.known} of ${carried.length} messages as they ended`);
    }, REST_MS);
  }

  async end(): Promise<void> {
    this.simulator.close();
    await Promise.all(
      [...this.#children.values()].map(async (child) => {
        if (child.exitCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }),
    );
    await this.#database.drop();
  }
}

/** Resolves once it says that it runs. Rejects with what it printed where it ends before. */
async function started(
  name: string,
  module: string,
  environment: Record<string, string>,
  ended: (error: Error) => void,
): Promise<ChildProcess> {
  const child = fork(module, {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${name} did not start: ${said}`))),
  ]);
  child.once('exit', (code, signal) => {
    if (signal !== 'SIGKILL') ended(new Error(`${name} ended with ${code}: ${said}`));
  });
  return child;
}
