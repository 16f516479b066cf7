import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Cluster } from 'ioredis';
import { createWakeHints } from '#shared/kinesis/wake-hints.ts';
import { silentLogger } from '#shared/logger.ts';
import { eventually } from '#test/eventually.ts';
import { authority, certificate, key } from '#test/tls/certificates.ts';
import { type ClaimedPorts, claimPorts, STACK_BLOCKS } from '../../apps/local/ports.ts';
import { CLUSTER_BUS, nodesFile } from '../../apps/local/stores/redis.ts';
import { findRedis } from '../../apps/local/stores/redis-program.ts';
import { createRedis, createSubscriber, type RedisClient } from './client.ts';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/carillon/redis', import.meta.url));

/** As ElastiCache Serverless looks to a client: one address, TLS alone, a cluster. */
describe('A cluster of Redis behind TLS', () => {
  let folder: string;
  let ports: ClaimedPorts<'redis'>;
  let port: number;
  let server: ChildProcess;
  const publicAuthorities = getCACertificates('default');
  const clients: { disconnect(): void }[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-redis-'));
    ports = await claimPorts(['redis'], {
      before: new Map(),
      start: randomInt(STACK_BLOCKS.count),
      companions: { redis: CLUSTER_BUS },
    });
    port = ports.port('redis');
    await writeFile(join(folder, 'nodes.conf'), nodesFile(port));
    await writeFile(join(folder, 'server.pem'), certificate);
    await writeFile(join(folder, 'server-key.pem'), key);
    await writeFile(join(folder, 'authority.pem'), authority);
    server = await startServer();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
    setDefaultCACertificates(publicAuthorities);
  });
  after(async () => {
    server.kill('SIGKILL');
    await ports.release();
    await rm(folder, { recursive: true, force: true });
  });

  async function startServer(): Promise<ChildProcess> {
    const program = await findRedis({
      searchPath: process.env.PATH ?? '',
      cache: CACHE,
      onFetch: () => undefined,
    });
    const files = ['cert-file', 'server.pem', 'key-file', 'server-key.pem', 'ca-cert-file', 'authority.pem'];
    const child = spawn(
      program.command,
      [
        ...['--port', '0', '--tls-port', String(port), '--bind', '127.0.0.1', '--dir', folder],
        ...files.map((word, at) => (at % 2 === 0 ? `--tls-${word}` : join(folder, word))),
        ...['--tls-auth-clients', 'no', '--tls-cluster', 'yes', '--save', ''],
        ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'],
      ],
      { argv0: program.argv0, env: program.environment, stdio: 'ignore' },
    );
    await once(child, 'spawn');
    return child;
  }

  const config = () => ({
    REDIS_HOST: 'localhost',
    REDIS_PORT: port,
    REDIS_TLS: true,
    REDIS_CLUSTER: true,
  });
  const trusted = (): void => setDefaultCACertificates([...publicAuthorities, authority]);
  async function ready(): Promise<RedisClient> {
    const redis = createRedis(config(), silentLogger);
    clients.push(redis);
    await eventually(async () => assert.equal(redis.status, 'ready'));
    return redis;
  }

  it('takes commands on keys, and several keys at once that share a hash tag', async () => {
    trusted();
    const redis = await ready();
    assert.ok(redis instanceof Cluster);
    await redis.set('{account}:one', '1');
    await redis.set('{account}:two', '2');
    assert.deepEqual(await redis.mget('{account}:one', '{account}:two'), ['1', '2']);
    const sum = 'return redis.call("get", KEYS[1]) + redis.call("get", KEYS[2])';
    assert.equal(await redis.eval(sum, 2, '{account}:one', '{account}:two'), 3);
  });

  it('carries wake hints', async () => {
    trusted();
    const redis = await ready();
    const hints = createWakeHints(redis, createSubscriber(config(), silentLogger), silentLogger);
    clients.push({ disconnect: () => hints.close() });
    const heard = new Set<string>();
    hints.subscribe('message-log', (shard) => heard.add(shard));
    await eventually(async () => {
      hints.publish('message-log', new Set(['shard-1']));
      assert.ok(heard.has('shard-1'));
    });
  });

  it('is come back to after it was away, and calls fail at once meanwhile', async () => {
    trusted();
    const redis = await ready();
    server.kill('SIGKILL');
    await once(server, 'exit');
    await eventually(async () => assert.notEqual(redis.status, 'ready'));
    await assert.rejects(redis.get('{account}:one'));
    server = await startServer();
    await eventually(async () => assert.equal(await redis.set('back', 'yes'), 'OK'), 15_000);
  });

  it('is not spoken to when nobody known has signed its certificate', async () => {
    const faults: string[] = [];
    const note = (fields: object, text: string): void => {
      if ('err' in fields) faults.push(`${text}: ${fields.err}`);
    };
    const redis = createRedis(config(), { ...silentLogger, warn: note });
    clients.push(redis);
    await eventually(async () => assert.equal(faults.length, 1));
    assert.notEqual(redis.status, 'ready');
    const subscriber = createSubscriber(config(), { ...silentLogger, debug: note });
    await assert.rejects(subscriber.connect());
    clients.push(subscriber);
    await eventually(async () => assert.ok(faults.some((fault) => /certificate/.test(fault))));
  });
});
