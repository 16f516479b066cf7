import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { type ApiClient, createApiClient } from '#shared/api-client/client.ts';
import { skipTime, timeOf } from '../../apps/local/clock/clock-client.ts';
import type { ClockView } from '../../apps/local/clock/local-clock.ts';
import type { SkipRequest } from '../../apps/local/clock/skip-words.ts';
import { operatorEnvironment } from '../../apps/local/operator-environment.ts';
import { identityOf } from '../../apps/local/process-identity.ts';
import { kinesisEndpoint } from '../../apps/local/stores/kinesis.ts';
import { sqsEndpoint } from '../../apps/local/stores/sqs.ts';
import { type Reading, type RecordedCall, readRecordedCalls } from '../aws-calls/recorded-call.ts';
import { portsIn, type Recorder, secretsIn, startRecorder } from '../aws-calls/recorder.ts';
import { compileCache } from '../compile-cache.ts';
import { publicPorts, RunningStack } from '../local-stack/running-stack.ts';
import { scratchRoot } from '../scratch.ts';
import { OUR_NUMBER } from './our-number.ts';
import { copyPreparedData } from './prepared-data.ts';
import { Simulator } from './simulator.ts';

const MODULE = fileURLToPath(new URL('../../apps/local/main.ts', import.meta.url));
const OPERATE = fileURLToPath(new URL('../../apps/ops/main.ts', import.meta.url));

/** Settings of services, as CARILLON_OVERRIDES takes them. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface StartOptions {
  recordCalls?: Reading;
  contentDirectory?: string | null;
  /** Whether it has to set up everything itself, as at the first `npm start`. */
  fromNothing?: boolean;
  /** Puts something between it and its stores, before they are there. */
  prepare?(data: string): Promise<Preparation>;
}

/** What stands between a system and its stores. */
export interface Preparation {
  readonly overrides: Overrides;
  /** When everything of the system has ended, and before its data goes. */
  close(): Promise<void>;
}

/** Short pauses between messages, and a carrier that delivers fast: for tests that depend on neither. */
export const FAST: Overrides = {
  sender: { MESSAGE_PAUSE_MS: '50', MEDIA_PAUSE_MS: '50' },
  carrier: { CARRIER_SENT_AFTER_MS: '5-20', CARRIER_DELIVERED_AFTER_MS: '10-40' },
};

/**
 * The whole system as `npm start` runs it, in a temporary folder on free ports, with what a test looks at it through:
 * the simulated carrier's control API, the database (as superuser) and the streams.
 */
export class System {
  readonly simulator: Simulator;
  readonly url: string;
  readonly #folder: string;
  readonly #place: { data: string; port: number; carrierPort: number };
  readonly #overrides: Overrides;
  readonly #contentDirectory: string | null;
  readonly #recorder: Recorder | null;
  readonly #preparation: Preparation | null;
  #stack: RunningStack;
  #inside: Inside;
  #logs: ReadonlyMap<string, string> = new Map();

  private constructor(parts: {
    folder: string;
    place: { data: string; port: number; carrierPort: number };
    overrides: Overrides;
    contentDirectory: string | null;
    recorder: Recorder | null;
    preparation: Preparation | null;
    stack: RunningStack;
    inside: Inside;
  }) {
    this.#folder = parts.folder;
    this.#place = parts.place;
    this.#overrides = parts.overrides;
    this.#contentDirectory = parts.contentDirectory;
    this.#recorder = parts.recorder;
    this.#preparation = parts.preparation;
    this.#stack = parts.stack;
    this.url = parts.stack.url;
    this.simulator = new Simulator(this.carrierUrl);
    this.#inside = parts.inside;
  }

  /** Of the superuser. Sessions that break with a server are replaced. */
  get database(): pg.Pool {
    return this.#inside.database;
  }

  get kinesisUrl(): string {
    return this.#inside.kinesisUrl;
  }

  get sqsUrl(): string {
    return this.#inside.sqsUrl;
  }

