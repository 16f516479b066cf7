import { z } from 'zod';
import { storableText } from '#shared/contracts/storable-text.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { discardBatch } from '#shared/quarantine/discard.ts';
import { type Put, redriveBatch } from '#shared/quarantine/redrive.ts';
import {
  findRecords,
  openStates,
  type Selection,
  type Settler,
  type Stays,
  settledAmong,
  stayCodes,
} from '#shared/quarantine/selection.ts';
import type { ServiceName } from '#shared/topology.ts';
import { type ChangeTools, change, type Operation, reply, search } from '../http/operation.ts';
import { Problem } from '../http/problem.ts';
import { nameOf } from '../identity/identity.ts';

/** Records in one request, so that a transaction stays short. */
const MOST = 100;

const id = z.string().regex(/^\d{1,15}$/, 'is no id of a dead letter');
const which = {
  ids: z
    .array(id.meta({ example: '12' }))
    .min(1)
    .max(MOST)
    .optional()
    .meta({ description: 'These' }),
  consumer: storableText
    .min(1)
    .max(60)
    .optional()
    .meta({ description: 'Those of this one', example: 'dialog' }),
  reason: storableText
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Those whose reason contains this', example: 'unreadable' }),
};
const says = (given: { ids?: unknown; consumer?: unknown; reason?: unknown }): boolean =>
  (given.ids === undefined) !== (given.consumer === undefined && given.reason === undefined);
const sayWhich = { message: 'give either ids, or consumer and reason' };

const redriveSchema = z
  .strictObject(which)
  .refine(says, sayWhich)
  .meta({ id: 'RedriveOfDeadLetters', example: { ids: ['391'] } });
const discardSchema = z
  .strictObject({
    ...which,
    why: storableText.trim().min(3).max(500).meta({ description: 'For whoever looks at it later' }),
  })
  .refine(says, sayWhich)
  .meta({
    id: 'DiscardOfDeadLetters',
    example: { ids: ['392'], why: 'A test of ours, nobody waits for it.' },
  });
const rehearsalSchema = z
  .strictObject({ ...which, does: z.enum(['redrive', 'discard']).meta({ description: 'What it would do' }) })
  .refine(says, sayWhich)
  .meta({ id: 'RehearsalOfDeadLetters', example: { ids: ['393'], does: 'redrive' } });

const outcomeSchema = z
  .object({
    settled: z.int().meta({ description: 'Put on their stream again, or discarded' }),
    woken: z.int().meta({ description: 'Phones that go on without what was discarded' }),
    stay: z
      .array(
        z.object({
          id: z.string(),
          code: z.enum(stayCodes).meta({
            description:
              '`never_on_a_stream`: the gateway kept it aside; `follows_by_itself`: it waits behind another; `another_comes_first`: of the same phone; `too_old`: the dialog has had it, and might do it again; `settled_meanwhile`: by somebody else',
          }),
          why: z.string(),
          settled: z
            .object({
              by: z.string().nullable(),
              as: z.enum(['redriven', 'discarded']),
              why: z.string().nullable().meta({ description: 'Where it was discarded, in their words' }),
            })
            .nullable()
            .meta({ description: 'Who was first, and what they did, where it is settled by now' }),
        }),
      )
      .meta({ description: 'That stay as they are, and why' }),
    more: z.boolean().meta({ description: `Whether there are more than these ${MOST}: ask again` }),
  })
  .meta({ id: 'SettledDeadLetters' });
type Outcome = z.input<typeof outcomeSchema>;

interface Parts {
  producer: ServiceName;
}

const selectionOf = (given: {
  ids?: string[] | undefined;
  consumer?: string | undefined;
  reason?: string | undefined;
}): Selection => ({
  ids: (given.ids ?? []).map(Number),
  consumer: given.consumer ?? null,
  reason: given.reason ?? null,
});

const wireStays = ({ id: number, ...stays }: Stays): Outcome['stay'][number] => ({
  ...stays,
  id: String(number),
  settled: null,
});

/** Of records that were to be settled, and were not by this request: those that somebody else has settled. */
async function settledByOthers(tx: Transaction, ids: readonly number[]): Promise<Outcome['stay']> {
  const settled = await settledAmong(tx, ids);
  return settled.map(({ by, id: number, state, why }) => ({
    id: String(number),
    code: 'settled_meanwhile',
    why: `${by ?? 'somebody'} has ${state === 'redriven' ? 'put it on its stream again' : 'discarded it'}`,
    settled: { by, as: state, why },
  }));
}

/** What is to be on a stream leaves with the transaction. No order is kept with what else the service writes: it is late anyway. */
async function throughOutbox<T>(
  tx: Transaction,
  producer: ServiceName,
  work: (put: Put) => Promise<T>,
): Promise<T> {
  const entries: OutboxEntry[] = [];
  const result = await work(async (target, orderingKey, body) => {
    entries.push({ kind: 'stream', target, orderingKey, body });
  });
  await writeSlotOutbox(tx, producer, entries);
  return result;
}

