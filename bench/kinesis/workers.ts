import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { WorkerTask } from './sides.ts';

const MODULE = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Worker processes of one side, by name. */
export class Workers {
  readonly #task: Omit<WorkerTask, 'worker'>;
  readonly #running = new Map<string, ChildProcess>();
  /** The first process that ended without being asked to, with what it said. */
  #fault: Error | null = null;
  #started = 0;

  constructor(task: Omit<WorkerTask, 'worker'>) {
    this.#task = task;
  }

  /** Resolves with its name once it runs. */
  async start(): Promise<string> {
    this.#started += 1;
    const worker = `worker-${this.#started}`;
    const child = fork(MODULE, {
      env: { ...process.env, BENCH_WORKER: JSON.stringify({ ...this.#task, worker }), NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
    });
    this.#running.set(worker, child);
    child.once('exit', (code) => {
      if (this.#running.delete(worker)) this.#fault ??= new Error(`${worker} ended with ${code}: ${said}`);
    });
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${worker} did not start: ${said}`))),
    ]);
    return worker;
  }

  /** Seconds of a processor that it took so far. */
  async processorSeconds(worker: string): Promise<number> {
    const child = this.#running.get(worker);
    if (child === undefined) throw new Error(`${worker} does not run`);
    child.send('how much');
    const [seconds] = await once(child, 'message');
    return Number(seconds);
  }

  /** Lets it hand over and end, or ends it as the loss of its machine would. Resolves when it is gone. */
  async end(worker: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#running.get(worker);
    if (child === undefined) return;
    this.#running.delete(worker);
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** Throws when one of them has ended by itself. */
  check(): void {
    if (this.#fault) throw this.#fault;
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((worker) => this.end(worker, 'SIGKILL')));
  }
}