  /**
   * Resolves when everything serves. `recordCalls`: with what tells who calls AWS in front of its stand-ins, and
   * streams that are read in this way. `contentDirectory`: what it begins with; left out: the sample programme. Where
   * end-to-end tests run, it begins with a copy of what was set up once.
   */
  static async start(overrides: Overrides, options: StartOptions = {}): Promise<System> {
    const folder = await mkdtemp(join(scratchRoot(), 'carillon-system-'));
    try {
      return await System.#startIn(folder, overrides, options);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  static async #startIn(
    folder: string,
    overrides: Overrides,
    { contentDirectory = null, fromNothing = false, prepare, recordCalls: recorded }: StartOptions,
  ): Promise<System> {
    // Private to its maker; when that is root, PostgreSQL runs as somebody else and must pass through.
    await chmod(folder, 0o755);
    const place = { data: join(folder, 'data'), ...(await publicPorts()) };
    const preparation = (await prepare?.(place.data)) ?? null;
    try {
      if (!fromNothing && contentDirectory === null) await copyPreparedData(place.data);
      const recorder = recorded ? await startRecorder(place.data, recorded) : null;
      const all = mergedOverrides(preparation?.overrides ?? {}, recorder?.overrides ?? {}, overrides);
      const stack = await runStack(place, all, contentDirectory);
      const inside = await lookInside(stack);
      return new System({
        folder,
        place,
        overrides: all,
        contentDirectory,
        recorder,
        preparation,
        stack,
        inside,
      });
    } catch (error) {
      await preparation?.close();
      throw error;
    }
  }

  /** Its folder of data. */
  get data(): string {
    return this.#place.data;
  }

  /** The address of the simulated carrier. */
  get carrierUrl(): string {
    return `http://127.0.0.1:${this.#place.carrierPort}`;
  }

  /** Settings of its services, as it was started with them. */
  get overrides(): Overrides {
    return this.#overrides;
  }

  /** Business time in it. */
  async now(): Promise<Date> {
    return new Date((await timeOf(this.url)).now);
  }

  /** Skips business time; resolves when all of it has jumped. */
  skip(request: SkipRequest): Promise<ClockView> {
    return skipTime(this.url, request);
  }

  /** Runs the operator's command; what it printed. Rejects when it ends with a fault. */
  async operate(...args: string[]): Promise<string> {
    const environment = await operatorEnvironment(this.#place.data);
    if (environment === null) throw new Error('there is no system');
    const endpoint = this.#recorder?.overrides['*']?.AWS_ENDPOINT_URL_KINESIS;
    const { stdout } = await promisify(execFile)(process.execPath, [OPERATE, ...args], {
      env: {
        ...compileCache(),
        ...environment,
        ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL_KINESIS: endpoint }),
      },
    });
    return stdout;
  }

  /** What it has printed since it was started last. */
  get lines(): readonly string[] {
    return this.#stack.lines;
  }

  /** Process ids by name, of everything that belongs to it. */
  pids(): Promise<Map<string, number>> {
    return this.#stack.pids();
  }

  /** Process id of one service, or undefined while it is away. */
  async pidOf(name: string): Promise<number | undefined> {
    const { processes } = await this.#stack.system();
    const found = processes.find((one) => one.name === name);
    return found?.state === 'serving' ? (found.pid ?? undefined) : undefined;
  }

  /** Starts of services and stores after their first. */
  async restarts(): Promise<Map<string, number>> {
    const { processes } = await this.#stack.system();
    return new Map(processes.map(({ name, restarts }) => [name, restarts]));
  }

