import { z } from 'zod';
import { type Operation, read, reply } from '../http/operation.ts';
import { instant } from '../http/time.ts';
import {
  COUNTED,
  readOutboxDepth,
  readQuarantine,
  readRelays,
  readShardLeases,
  readWaiting,
  readWatch,
} from './store.ts';

const msAgo = z.int().meta({ description: 'ms, by the clock of the database' });
const counted = z.int().meta({ description: `Counted up to ${COUNTED}: that many may be more` });

const systemSchema = z
  .object({
    consumers: z
      .array(
        z.object({
          consumer: z.string(),
          stream: z.string(),
          shard: z.string(),
          owner: z.string().nullable().meta({ description: 'The task that reads it; null: nobody' }),
          wantedBy: z.string().nullable().meta({ description: 'The task that it is handed over to' }),
          renewedMsAgo: msAgo,
          checkpoint: z.string().nullable().meta({ description: 'Last sequence number that is done' }),
          isFinished: z.boolean().meta({ description: 'Read to its end, after the stream was resharded' }),
        }),
      )
      .meta({ description: "Who reads which shard. How far behind they are is in the streams' metrics" }),
    relays: z
      .array(z.object({ producer: z.string(), slots: z.int(), free: z.int(), renewedMsAgo: msAgo }))
      .meta({ description: 'Who relays which outbox; `renewedMsAgo` of the slot that waits longest' }),
    outbox: z
      .array(z.object({ producer: z.string(), rows: counted }))
      .meta({ description: 'What has not left yet' }),
    quarantine: z
      .array(z.object({ consumer: z.string(), quarantined: counted, parked: counted }))
      .meta({ description: 'Records that could not be processed, and those that wait behind them' }),
    messages: z.object({
      queued: counted,
      oldestQueuedMsAgo: msAgo.nullable(),
      held: counted,
      nextDueAt: instant.nullable(),
      ambiguous: counted.meta({ description: 'Requests of which nobody knows yet whether they were taken' }),
    }),
    carriers: z.array(
      z.object({
        carrier: z.string(),
        aliveMsAgo: msAgo.meta({ description: 'When a gateway listened last' }),
        outageSince: instant
          .nullable()
          .meta({ description: 'Nothing is sent until what people texted since was fetched' }),
        sweptAt: instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'System' });

/** The system as the database knows it. */
export const systemOperations: readonly Operation[] = [
  read({
    id: 'getSystem',
    path: '/v1/system',
    tag: 'System',
    summary: 'How the parts of the system stand, as the database knows it',
    access: 'viewer',
    replies: { 200: { description: 'The state of now', body: systemSchema } },
    handle: async (_request, db) => {
      const [leases, relays, outbox, quarantine, waiting, watch] = await Promise.all([
        readShardLeases(db),
        readRelays(db),
        readOutboxDepth(db),
        readQuarantine(db),
        readWaiting(db),
        readWatch(db),
      ]);
      return reply(200, {
        consumers: leases.map(({ source: stream, ...lease }) => ({ ...lease, stream })),
        relays,
        outbox,
        quarantine,
        messages: { ...waiting, nextDueAt: waiting.nextDueAt?.toISOString() ?? null },
        carriers: watch.map((each) => ({
          ...each,
          outageSince: each.outageSince?.toISOString() ?? null,
          sweptAt: each.sweptAt?.toISOString() ?? null,
        })),
      });
    },
  }),
];
