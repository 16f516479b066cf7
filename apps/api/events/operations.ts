import { z } from 'zod';
import { topicSchema } from '#shared/live-events/stream.ts';
import { type Operation, stream } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import type { Hub } from './hub.ts';

const MAX_TOPICS = 50;
/** Streams of one key or person. */
export const MAX_STREAMS_EACH = 100;
/** Streams of one task. */
export const MAX_STREAMS = 5_000;

const eventSchema = z.string().meta({
  description:
    'Events `update`, with `{"topic", "payload"}` as data, and `reset`. Lines as of https://html.spec.whatwg.org/multipage/server-sent-events.html.',
  example: 'id: 1790000000000-0\nevent: update\ndata: {"topic":"system","payload":{"queued":3}}\n\n',
});

const topics = z
  .string()
  .max(4_000)
  .transform((text) => text.split(','))
  .pipe(z.array(topicSchema).max(MAX_TOPICS))
  .optional()
  .meta({
    description: 'Only of these topics, up to 50, with commas between them; by default of all',
    example: 'system,campaign:0197c5d0-5b0a-7000-8000-000000000000',
  });

/** What happens, as it happens. */
export function eventOperations({ hub }: { hub: Hub }): readonly Operation[] {
  const streamsOf = new Map<string, number>();
  return [
    stream({
      id: 'streamEvents',
      path: '/v1/events',
      tag: 'Live events',
      summary: 'Streams what happens, as server-sent events',
      description: [
        'An `update` says how something stands now: fetching it again is never wrong and never needed. At most two a second of one topic; of more, the newest.',
        'After `reset` something was missed: fetch again what you show. A client that reconnects with the id of its last event gets what came since, or `reset` where that is not known any more. An update may come twice.',
        'The stream ends now and then, with the time after which to come back: browsers do by themselves.',
      ].join('\n\n'),
      access: 'viewer',
      query: z.strictObject({ topics }),
      reply: { description: 'A stream that stays open', body: eventSchema },
      start: ({ identity, query }, { lastEventId, open }) => {
        const who = `${identity?.kind} ${identity?.id}`;
        const before = streamsOf.get(who) ?? 0;
        if (before >= MAX_STREAMS_EACH) {
          throw new Problem('too_many_requests', `You have ${before} streams open already. Close one.`, {
            headers: { 'retry-after': '60' },
          });
        }
        if (hub.size >= MAX_STREAMS) {
          throw new Problem('unavailable', 'Too many are listening. Try again in a moment.', {
            headers: { 'retry-after': '5' },
          });
        }
        streamsOf.set(who, before + 1);
        const listener = open();
        const detach = hub.attach(listener, { topics: query.topics ?? null, lastEventId });
        listener.onClose(() => {
          detach();
          const left = (streamsOf.get(who) ?? 1) - 1;
          if (left === 0) streamsOf.delete(who);
          else streamsOf.set(who, left);
        });
      },
    }),
  ];
}