  /** What a service wrote to its log, the last lines. */
  async logOf(name: string, lines = 40): Promise<string> {
    const text = await readFile(join(this.#place.data, 'logs', `${name}.log`), 'utf8');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Everything that its processes wrote, by name; known when it has ended. */
  get logs(): ReadonlyMap<string, string> {
    return this.#logs;
  }

  /** The secrets that it made up for itself. */
  async secrets(): Promise<{ twilioAuthToken: string; twilioAccountSid: string; adminKey: string }> {
    return secretsIn(this.#place.data);
  }

  /** The API as a program uses it, under the key that is there from the start. */
  async api(): Promise<ApiClient> {
    const { adminKey: key } = await this.secrets();
    return createApiClient({ baseUrl: this.url, key });
  }

  /** The AWS calls that its services have made so far, if they are recorded. */
  get awsCalls(): RecordedCall[] {
    return this.#recorder?.calls ?? [];
  }

  /** Rejects when a service made an AWS call that policies do not know of. */
  async assertCallsAreRecorded(): Promise<void> {
    const recorded = new Set((await readRecordedCalls()).map((call) => JSON.stringify(call)));
    const unknown = this.awsCalls.filter((call) => !recorded.has(JSON.stringify(call)));
    if (unknown.length > 0) throw new Error(`not recorded: ${JSON.stringify(unknown)}`);
  }

  /** Ends as Ctrl-C ends it. Returns the exit code. */
  async stop(): Promise<number | null> {
    this.#stack.signal('SIGINT');
    const [code] = await this.#stack.ended;
    return code;
  }

  /** Kills the supervisor, and resolves when everything that it ran is gone. */
  async kill(): Promise<void> {
    const pids = await this.pids();
    this.#stack.signal('SIGKILL');
    await this.#stack.ended;
    for (const pid of pids.values()) await untilGone(pid);
  }

  /** Starts it again, on the same data. What is not public may have another address then. */
  async startAgain(): Promise<void> {
    this.#stack = await runStack(this.#place, this.#overrides, this.#contentDirectory);
    await this.database.end();
    this.#inside = await lookInside(this.#stack);
  }

  /** Ends it, and removes everything that it left. */
  async end(): Promise<void> {
    this.simulator.close();
    await this.database.end();
    await this.#stack.end();
    this.#recorder?.close();
    await this.#preparation?.close();
    this.#logs = await readLogs(join(this.#place.data, 'logs'));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What a test looks at that nobody outside sees. */
interface Inside {
  database: pg.Pool;
  kinesisUrl: string;
  sqsUrl: string;
}

async function lookInside(stack: RunningStack): Promise<Inside> {
  const line = await stack.says(/postgres:\/\//);
  const database = new pg.Pool({
    connectionString: line.slice(line.indexOf('postgres://')).trim(),
    max: 12,
  });
  database.on('error', () => undefined);
  const ports = await portsIn(stack.data);
  return { database, kinesisUrl: kinesisEndpoint(ports.kinesis), sqsUrl: sqsEndpoint(ports.sqs) };
}

/** A file that was set aside belongs to the same process. */
async function readLogs(folder: string): Promise<Map<string, string>> {
  const logs = new Map<string, string>();
  for (const file of await readdir(folder)) {
    const [name = file] = file.split('.log');
    logs.set(name, (logs.get(name) ?? '') + (await readFile(join(folder, file), 'utf8')));
  }
  return logs;
}

/** Settings of one after the other, by service: the later ones win. */
export function mergedOverrides(...all: readonly Overrides[]): Overrides {
  const services = new Set(all.flatMap((each) => Object.keys(each)));
  return Object.fromEntries(
    [...services].map((service) => [service, Object.assign({}, ...all.map((each) => each[service]))]),
  );
}

async function runStack(
  place: { data: string; port: number; carrierPort: number },
  overrides: Overrides,
  contentDirectory: string | null,
): Promise<RunningStack> {
  const environment = {
    CARILLON_OVERRIDES: JSON.stringify(overrides),
    ORIGINATION_NUMBER: OUR_NUMBER,
    ...(contentDirectory === null ? {} : { CONTENT_DIR: contentDirectory }),
  };
  const stack = new RunningStack(place, { module: MODULE, environment });
  try {
    await stack.says(/^ready$/);
  } catch (error) {
    await stack.end();
    throw error;
  }
  return stack;
}

const GONE_WITHIN_MS = 20_000;

async function untilGone(pid: number): Promise<void> {
  const end = performance.now() + GONE_WITHIN_MS;
  while (await identityOf(pid)) {
    if (performance.now() > end) throw new Error(`process ${pid} outlived its supervisor`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
