import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compileCache } from '../compile-cache.ts';
import { testPorts } from '../ports.ts';

const MODULE = fileURLToPath(new URL('./fixture-stack.ts', import.meta.url));

const systemSchema = z.object({
  ready: z.boolean(),
  processes: z.array(
    z.object({ name: z.string(), state: z.string(), pid: z.int().nullable(), restarts: z.int() }),
  ),
});

/** What runs as the supervisor, and its further environment. */
export interface StackProgram {
  module: string;
  environment: Readonly<Record<string, string>>;
}

/** A supervisor in a process of its own, as `npm start` runs one; with fixture services unless another is given. */
export class RunningStack {
  readonly url: string;
  readonly data: string;
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #exit: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(
    place: { data: string; port: number; carrierPort: number },
    { module = MODULE, environment = {} }: Partial<StackProgram> = {},
  ) {
    this.url = `http://127.0.0.1:${place.port}`;
    this.data = place.data;
    this.#process = spawn(process.execPath, [module], {
      env: {
        PATH: process.env.PATH ?? '',
        ...compileCache(),
        CARILLON_DATA: place.data,
        CARILLON_PORT: String(place.port),
        CARILLON_CARRIER_PORT: String(place.carrierPort),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#heard(line));
    }
    this.#exit = once(this.#process, 'close').then(([code, signal]) => [code, signal]);
  }

  readonly #waiting = new Set<{ pattern: RegExp; resolve: (line: string) => void }>();

  #heard(line: string): void {
    this.lines.push(line);
    for (const waiter of this.#waiting) {
      if (!waiter.pattern.test(line)) continue;
      this.#waiting.delete(waiter);
      waiter.resolve(line);
    }
  }

  /** A line that was or will be printed. Rejects with everything printed when the supervisor ends first. */
  async says(pattern: RegExp): Promise<string> {
    const said = this.lines.find((line) => pattern.test(line));
    if (said !== undefined) return said;
    const heard = new Promise<string>((resolve) => this.#waiting.add({ pattern, resolve }));
    const ended = this.#exit.then(() => {
      throw new Error(`the supervisor ended without ${pattern}:\n${this.lines.join('\n')}`);
    });
    return Promise.race([heard, ended]);
  }

  get ended(): Promise<[number | null, NodeJS.Signals | null]> {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async system(): Promise<z.infer<typeof systemSchema>> {
    const response = await fetch(`${this.url}/system.json`);
    return systemSchema.parse(await response.json());
  }

  /** Process ids of everything that belongs to this stack: children, and the servers behind their guards. */
  async pids(): Promise<Map<string, number>> {
    const { processes } = await this.system();
    const pids = new Map<string, number>();
    for (const { name, pid } of processes) if (pid !== null) pids.set(name, pid);
    pids.set('postgres server', await pidIn(join(this.data, 'postgres', 'postmaster.pid')));
    pids.set('redis server', await pidIn(join(this.data, 'redis', 'redis.pid')));
    return pids;
  }

  /** For `after`: whatever the test left running. */
  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.#process.kill('SIGINT');
    await this.#exit;
  }
}

const pidIn = async (file: string): Promise<number> =>
  z.coerce
    .number()
    .int()
    .positive()
    .parse((await readFile(file, 'utf8')).split('\n')[0]);

/** Two ports for the public side of a stack. */
export const publicPorts = (): Promise<{ port: number; carrierPort: number }> =>
  testPorts('port', 'carrierPort');
