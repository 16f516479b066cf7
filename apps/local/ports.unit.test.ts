import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { services } from '#shared/topology.ts';
import { TEST_BLOCKS } from '#test/ports.ts';
import { claimPorts, isFree, type PortBlocks, type PortsOrder, STACK_BLOCKS } from './ports.ts';
import { CLUSTER_BUS } from './stores/redis.ts';
import { storeNames } from './stores.ts';

type Listen = NonNullable<PortsOrder<string>['listen']>;

/** The ports of a machine, of which these are taken from the start. */
class Machine {
  readonly taken: Set<number>;

  constructor(taken: Iterable<number> = []) {
    this.taken = new Set(taken);
  }

  /** `pause`: what happens before each attempt, and before each end. */
  listen(pause: () => Promise<unknown> = async () => undefined): Listen {
    return async (port) => {
      await pause();
      if (this.taken.has(port)) return null;
      this.taken.add(port);
      return {
        close: async () => {
          await pause();
          assert.ok(this.taken.delete(port), `${port} was given back twice`);
        },
      };
    };
  }
}

const among: PortBlocks = { first: 20_000, size: 8, count: 5 };
const companions = { redis: 10_000 };
const names = ['redis', 'sqs', 'api'] as const;
const blockOf = (port: number): number => Math.floor((port - among.first) / among.size);
const nothing: ReadonlyMap<string, number> = new Map();

