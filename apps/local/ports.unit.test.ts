import assert from 'node:assert/strict';
import fc from 'fast-check';
import { choosePorts, holdPorts, INTERNAL_PORTS, isFree } from './ports.ts';

const { first, last } = INTERNAL_PORTS;
const anyPort = fc.integer({ min: first, max: first + 40 });

describe('Ports of internal processes', () => {
  it('are free, all different and in the range, whatever was chosen before and is taken now', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 }),
        fc.array(anyPort, { maxLength: 12 }),
        fc.uniqueArray(anyPort, { maxLength: 20 }),
        fc.integer(),
        async (names, earlier, taken, start) => {
          const before = new Map<string, number>();
          for (const [i, port] of earlier.entries())
            before.set(names[i] ?? 'of a service that is no more', port);
          const ports = await choosePorts(names, {
            before,
            start,
            isFree: async (port) => !taken.includes(port),
          });
          assert.deepEqual([...ports.keys()].sort(), [...names].sort());
          assert.equal(new Set(ports.values()).size, names.length);
          for (const port of ports.values()) {
            assert.ok(port >= first && port <= last && !taken.includes(port), String(port));
          }
        },
      ),
    );
  });

  it('stay as they were while they are free', async () => {
    const options = {
      before: new Map([
        ['redis', first + 7],
        ['sqs', first + 9],
      ]),
      start: 0,
    };
    const ports = await choosePorts(['redis', 'sqs'], { ...options, isFree: async () => true });
    assert.deepEqual(Object.fromEntries(ports), { redis: first + 7, sqs: first + 9 });
  });

  it('move on when somebody else has them', async () => {
    const ports = await choosePorts(['redis'], {
      before: new Map([['redis', first + 7]]),
      start: 7,
      isFree: async (port) => port !== first + 7,
    });
    assert.equal(ports.get('redis'), first + 8);
  });

  it('of a process that takes a second one leave room for it, below the ports of outgoing connections', async () => {
    const busy = first + 10_001;
    const ports = await choosePorts(['redis', 'sqs'], {
      before: new Map([['redis', 31_000]]),
      start: 1,
      isFree: async (port) => port !== busy,
      companions: { redis: 10_000 },
    });
    assert.equal(
      ports.get('redis'),
      first + 2,
      'neither 31000, whose second would be 41000, nor the busy one',
    );
    assert.equal(ports.get('sqs'), first + 1);
  });

  it('are begun to look for in different places by different data folders', async () => {
    const from = async (start: number): Promise<number | undefined> =>
      (await choosePorts(['redis'], { before: new Map(), start, isFree: async () => true })).get('redis');
    assert.notEqual(await from(100), await from(200));
  });

  it('are so also for one that takes a second port, of which there are fewer', async () => {
    const companions = { redis: 10_000 };
    const from = async (start: number): Promise<number | undefined> => {
      const options = { before: new Map(), start, isFree: async () => true, companions };
      return (await choosePorts(['redis'], options)).get('redis');
    };
    const chosen = await Promise.all(Array.from({ length: 12 }, (_, i) => from(i * 1_000 + i)));
    assert.equal(new Set(chosen).size, 12);
  });

  it('are an error when there are none', async () => {
    await assert.rejects(
      choosePorts(['redis'], { before: new Map(), start: 0, isFree: async () => false }),
      /no free ports between/,
    );
  });
});

describe('Held ports', () => {
  const options = { before: new Map(), companions: { redis: 10_000 } };

  it('are not chosen by anybody else until they are released, each with its companion', async () => {
    const ours = await holdPorts(['redis', 'sqs'], { ...options, start: 500 });
    const theirs = await holdPorts(['redis', 'sqs'], { ...options, start: 500 });
    try {
      const all = [ours, theirs].flatMap(({ port }) => [port('redis'), port('redis') + 10_000, port('sqs')]);
      assert.equal(new Set(all).size, all.length, String(all));
      assert.deepEqual(await Promise.all(all.map(isFree)), Array(6).fill(false));
      await ours.release('redis', 'one that has no port');
      assert.deepEqual(
        await Promise.all([ours.port('redis'), ours.port('redis') + 10_000, ours.port('sqs')].map(isFree)),
        [true, true, false],
      );
    } finally {
      await Promise.all([ours.releaseAll(), theirs.releaseAll()]);
    }
    assert.equal(await isFree(ours.port('sqs')), true);
  });

  it('that were only looked at are left', async () => {
    const around = await holdPorts(['redis'], { ...options, start: 700 });
    const bus = around.port('redis') + 10_000;
    await around.release('redis');
    const blocker = await holdPorts(['bus'], { before: new Map([['bus', bus]]), start: 0 });
    const ports = await holdPorts(['redis'], {
      ...options,
      before: new Map([['redis', around.port('redis')]]),
      start: 900,
    });
    try {
      assert.equal(blocker.port('bus'), bus);
      assert.notEqual(ports.port('redis'), around.port('redis'));
      assert.equal(await isFree(around.port('redis')), true);
    } finally {
      await Promise.all([blocker.releaseAll(), ports.releaseAll()]);
    }
  });

  it('are refused by name when nobody asked for them', async () => {
    const ports = await holdPorts(['sqs'], { ...options, start: 1_100 });
    await ports.releaseAll();
    assert.throws(
      () => (ports as { port(name: string): number }).port('postgres'),
      /no port was chosen for postgres/,
    );
  });
});
