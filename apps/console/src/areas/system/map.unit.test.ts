import assert from 'node:assert/strict';
import type { System, Topology } from '#shared/api-client/api-types.ts';
import { linesOf, partsOf, placesOf } from './map.ts';

const topology: Topology = {
  services: [
    {
      name: 'gateway',
      does: 'listens',
      consumes: [],
      puts: ['commands'],
      receives: [],
      sends: [],
      relaysOutbox: true,
      speaksToCarriers: true,
      isPublic: true,
    },
    {
      name: 'dialog',
      does: 'talks',
      consumes: [{ consumer: 'dialog', stream: 'commands' }],
      puts: [],
      receives: [],
      sends: ['texts'],
      relaysOutbox: false,
      speaksToCarriers: false,
      isPublic: false,
    },
    {
      name: 'sender',
      does: 'sends',
      consumes: [],
      puts: [],
      receives: ['texts'],
      sends: [],
      relaysOutbox: false,
      speaksToCarriers: true,
      isPublic: false,
    },
  ],
  streams: [{ name: 'commands', carries: 'commands' }],
  queues: [{ name: 'texts', carries: 'turns', deadLetter: 'dead' }],
};

const system: System = {
  consumers: [
    {
      consumer: 'dialog',
      stream: 'commands',
      shard: '0',
      owner: 'task',
      wantedBy: null,
      renewedMsAgo: 900,
      checkpoint: null,
      isFinished: false,
    },
  ],
  relays: [],
  outbox: [{ producer: 'gateway', rows: 12 }],
  quarantine: [],
  messages: { queued: 0, oldestQueuedMsAgo: null, held: 0, nextDueAt: null, ambiguous: 0 },
  carriers: [],
};

describe('The map of the system', () => {
  const { lines, places } = placesOf(topology);
  const of = (now: System | undefined) =>
    new Map(partsOf(topology, now, places).map((part) => [part.id, part]));

  it('goes from what carriers send to what is handed to them, from the left to the right', () => {
    const parts = of(system);
    const order = ['carriers-in', 'gateway', 'commands', 'dialog', 'texts', 'sender', 'carriers-out'];
    const xs = order.map((id) => parts.get(id)?.x ?? Number.NaN);
    assert.deepEqual(
      xs,
      [...xs].sort((a, b) => a - b),
    );
    assert.deepEqual(
      lines.map(({ from, to }) => [from, to]).sort(),
      order
        .slice(1)
        .map((to, index) => [order[index], to])
        .sort(),
    );
  });

  it('says of each part what is worst: dead letters, nobody reads, silence, what waits, and else that it reads', () => {
    const [read] = system.consumers;
    assert.ok(read);
    const says = (more: Partial<System>) => of({ ...system, ...more }).get('dialog')?.says;
    assert.deepEqual(says({}), { kind: 'reads', ms: 900 });
    assert.deepEqual(says({ consumers: [{ ...read, renewedMsAgo: 31_000 }] }), {
      kind: 'silent',
      ms: 31_000,
    });
    assert.deepEqual(says({ consumers: [{ ...read, owner: null }] }), { kind: 'nobody' });
    assert.deepEqual(says({ quarantine: [{ consumer: 'dialog', quarantined: 1, parked: 2 }] }), {
      kind: 'deadLetters',
      count: 3,
    });
    assert.equal(of(undefined).get('dialog')?.tone, 'quiet');
    assert.equal(of(system).get('gateway')?.says.kind, 'waits');
  });

  it('has what waits on its lines', () => {
    const waiting = linesOf(lines, topology, system).filter((line) => line.waiting > 0);
    assert.deepEqual(
      waiting.map(({ from, to, waiting: count }) => [from, to, count]),
      [['gateway', 'commands', 12]],
    );
  });
});
