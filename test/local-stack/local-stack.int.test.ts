import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordCommand,
} from '@aws-sdk/client-kinesis';
import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { z } from 'zod';
import { compileCache } from '#test/compile-cache.ts';
import { identityOf } from '../../apps/local/process-identity.ts';
import { kinesisEndpoint } from '../../apps/local/stores/kinesis.ts';
import { localKinesis } from '../../apps/local/stores/kinesis-streams.ts';
import { sqsEndpoint } from '../../apps/local/stores/sqs.ts';
import { localSqs } from '../../apps/local/stores/sqs-queues.ts';
import { eventually } from '../eventually.ts';
import { scratchRoot } from '../scratch.ts';
import { publicPorts, RunningStack } from './running-stack.ts';

const SKIP = fileURLToPath(new URL('../../apps/local/clock/main.ts', import.meta.url));

describe('The local stack', function () {
  this.timeout(300_000);

  const folders: string[] = [];
  const stacks: RunningStack[] = [];
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(scratchRoot(), 'carillon-stack-'));
    await chmod(folder, 0o755);
    folders.push(folder);
    return join(folder, 'data');
  };
  const start = async (
    place: { data: string; port: number; carrierPort: number },
    environment: Record<string, string> = {},
  ): Promise<RunningStack> => {
    const stack = new RunningStack(place, { environment });
    stacks.push(stack);
    await stack.says(/^ready$/);
    return stack;
  };
  afterEach(async () => {
    await Promise.all(stacks.splice(0).map((stack) => stack.end()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  });

  /** One that runs beside all tests. They may ask it for what leaves it serving, each for a thing of its own. */
  let running: RunningStack;
  let place: { data: string; port: number; carrierPort: number };
  /** What it had printed when it was ready. */
  let saidAtStart: readonly string[];
  let runningFolder: string;
  before(async () => {
    runningFolder = await mkdtemp(join(scratchRoot(), 'carillon-stack-'));
    await chmod(runningFolder, 0o755);
    place = { data: join(runningFolder, 'data'), ...(await publicPorts()) };
    running = new RunningStack(place);
    await running.says(/^ready$/);
    saidAtStart = [...running.lines];
  });
  after(async () => {
    await running.end();
    await rm(runningFolder, { recursive: true, force: true });
  });

  const pidOf = (pids: Map<string, number>, name: string): number =>
    // Never 0, which stands for every process of this test.
    pids.get(name) ?? assert.fail(`${name} has no process`);
  const alive = async (pids: Map<string, number>): Promise<string[]> => {
    const found = await Promise.all(
      [...pids].map(async ([name, pid]) => ((await identityOf(pid)) ? name : null)),
    );
    return found.filter((name) => name !== null);
  };
  const goneSoon = (pids: Map<string, number>): Promise<void> =>
    eventually(async () => assert.deepEqual(await alive(pids), []));

  it('prints its addresses, then ready, and serves public paths at one port', async () => {
    assert.equal(saidAtStart.at(-1), 'ready');
    for (const part of [
      `http://localhost:${place.port}`,
      `http://localhost:${place.carrierPort}`,
      place.data,
      'postgres://',
    ]) {
      assert.ok(
        saidAtStart.some((line) => line.includes(part)),
        part,
      );
    }
    const webhook = await fetch(`${running.url}/webhooks/twilio/sms?a=1`, {
      method: 'POST',
      body: 'Body=hi',
    });
    assert.equal(z.object({ url: z.string() }).parse(await webhook.json()).url, '/webhooks/twilio/sms?a=1');
    assert.equal((await fetch(`${running.url}/elsewhere`)).status, 404);
    assert.match(await (await fetch(`${running.url}/system`)).text(), /ready/);
    const { ready, processes } = await running.system();
    assert.equal(ready, true);
    assert.deepEqual(
      processes.map(({ name, state }) => `${name} ${state}`).sort(),
      ['carrier', 'gateway', 'kinesis', 'log', 'postgres', 'redis', 'sqs'].map((name) => `${name} serving`),
    );
    assert.equal((await stat(join(place.data, 'secrets.json'))).mode & 0o777, 0o600);
  });

  it('skips time when it is asked to, says so, and refuses what is no skip', async () => {
    const ask = async (path: string, init: RequestInit = {}): Promise<[status: number, answer: unknown]> => {
      const response = await fetch(`${running.url}${path}`, init);
      return [response.status, await response.json()];
    };
    const skip = (body: unknown, headers: Record<string, string> = {}) =>
      ask('/clock/skip', { method: 'POST', body: JSON.stringify(body), headers });
    const viewSchema = z.object({ now: z.string(), offsetMs: z.int(), version: z.int() });
    assert.equal(viewSchema.parse((await ask('/clock'))[1]).offsetMs, 0);

    const both = await Promise.all([skip({ by: 'PT10M' }), skip({ by: 'PT20M' })]);
    const offsets = both.map(([, answer]) => viewSchema.parse(answer).offsetMs / 60_000);
    assert.ok(isDeepStrictEqual(offsets, [10, 30]) || isDeepStrictEqual(offsets, [30, 20]), String(offsets));
    const carrier = await fetch(`http://127.0.0.1:${place.carrierPort}/simulator/clock`);
    assert.equal(z.object({ offsetMs: z.int() }).parse(await carrier.json()).offsetMs, 1_800_000);
    await running.says(/time +skipped to .*, 30 min ahead of this machine/);

    assert.deepEqual(await skip({ by: 'PT10M' }, { origin: 'https://elsewhere.example' }), [
      403,
      { problem: 'not for pages of other sites' },
    ]);
    for (const wrong of [{ by: '-PT10M' }, { to: '09:00' }, 'soon'])
      assert.equal((await skip(wrong))[0], 400);
    assert.equal((await ask('/clock/skip'))[0], 405);
    assert.equal(viewSchema.parse((await ask('/clock'))[1]).offsetMs, 1_800_000);

    const typed = (words: string[]): Promise<{ code: number | null; said: string }> =>
      new Promise((resolve) => {
        const environment = { ...compileCache(), CARILLON_PORT: String(place.port) };
        execFile(process.execPath, [SKIP, ...words], { env: environment }, (error, said, complaint) =>
          resolve({ code: error ? Number(error.code) : 0, said: said + complaint }),
        );
      });
    const { code, said } = await typed(['15m']);
    assert.equal(code, 0, said);
    assert.match(said, /^It is now .*Z, 45 min ahead of this machine\.$/m);
    const refused = await typed(['09:00', 'America/Springfield']);
    assert.equal(refused.code, 1);
    assert.match(refused.said, /^Time stays as it is: .*springfield/i);
    assert.match((await typed([])).said, /npm run skip -- WHEN/);
  });

  it('starts a service that crashed again, and says so', async () => {
    const before = (await running.pids()).get('gateway');
    const crash = await fetch(`${running.url}/webhooks/crash`);
    assert.equal(crash.status, 503);
    await running.says(/gateway +ended unexpectedly \(exit code 3\); starting it again in 200 ms/);
    await running.says(/gateway +is ready again/);
    const { processes } = await running.system();
    const gateway = processes.find(({ name }) => name === 'gateway');
    assert.equal(gateway?.restarts, 1);
    assert.notEqual(gateway?.pid, before);
    assert.equal((await fetch(`${running.url}/webhooks/again`)).status, 200);
  });

  it('kills a service whose event loop is blocked, starts it again, and says so', async () => {
    const place = { data: await newFolder(), ...(await publicPorts()) };
    const stack = await start(place, { HUNG_AFTER_MS: '1000' });
    const before = (await stack.pids()).get('gateway');
    const hanging = fetch(`${stack.url}/webhooks/hang`);
    await stack.says(/gateway +hangs: no answer for \d+ s; it is killed/);
    assert.equal((await hanging).status, 503);
    await stack.says(/gateway +is ready again/);
    assert.notEqual((await stack.pids()).get('gateway'), before);
    assert.equal((await fetch(`${stack.url}/webhooks/again`)).status, 200);
  });

  it('starts a database that was killed again, with its guard or without', async () => {
    const stack = await start({ data: await newFolder(), ...(await publicPorts()) });
    await writeEverywhere(stack);
    for (const victim of ['postgres server', 'postgres']) {
      const heard = stack.lines.length;
      process.kill(pidOf(await stack.pids(), victim), 'SIGKILL');
      await eventually(async () => {
        assert.match(stack.lines.slice(heard).join('\n'), /postgres +is ready again/);
      });
    }
    assert.deepEqual(await readEverywhere(stack), { rows: 1, records: ['kept'], messages: ['kept'] });
  });

  it('can be stopped while it starts and its console is being built, and complains of nothing', async () => {
    const environment = { BUILDS_CONSOLE: 'true' };
    const stack = new RunningStack({ data: await newFolder(), ...(await publicPorts()) }, { environment });
    stacks.push(stack);
    await stack.says(/console +it is being built/);
    assert.equal((await stack.system()).ready, false);
    stack.signal('SIGTERM');
    assert.deepEqual(await stack.ended, [0, null]);
    assert.doesNotMatch(stack.lines.join('\n'), /cannot/);
  });

  describe('that is killed', () => {
    /** One data folder, and each kind of death in turn: whatever came before, the next start finds it all. */
    let place: { data: string; port: number; carrierPort: number };
    let stack: RunningStack;
    const kept = { rows: 1, records: ['kept'], messages: ['kept'] };
    before(async () => {
      const folder = await mkdtemp(join(scratchRoot(), 'carillon-stack-'));
      await chmod(folder, 0o755);
      place = { data: join(folder, 'data'), ...(await publicPorts()) };
      stack = new RunningStack(place);
      await stack.says(/^ready$/);
      await writeEverywhere(stack);
    });
    after(async () => {
      await stack.end();
      await rm(dirname(place.data), { recursive: true, force: true });
    });
    const startAgain = async (): Promise<void> => {
      stack = new RunningStack(place);
      await stack.says(/^ready$/);
    };

    it('leaves no process behind, and the next start finds all data', async () => {
      const first = stack;
      const pids = await first.pids();
      first.signal('SIGKILL');
      await first.ended;
      await goneSoon(pids);
      await startAgain();
      assert.deepEqual(await readEverywhere(stack), kept);
      const [key, again] = [keyIn(first), keyIn(stack)];
      assert.equal(again, key, 'the API key is shown again');
      assert.deepEqual(await keysOf(stack), [{ key_id: key.split('_')[1], role: 'admin', isHashed: true }]);
      assert.doesNotMatch(
        await (await fetch(`${stack.url}/system`)).text(),
        /crl_/,
        'whoever looks at the page sees no key',
      );
    });

    it('starts again when everything was killed at once, servers and guards included', async () => {
      const pids = await stack.pids();
      stack.signal('SIGKILL');
      for (const pid of pids.values()) process.kill(pid, 'SIGKILL');
      await stack.ended;
      await startAgain();
      assert.deepEqual(await readEverywhere(stack), kept);
    });

    it('takes over from servers whose supervisor and guards were killed', async () => {
      const pids = await stack.pids();
      const guards = ['postgres', 'redis'].map((name) => pidOf(pids, name));
      stack.signal('SIGKILL');
      for (const pid of guards) process.kill(pid, 'SIGKILL');
      await stack.ended;
      await startAgain();
      assert.deepEqual(await readEverywhere(stack), kept);
      await goneSoon(pids);
    });
  });

  it('runs twice side by side with other ports and data; on Ctrl-C, told once or, as npm does it, twice, one ends everything of its own and exits 0', async () => {
    const other = await start({ data: await newFolder(), ...(await publicPorts()) });
    const both = [running, other];
    const internal = (await Promise.all(both.map(ports))).flatMap((own) => Object.values(own));
    assert.equal(new Set(internal).size, internal.length);
    const [pids = new Map(), othersPids = new Map()] = await Promise.all(both.map((stack) => stack.pids()));
    const all = [...pids.values(), ...othersPids.values()];
    assert.equal(new Set(all).size, all.length);
    for (const stack of both) assert.equal((await fetch(`${stack.url}/webhooks/x`)).status, 200);
    other.signal('SIGINT');
    other.signal('SIGINT');
    assert.deepEqual(await other.ended, [0, null]);
    assert.equal(other.lines.at(-1), 'stopped');
    assert.deepEqual(await alive(othersPids), []);
    assert.equal((await alive(pids)).length, pids.size);
  });

  it('refuses to start on data that another one uses, and leaves that one alone', async () => {
    const second = new RunningStack({ ...place, ...(await publicPorts()) });
    stacks.push(second);
    assert.deepEqual(await second.ended, [2, null]);
    assert.match(
      second.lines.join('\n'),
      new RegExp(`already runs on this data .*localhost:${place.port}.*CARILLON_DATA`),
    );
    assert.equal((await running.system()).ready, true);
  });

  it('names the variable to change when a port is taken, and says nothing else', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    try {
      await eventually(async () => assert.ok(server.listening));
      const taken = z.object({ port: z.int() }).parse(server.address()).port;
      for (const [port, variable] of [
        ['port', 'CARILLON_PORT'],
        ['carrierPort', 'CARILLON_CARRIER_PORT'],
      ] as const) {
        const ports = { ...(await publicPorts()), [port]: taken };
        const environment = { BUILDS_CONSOLE: 'true' };
        const stack = new RunningStack({ data: await newFolder(), ...ports }, { environment });
        stacks.push(stack);
        assert.deepEqual(await stack.ended, [2, null]);
        const said = stack.lines.filter((line) => line !== '');
        assert.equal(said.length, 1, said.join('\n'));
        assert.match(said.join(), new RegExp(`^Port ${taken} .*with ${variable}\\.$`));
      }
    } finally {
      server.close();
    }
  });
});

