import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { roleOf } from '#shared/postgres/grants.ts';
import { type ServiceName, services } from '#shared/topology.ts';
import { environmentOf } from '../../apps/local/environment.ts';
import { openDataFolder } from '../../apps/local/place.ts';
import { localSecrets } from '../../apps/local/secrets.ts';
import { storePlaces } from '../../apps/local/stores.ts';
import { compileCache } from '../compile-cache.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import type { System } from '../driver/system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** For what it has in hand, and then it is killed. */
const STOP_MS = 8_000;

/** A further task of a service of a running system, as a deployment with two of each has them; nobody starts it again. */
export class SecondTask {
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
  }

  /** Resolves when it has started. */
  static async start(system: System, service: ServiceName): Promise<SecondTask> {
    const child = spawn(process.execPath, [join(ROOT, services[service].entry)], {
      env: { ...compileCache(), ...(await environmentIn(system, service)) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close').then(() => {
      throw new Error(`a second task of ${service} ended: ${said.slice(-5).join('\n')}`);
    });
    ended.catch(() => undefined); // told to whoever waits for its start
    const said: string[] = [];
    const started = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          said.push(line);
          if (line.includes('"msg":"started"')) resolve();
        });
      }
    });
    await Promise.race([started, ended]);
    if (child.pid === undefined) throw new Error('what has started has no process id');
    return new SecondTask(child, child.pid);
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(late);
  }
}

async function environmentIn(system: System, service: ServiceName): Promise<Record<string, string>> {
  const folder = await openDataFolder(system.data);
  const ports = z.record(z.string(), z.int()).parse(JSON.parse(await readFile(folder.portsFile, 'utf8')));
  const port = (name: string): number => {
    const found = ports[name];
    if (found === undefined) throw new Error(`the system has no port ${name}`);
    return found;
  };
  return environmentOf(service, {
    places: {
      ...storePlaces({ port, redisUrl: null }),
      publicUrl: system.url.replace('127.0.0.1', 'localhost'),
      carrierUrl: system.carrierUrl,
      consoleFolder: null,
    },
    ports: { health: 0, public: 0 },
    secrets: await localSecrets(folder.secretsFile, Object.keys(services)),
    role: roleOf(service),
    originationNumber: OUR_NUMBER,
    logLevel: 'info',
    overrides: system.overrides,
  });
}
