import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Operation, read, reply } from '../http/operation.ts';
import { instant } from '../http/time.ts';
import { COUNTED, readMessageCounts, readOptOuts, readWaiting } from './store.ts';

const DAY_MS = 24 * 60 * 60_000;

const counted = z.int().meta({ description: 'Of the newest entries that are counted' });

const overviewSchema = z
  .object({
    since: instant.meta({ description: 'What is counted is not older: the last 24 hours of business time' }),
    messages: z.object({
      received: counted,
      sent: counted.meta({ description: 'What carriers took, to send or to call' }),
      refused: counted.meta({ description: 'What carriers refused when they were asked' }),
      delivered: counted,
      undelivered: counted.meta({ description: 'Of what they took: not delivered, or failed' }),
      isAll: z
        .boolean()
        .meta({ description: `False: there were more than the ${COUNTED} newest, which are counted` }),
    }),
    repliers: counted.meta({ description: 'People who texted' }),
    reached: counted.meta({ description: 'People who were texted or called' }),
    optOuts: counted.meta({ description: 'People who took consent back' }),
    waiting: z.object({
      conversations: z
        .int()
        .meta({ description: `In which somebody has to answer; at most ${COUNTED} are counted` }),
      oldestAt: instant
        .nullable()
        .meta({ description: 'Newest text of the one that nothing was said in for longest' }),
    }),
  })
  .meta({ id: 'Overview' });

/** How it goes, at a look. */
export const overviewOperations = ({ clock }: { clock: Pick<Clock, 'now'> }): readonly Operation[] => [
  read({
    id: 'getOverview',
    path: '/v1/overview',
    tag: 'System',
    summary: 'What came and went in the last 24 hours, and who waits',
    access: 'viewer',
    replies: { 200: { description: 'As of now', body: overviewSchema } },
    handle: async (_request, db) => {
      const since = new Date(clock.now().getTime() - DAY_MS);
      const [messages, optOuts, waiting] = await Promise.all([
        readMessageCounts(db, since),
        readOptOuts(db, since),
        readWaiting(db),
      ]);
      const { reached, repliers, ...counts } = messages;
      return reply(200, {
        since: since.toISOString(),
        messages: counts,
        repliers,
        reached,
        optOuts,
        waiting: { ...waiting, oldestAt: waiting.oldestAt?.toISOString() ?? null },
      });
    },
  }),
];
