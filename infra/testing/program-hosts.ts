import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SHORT_LIVED } from '#test/short-lived.ts';
import type { Program } from './evaluate.ts';

/** What a host (program-host.ts) is asked: to run a program against an engine. */
export interface HostOrder {
  program: Pick<Program, 'project' | 'stack' | 'mode' | 'config' | 'secretKeys'>;
  /** URL of the program's first module. */
  entry: string;
  /** Of the engine. */
  address: string;
}

export interface HostAnswer {
  /** Why the program failed; null: it did not. */
  fault: string | null;
}

const HOST = fileURLToPath(import.meta.resolve('./program-host.ts'));
const LEAN = fileURLToPath(import.meta.resolve('./lean-runner.ts'));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** As Pulumi's CLI does, a program is run in its own folder. */
const FOLDER = fileURLToPath(new URL('../', import.meta.url));

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a program in the host of this process, after those that were given before: what loading and compiling cost is paid by
 * the first. The host ends with this process.
 */
export function runInHost(order: HostOrder): Promise<HostAnswer> {
  const answer = last.then(() => ask(order));
  last = answer.catch(() => undefined);
  return answer;
}

async function ask(order: HostOrder): Promise<HostAnswer> {
  host ??= startHost();
  const asked = host;
  const over = new AbortController();
  try {
    const answer = once(asked, 'message', { signal: over.signal });
    const ended = once(asked, 'exit', { signal: over.signal });
    asked.send(order);
    const [told] = await Promise.race([
      answer,
      ended.then(([code]): [HostAnswer] => [{ fault: `the host of programs ended with ${code}` }]),
    ]);
    return told;
  } finally {
    over.abort();
  }
}

function startHost(): ChildProcess {
  const child = fork(HOST, [], {
    execArgv: [...SHORT_LIVED, `--import=${LEAN}`],
    cwd: FOLDER,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/carillon/infra`,
      PULUMI_NODEJS_ROOT_DIRECTORY: ROOT,
      ...(process.env.NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS }),
    },
  });
  child.once('exit', () => {
    host = undefined;
  });
  // Whoever waits for an answer is kept alive by the engine that they listen with.
  child.unref();
  child.channel?.unref();
  return child;
}
