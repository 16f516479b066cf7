import { z } from 'zod';
import { queues, services, streams } from '#shared/topology.ts';
import { type Operation, read, reply } from '../http/operation.ts';

const service = z.object({
  name: z.string().meta({ example: 'dialog' }),
  does: z.string(),
  consumes: z
    .array(z.object({ consumer: z.string(), stream: z.string() }))
    .meta({ description: 'Streams that it reads, by the name under which its position is kept' }),
  puts: z.array(z.string()).meta({ description: 'Streams that it writes to' }),
  receives: z.array(z.string()).meta({ description: 'Queues that it takes from' }),
  sends: z.array(z.string()).meta({ description: 'Queues that it puts into' }),
  relaysOutbox: z.boolean().meta({ description: 'Whether what it sends waits in an outbox of its own' }),
  speaksToCarriers: z.boolean(),
  isPublic: z.boolean().meta({ description: 'Whether it is reached from outside' }),
});

const topologySchema = z
  .object({
    services: z.array(service),
    streams: z.array(z.object({ name: z.string(), carries: z.string() })),
    queues: z.array(z.object({ name: z.string(), carries: z.string(), deadLetter: z.string() })),
  })
  .meta({ id: 'Topology' });

type Wire = z.input<typeof topologySchema>;

/** The map of the system on the wire: what of shared/topology.ts somebody looks at. */
const topology: Wire = {
  services: Object.entries(services).map(([name, row]) => ({
    name,
    does: row.does,
    consumes: Object.entries(row.consumes).map(([consumer, stream]) => ({ consumer, stream })),
    puts: [...row.puts],
    receives: [...row.receives],
    sends: [...row.sends],
    relaysOutbox: row.relaysSlots,
    speaksToCarriers: row.carriers,
    isPublic: row.publicPaths.length > 0,
  })),
  streams: Object.entries(streams).map(([name, { carries }]) => ({ name, carries })),
  queues: Object.entries(queues).map(([name, { carries, deadLetter }]) => ({ name, carries, deadLetter })),
};

/** What the system is made of. */
export const topologyOperations: readonly Operation[] = [
  read({
    id: 'getTopology',
    path: '/v1/topology',
    tag: 'System',
    summary: 'Which parts the system has, and what goes from which to which',
    access: 'viewer',
    replies: { 200: { description: 'Services, streams and queues', body: topologySchema } },
    handle: async () => reply(200, topology),
  }),
];