describe('Ports of a stack', () => {
  it('are its own, whoever starts at the same time, whatever they had before and whatever else listens', async () => {
    const anyPort = fc.integer({ min: among.first, max: among.first + among.size * among.count - 1 });
    const anyStack = fc.record({
      before: fc.dictionary(fc.constantFrom(...names), anyPort),
      start: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(anyStack, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(
          fc.oneof(
            anyPort,
            anyPort.map((port) => port + 10_000),
          ),
          { maxLength: 4 },
        ),
        async (scheduler, stacks, strangers) => {
          const machine = new Machine(strangers);
          const listen = machine.listen(() => scheduler.schedule(Promise.resolve()));
          const claims = Promise.allSettled(
            stacks.map(({ before, start }) =>
              claimPorts(names, {
                before: new Map(Object.entries(before)),
                start,
                companions,
                among,
                listen,
              }),
            ),
          );
          await scheduler.waitFor(claims);
          const had = new Set(strangers);
          const sentinels = new Set<number>();
          for (const result of await claims) {
            if (result.status === 'rejected') {
              // Strangers and stacks were everywhere.
              assert.match(String(result.reason), /No ports are left/);
              continue;
            }
            const { value: ports } = result;
            assert.deepEqual(
              ports
                .entries()
                .map(([name]) => name)
                .sort(),
              [...names].sort(),
            );
            const [block = -1, ...others] = new Set(ports.entries().map(([, port]) => blockOf(port)));
            assert.deepEqual(others, []);
            sentinels.add(among.first + block * among.size);
            for (const port of [...ports.entries().map(([, one]) => one), ports.port('redis') + 10_000]) {
              assert.ok(!had.has(port), `${port} is somebody else's`);
              had.add(port);
            }
          }
          assert.deepEqual(
            machine.taken,
            new Set([...strangers, ...sentinels]),
            'listens where it should not',
          );
        },
      ),
    );
  });

  it('stay as they were while their block can be claimed, and the names that are new take others of it', async () => {
    const before = new Map([
      ['redis', 20_013],
      ['gone', 20_010],
      ['sqs', 20_009],
    ]);
    const order = { before, start: 0, companions, among, listen: new Machine().listen() };
    const ports = await claimPorts(['api', 'redis', 'sqs'], order);
    assert.deepEqual(Object.fromEntries(ports.entries()), { api: 20_010, redis: 20_013, sqs: 20_009 });
  });

  it('stay but for those at which a process of an earlier run was left', async () => {
    const before = new Map([
      ['redis', 20_009],
      ['sqs', 20_010],
      ['api', 20_011],
    ]);
    const listen = new Machine([20_010, 30_009]).listen();
    const ports = await claimPorts(names, { before, start: 0, companions, among, listen });
    assert.deepEqual(Object.fromEntries(ports.entries()), { redis: 20_012, sqs: 20_009, api: 20_011 });
  });

  it('are those of the next block that nobody claimed when the one from before is claimed', async () => {
    const machine = new Machine();
    const order = { start: 1, companions, among, listen: machine.listen() };
    const first = await claimPorts(names, { ...order, before: nothing });
    const before = new Map(first.entries());
    const second = await claimPorts(names, { ...order, before });
    assert.deepEqual(second.entries(), [
      ['redis', 20_017],
      ['sqs', 20_018],
      ['api', 20_019],
    ]);
    await first.release();
    await first.release();
    const third = await claimPorts(names, { ...order, before });
    assert.deepEqual(third.entries(), first.entries());
  });

  it('are in no block in which anybody listens, unless it was their own', async () => {
    const order = { start: 0, among, listen: new Machine([20_007]).listen() };
    assert.equal((await claimPorts(['sqs'], { ...order, before: nothing })).port('sqs'), 20_009);
    assert.equal(
      (await claimPorts(['sqs'], { ...order, before: new Map([['sqs', 20_003]]) })).port('sqs'),
      20_003,
    );
  });

  it('that an earlier release chose outside of all blocks are forgotten', async () => {
    const before = new Map([['sqs', 31_992]]);
    const ports = await claimPorts(['sqs'], { before, start: 2, among, listen: new Machine().listen() });
    assert.equal(ports.port('sqs'), 20_017);
  });

  it('are an error that says so when there are none', async () => {
    const listen: Listen = async () => null;
    await assert.rejects(claimPorts(['sqs'], { before: nothing, start: 0, listen }), {
      code: 'invalid_configuration',
      message: /^No ports are left on 127\.0\.0\.1: of the 43 blocks of 64 ports from 20000 on/,
    });
  });

  it('are given back when a claim fails halfway', async () => {
    const machine = new Machine();
    const listen = machine.listen();
    const failing: Listen = (port) => {
      if (port === 20_003) throw new Error('no more sockets');
      return listen(port);
    };
    await assert.rejects(
      claimPorts(['sqs'], { before: nothing, start: 0, among, listen: failing }),
      /no more sockets/,
    );
    assert.deepEqual([...machine.taken], []);
  });

  it('are refused by name when nobody asked for them', async () => {
    const ports = await claimPorts(['sqs'], { before: nothing, start: 0, listen: new Machine().listen() });
    assert.throws(
      () => (ports as { port(name: string): number }).port('postgres'),
      /no port was chosen for postgres/,
    );
  });

  it('are enough for every service, and none is one that a system gives to connections', async () => {
    const all = [
      ...storeNames,
      ...Object.keys(services).flatMap((name) => [`${name}.health`, `${name}.public`]),
    ];
    const order = { before: nothing, start: -1, companions: { redis: CLUSTER_BUS } };
    const ports = await claimPorts(all, { ...order, listen: new Machine().listen() });
    assert.equal(new Set(ports.entries().map(([, port]) => port)).size, all.length);
    const { first, size, count } = STACK_BLOCKS;
    assert.ok(first + size * count - 1 + CLUSTER_BUS < 32_768);
    assert.ok(first + CLUSTER_BUS >= first + size * count, 'companions are no ports of blocks');
  });
});

describe('A claim', () => {
  const CLAIM = `
    import { claimPorts } from ${JSON.stringify(fileURLToPath(new URL('./ports.ts', import.meta.url)))};
    const ports = await claimPorts(['sqs'], { ...JSON.parse(process.argv[1]), before: new Map() });
    process.stdin.resume();
    console.log(ports.port('sqs'));`;

  it('holds against other processes while its ports are idle, and ends with its process, also by kill -9', async () => {
    // Where no other process begins its search.
    const order = { start: randomInt(TEST_BLOCKS.count), among: TEST_BLOCKS };
    const ours = await claimPorts(['sqs'], { ...order, before: nothing });
    const theirs = spawn(process.execPath, ['--input-type=module', '--eval', CLAIM, JSON.stringify(order)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const [said] = await once(theirs.stdout, 'data');
      const port = Number(said);
      assert.notEqual(port, ours.port('sqs'));
      assert.ok(await isFree(ours.port('sqs')));
      const before = new Map([['sqs', port]]);
      const beside = await claimPorts(['sqs'], { ...order, before });
      assert.ok(![port, ours.port('sqs')].includes(beside.port('sqs')));
      await beside.release();

      const exit = once(theirs, 'exit');
      theirs.kill('SIGKILL');
      await exit;
      const after = await claimPorts(['sqs'], { ...order, before });
      assert.equal(after.port('sqs'), port);
      await after.release();
    } finally {
      theirs.kill('SIGKILL');
      await ours.release();
    }
  });
});