/** Settles what is selected, oldest first, at most `MOST`. `ids` are those that were. */
async function settle(
  tx: Transaction,
  does: 'redrive' | 'discard',
  selection: Selection,
  settler: Settler,
  { producer }: Parts,
): Promise<{ outcome: Outcome; ids: number[] }> {
  const found = await findRecords(tx, selection, openStates(selection), { after: 0, limit: MOST + 1 });
  const records = found.slice(0, MOST);
  const more = found.length > MOST;
  const upTo = records.at(-1)?.id ?? 0;
  const page = { after: 0, limit: MOST, upTo };
  const { ids, left, woken } = await throughOutbox(tx, producer, async (put) => {
    if (records.length === 0) return { ids: [], left: [], woken: 0 };
    if (does === 'redrive') return { ...(await redriveBatch(tx, put, selection, page, settler)), woken: 0 };
    return discardBatch(tx, put, selection, MOST, settler);
  });
  // Those that were named, and those that were open a moment ago.
  const meant = new Set([...selection.ids, ...records.map((record) => record.id)]);
  for (const each of [
    ...ids,
    ...left.filter(({ code }) => code !== 'settled_meanwhile').map((one) => one.id),
  ])
    meant.delete(each);
  const others = await settledByOthers(tx, [...meant]);
  const stay = [...left.filter(({ code }) => code !== 'settled_meanwhile').map(wireStays), ...others];
  if (ids.length + stay.length === 0) throw new Problem('not_found', 'There is no open record like that.');
  return { outcome: { settled: ids.length, woken, stay, more }, ids };
}

/** What a rehearsal ends with: whatever it did is rolled back. */
class Rehearsed extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super('it was a rehearsal');
    this.outcome = outcome;
  }
}

async function rehearse(db: Pool, run: (tx: Transaction) => Promise<{ outcome: Outcome }>): Promise<Outcome> {
  try {
    return await inTransaction(db, async (tx) => {
      throw new Rehearsed((await run(tx)).outcome);
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.outcome;
    throw error;
  }
}

/** Notes each record by itself, as whoever looks for one will. Their words are the `reason`, which an erasure clears. */
function noteAll(
  audit: ChangeTools['audit'],
  { ids, outcome }: { ids: number[]; outcome: Outcome },
  action: 'redriven' | 'discarded',
  why: string | null,
): void {
  for (const each of ids) {
    const after = { state: action, ...(why === null ? {} : { reason: why }) };
    audit({ subject: 'dead-letter', subjectId: String(each), action, before: null, after });
  }
  for (const { code, id: each } of outcome.stay) {
    audit({ subject: 'dead-letter', subjectId: each, action: 'unchanged', before: null, after: { code } });
  }
}

/** What is done with records that could not be processed. */
export const settleOperations = (parts: Parts): readonly Operation[] => [
  search({
    id: 'rehearseDeadLetters',
    path: '/v1/dead-letters/rehearsal',
    tag: 'System',
    summary: 'What a redrive or a discard would do, without doing it',
    description: 'The same work as theirs, in a transaction that is rolled back.',
    access: 'admin',
    body: rehearsalSchema,
    problems: ['not_found'],
    replies: { 200: { description: 'What would become of them', body: outcomeSchema } },
    handle: async ({ body: { does, ...given }, identity }, db) => {
      const settler = { by: nameOf(identity), why: null };
      return reply(200, await rehearse(db, (tx) => settle(tx, does, selectionOf(given), settler, parts)));
    },
  }),
  change({
    id: 'redriveDeadLetters',
    method: 'post',
    path: '/v1/dead-letters/redrive',
    tag: 'System',
    summary: 'Puts records on their stream again, oldest first',
    description:
      'As they were, with the same id: whoever has processed one knows it again. They come late: mend the cause first, and look at what they say. One that cannot be processed again is set aside again, as a new record. Waiting ones of the same phone follow by themselves.',
    access: 'admin',
    body: redriveSchema,
    problems: ['not_found'],
    replies: { 200: { description: 'What became of them', body: outcomeSchema } },
    handle: async ({ body, identity }, { tx, audit }) => {
      const settler = { by: nameOf(identity), why: null };
      const done = await settle(tx, 'redrive', selectionOf(body), settler, parts);
      noteAll(audit, done, 'redriven', null);
      return reply(200, done.outcome);
    },
  }),
  change({
    id: 'discardDeadLetters',
    method: 'post',
    path: '/v1/dead-letters/discard',
    tag: 'System',
    summary: 'Settles records without processing them, oldest first, with a reason',
    description:
      'For good; what they said is kept. What waits behind one of dialog events goes on without it. **A text may be a STOP: read it before.**',
    access: 'admin',
    body: discardSchema,
    problems: ['not_found'],
    replies: { 200: { description: 'What became of them', body: outcomeSchema } },
    handle: async ({ body: { why, ...given }, identity }, { tx, audit }) => {
      const done = await settle(tx, 'discard', selectionOf(given), { by: nameOf(identity), why }, parts);
      noteAll(audit, done, 'discarded', why);
      return reply(200, done.outcome);
    },
  }),
];