/** The API key that it has printed. */
const keyIn = (stack: RunningStack): string =>
  /API key \(admin\) +(crl_\S+)/.exec(stack.lines.join('\n'))?.[1] ?? assert.fail('no key was shown');

async function keysOf(stack: RunningStack): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: await databaseUrl(stack) });
  await client.connect();
  const secret = keyIn(stack).split('_').slice(2).join('_');
  const { rows } = await client.query(
    `SELECT key_id, role, length(hash) = 32 AND position($1::bytea IN hash) = 0 AS "isHashed" FROM api_key`,
    [Buffer.from(secret, 'base64url')],
  );
  await client.end();
  return rows;
}

/** As printed. */
async function databaseUrl(stack: RunningStack): Promise<string> {
  const line = await stack.says(/postgres:\/\//);
  return line.slice(line.indexOf('postgres://'));
}

async function ports(stack: RunningStack): Promise<Record<'kinesis' | 'sqs', number>> {
  const text = await readFile(join(stack.data, 'ports.json'), 'utf8');
  return z.object({ kinesis: z.int(), sqs: z.int() }).parse(JSON.parse(text));
}

async function writeEverywhere(stack: RunningStack): Promise<void> {
  const client = new pg.Client({ connectionString: await databaseUrl(stack) });
  // The server is killed under it.
  client.on('error', () => undefined);
  await client.connect();
  await client.query("INSERT INTO phone (phone_number) VALUES ('+14155550101')");
  await client.end();
  const { kinesis, sqs } = await ports(stack);
  const streamClient = localKinesis(kinesisEndpoint(kinesis));
  const queueClient = localSqs(sqsEndpoint(sqs));
  await streamClient.send(
    new PutRecordCommand({
      StreamName: 'dialog-commands',
      PartitionKey: '+14155550101',
      Data: Buffer.from('kept'),
    }),
  );
  const { QueueUrl } = await queueClient.send(new GetQueueUrlCommand({ QueueName: 'sms-bulk.fifo' }));
  await queueClient.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'kept',
      MessageGroupId: '+14155550101',
      MessageDeduplicationId: '1',
    }),
  );
  streamClient.destroy();
  queueClient.destroy();
}

async function readEverywhere(
  stack: RunningStack,
): Promise<{ rows: number | null; records: string[]; messages: (string | undefined)[] }> {
  const client = new pg.Client({ connectionString: await databaseUrl(stack) });
  await client.connect();
  const { rowCount } = await client.query('SELECT FROM phone').finally(() => client.end());
  const { kinesis, sqs } = await ports(stack);
  const streamClient = localKinesis(kinesisEndpoint(kinesis));
  const queueClient = localSqs(sqsEndpoint(sqs));
  const stream = { StreamName: 'dialog-commands' };
  const { Shards } = await streamClient.send(new ListShardsCommand(stream));
  const { ShardIterator } = await streamClient.send(
    new GetShardIteratorCommand({
      ...stream,
      ShardId: Shards?.[0]?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const { Records } = await streamClient.send(new GetRecordsCommand({ ShardIterator }));
  const { QueueUrl } = await queueClient.send(new GetQueueUrlCommand({ QueueName: 'sms-bulk.fifo' }));
  const { Messages } = await queueClient.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
  );
  streamClient.destroy();
  queueClient.destroy();
  return {
    rows: rowCount,
    records: (Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()),
    messages: (Messages ?? []).map(({ Body }) => Body),
  };
}
