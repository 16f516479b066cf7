import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { type DeadEntries, type DeadEntry, MOST_DEAD } from '#shared/sqs/dead-entries.ts';
import { type QueueName, queues, type ServiceName } from '#shared/topology.ts';
import { type ChangeTools, change, type Operation, read, reply, search } from '../http/operation.ts';
import { shownPhone } from '../http/phone.ts';
import { instant } from '../http/time.ts';

const tag = 'System';
const names = Object.keys(queues) as [QueueName, ...QueueName[]];
const queueSchema = z.enum(names).meta({ id: 'QueueName', description: 'The queue that gave them up' });

const entrySchema = z
  .object({
    id: z.string(),
    queue: queueSchema,
    phoneNumber: shownPhone,
    body: z.string().meta({ description: 'As it was sent: the turn of a phone, and no words' }),
    receives: z.int().meta({ description: 'How often it was handed out, before and since it was given up' }),
    sentAt: instant,
  })
  .meta({ id: 'QueueDeadLetter' });

const listSchema = z
  .object({
    items: z.array(entrySchema),
    isAll: z.boolean().meta({ description: `False: there are more than these ${MOST_DEAD}` }),
  })
  .meta({ id: 'QueueDeadLetters' });

const ids = z
  .array(storableText.min(1).max(100).meta({ example: '5fea7756-0ea4-451a-a703-a558b933e274' }))
  .min(1)
  .max(MOST_DEAD);
const which = { queue: queueSchema, ids };
const why = storableText.trim().min(3).max(500).meta({ description: 'For whoever looks at it later' });

const outcomeSchema = z
  .object({
    settled: z.int().meta({ description: 'Put into their queue again, or discarded' }),
    gone: z.array(z.string()).meta({
      description: 'Those that are not there: somebody has settled them, or looks at them at this moment',
    }),
  })
  .meta({ id: 'SettledQueueDeadLetters' });

const wire = (
  queue: QueueName,
  { body, groupId, id, receives, sentAt }: DeadEntry,
): z.input<typeof entrySchema> => ({
  ...{ id, queue, body, receives },
  phoneNumber: groupId,
  sentAt: sentAt.toISOString(),
});

export interface QueueDeadLetterParts {
  clock: Clock;
  producer: ServiceName;
  deadEntries: DeadEntries;
}

const split = (entries: readonly DeadEntry[], wanted: readonly string[]) => {
  const found = entries.filter(({ id }) => wanted.includes(id));
  const there = new Set(found.map(({ id }) => id));
  return { found, gone: [...new Set(wanted)].filter((id) => !there.has(id)) };
};

/** Turns of phones that a queue gave up on. Beside records of streams (`/v1/dead-letters`), which PostgreSQL keeps. */
export const queueDeadLetterOperations = (parts: QueueDeadLetterParts): readonly Operation[] => {
  const { clock, deadEntries, producer } = parts;
  return [
    read({
      id: 'listQueueDeadLetters',
      path: '/v1/queue-dead-letters',
      tag,
      summary: 'Lists entries that a queue gave up on',
      description:
        "A phone's turn that failed five times. Its messages are still in the table, and get another turn by themselves after a quarter of an hour (`docs/runbooks/dead-letters.md`). Of one phone the ten oldest.",
      access: 'viewer',
      query: z.strictObject({ queue: queueSchema }),
      replies: { 200: { description: 'They are', body: listSchema } },
      handle: async ({ query: { queue } }) => {
        const body = await deadEntries.take(queue, async (entries, isAll) => ({
          done: [],
          result: { items: entries.map((entry) => wire(queue, entry)), isAll },
        }));
        return reply(200, body);
      },
    }),
    search({
      id: 'rehearseQueueDeadLetters',
      path: '/v1/queue-dead-letters/rehearsal',
      tag,
      summary: 'What a redrive or a discard would do, without doing it',
      access: 'admin',
      body: z.strictObject(which).meta({ id: 'RehearsalOfQueueDeadLetters' }),
      replies: { 200: { description: 'What would become of them', body: outcomeSchema } },
      handle: async ({ body: { ids: wanted, queue } }) => {
        const outcome = await deadEntries.take(queue, async (entries) => {
          const { found, gone } = split(entries, wanted);
          return { done: [], result: { settled: found.length, gone } };
        });
        return reply(200, outcome);
      },
    }),
    change({
      id: 'redriveQueueDeadLetters',
      method: 'post',
      path: '/v1/queue-dead-letters/redrive',
      tag,
      summary: 'Puts entries into their queue again',
      description:
        'Harmless: an entry says that a phone has messages to send, and whoever takes it looks which. Mend the cause first, or it ends here again.',
      access: 'admin',
      body: z.strictObject(which).meta({ id: 'RedriveOfQueueDeadLetters' }),
      replies: { 200: { description: 'What became of them', body: outcomeSchema } },
      handle: async ({ body: { ids: wanted, queue } }, { tx, audit }) => {
        const outcome = await deadEntries.take(queue, async (entries) => {
          const { found, gone } = split(entries, wanted);
          // With the transaction: what is deleted here and never left is given another turn by the table.
          await writeSlotOutbox(
            tx,
            producer,
            found.map(({ body, groupId }) => ({
              kind: 'queue',
              target: queue,
              orderingKey: groupId,
              deduplicationId: clock.newId(),
              body,
            })),
          );
          noteAll(audit, { queue, found, gone, action: 'redriven', why: null });
          return { done: found.map(({ id }) => id), result: { settled: found.length, gone } };
        });
        return reply(200, outcome);
      },
    }),
    change({
      id: 'discardQueueDeadLetters',
      method: 'post',
      path: '/v1/queue-dead-letters/discard',
      tag,
      summary: 'Deletes entries, with a reason',
      description:
        'For good: the entry is the only sign of which phone it was, so that stands in the audit log. Its messages stay, and get another turn by themselves.',
      access: 'admin',
      body: z.strictObject({ ...which, why }).meta({ id: 'DiscardOfQueueDeadLetters' }),
      replies: { 200: { description: 'What became of them', body: outcomeSchema } },
      handle: async ({ body: { ids: wanted, queue, why: said } }, { audit }) => {
        const outcome = await deadEntries.take(queue, async (entries) => {
          const { found, gone } = split(entries, wanted);
          noteAll(audit, { queue, found, gone, action: 'discarded', why: said });
          return { done: found.map(({ id }) => id), result: { settled: found.length, gone } };
        });
        return reply(200, outcome);
      },
    }),
  ];
};

/** Notes each entry by itself, with whose turn it was. What somebody said of it is the `reason`, which an erasure clears. */
function noteAll(
  audit: ChangeTools['audit'],
  {
    action,
    found,
    gone,
    queue,
    why: said,
  }: {
    queue: QueueName;
    found: readonly DeadEntry[];
    gone: readonly string[];
    action: 'redriven' | 'discarded';
    why: string | null;
  },
): void {
  const subject = 'queue-dead-letter';
  for (const { groupId, id } of found) {
    const after = { queue, phoneNumber: groupId, ...(said === null ? {} : { reason: said }) };
    audit({ subject, subjectId: id, action, before: null, after });
  }
  for (const id of gone)
    audit({ subject, subjectId: id, action: 'unchanged', before: null, after: { queue } });
}
