import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRedis } from '../apps/local/stores/redis-program.ts';
import { testPorts } from './ports.ts';

const CACHE = fileURLToPath(new URL('../node_modules/.cache/carillon/redis', import.meta.url));

/** A Redis of a test's own that it may kill: one node, on loopback, which keeps nothing. */
export class OwnRedis {
  readonly port: number;
  readonly #folder: string;
  #server: ChildProcess | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<OwnRedis> {
    const { port } = await testPorts('port');
    const folder = await mkdtemp(join(tmpdir(), 'carillon-own-redis-'));
    const redis = new OwnRedis(port, folder);
    await redis.start();
    return redis;
  }

  /** Starts it again, empty. */
  async start(): Promise<void> {
    const { argv0, command, environment } = await findRedis({
      searchPath: process.env.PATH ?? '',
      cache: CACHE,
      onFetch: () => undefined,
    });
    const settings = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.#folder,
      '--save',
      '',
    ];
    this.#server = spawn(command, settings, { argv0, env: environment, stdio: 'ignore' });
    await once(this.#server, 'spawn');
  }

  async kill(): Promise<void> {
    const server = this.#server;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    server.kill('SIGKILL');
    await exit;
  }

  /** What clients of it are configured with. */
  get config() {
    return { REDIS_HOST: '127.0.0.1', REDIS_PORT: this.port, REDIS_TLS: false, REDIS_CLUSTER: false };
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
