import type { Instant } from '#shared/compliance/instant.ts';
import { parseProgramme } from '#shared/content/read.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { readPositions } from '#shared/dialog-events/positions.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { type ProgressChange, readProgress, removeProgress, writeProgress } from './drill-progress-store.ts';
import type { ProgressRow } from './next-drill.ts';
import { readParticipants, writeParticipants } from './participant-store.ts';
import { type KnownProgramme, type PersonStanding, type Rebuilt, rebuildPerson } from './rebuild.ts';

export interface RebuildParts {
  programmes: ReadonlyMap<string, KnownProgramme>;
  pseudonyms: Pseudonyms;
  now: Instant;
  /** The programme that matters; null: all do. */
  only: string | null;
}

/**
 * Which numbers a programme has is known to services alone, which know the default one and who owns what: here each has one for texts.
 * What follows from events asks for no more, and where it has none, whoever looks for what is due works that out.
 */
const SOME_NUMBER = phoneNumber('+12015550100');

/** All programmes as they stand. */
export async function readKnownProgrammes(db: Queryable): Promise<Map<string, KnownProgramme>> {
  const { rows } = await db.query<{ slug: string; definition: unknown; updated_at: Date }>(
    'SELECT slug, definition, updated_at FROM programme',
  );
  return new Map(
    rows.map(({ definition, slug, updated_at: updatedAt }) => [
      slug,
      {
        programme: { ...parseProgramme(definition), senderNumbers: [SOME_NUMBER] },
        changedAt: updatedAt.getTime(),
      },
    ]),
  );
}

/** Numbers of people of whom there is a dialog, progress or a participant, behind `after`, in order, at most `limit`. */
export async function peopleAfter(db: Queryable, after: string, limit: number): Promise<string[]> {
  // A pseudonym of somebody who was erased begins with another sign.
  const { rows } = await db.query<{ phone_number: string }>(
    `SELECT phone_number FROM (
       (SELECT phone_number FROM dialog_state WHERE phone_number > $1 AND phone_number LIKE '+%'
         ORDER BY phone_number LIMIT $2)
       UNION (SELECT DISTINCT phone_number FROM participant WHERE phone_number > $1 ORDER BY phone_number LIMIT $2)
       UNION (SELECT DISTINCT phone_number FROM drill_progress WHERE phone_number > $1 AND phone_number LIKE '+%'
               ORDER BY phone_number LIMIT $2)) AS people
      ORDER BY phone_number LIMIT $2`,
    [after, limit],
  );
  return rows.map((row) => row.phone_number);
}

/**
 * What is stored of these people, and what the events say that progress has followed. A handful of statements, however many
 * they are. To be called in a transaction in which progress does not go on: a snapshot, or behind the fence.
 */
export async function rebuildPeople(
  tx: Transaction,
  phones: readonly string[],
  { now, only, programmes, pseudonyms }: RebuildParts,
): Promise<Map<string, Rebuilt & { before: PersonStanding }>> {
  const positions = await readPositions(tx, 'progress', phones, pseudonyms);
  const participants = Map.groupBy(await readParticipants(tx, phones), ({ phoneNumber }) => phoneNumber);
  const progress = await readProgress(tx, phones);
  const batches = await readFollowed(tx, positions);
  const rowsOf = new Map<string, Map<string, ProgressRow[]>>();
  for (const [key, rows] of progress) {
    const [phone = '', slug = ''] = key.split(' ');
    const its = rowsOf.get(phone) ?? new Map<string, ProgressRow[]>();
    rowsOf.set(phone, its.set(slug, rows));
  }
  return new Map(
    phones.map((phone) => {
      const before: PersonStanding = {
        rows: rowsOf.get(phone) ?? new Map(),
        participants: participants.get(phone) ?? [],
      };
      return [
        phone,
        { ...rebuildPerson(batches.get(phone) ?? [], before, programmes, { now, only }), before },
      ];
    }),
  );
}

/** Stores people as their events say. The caller holds the fence: nobody else writes them. */
export async function writeRebuilt(
  tx: Transaction,
  people: ReadonlyMap<string, Rebuilt & { before: PersonStanding }>,
): Promise<void> {
  const written: ProgressChange[] = [];
  const gone: { phoneNumber: string; programmeSlug: string; drillSlug: string }[] = [];
  for (const [phoneNumber, { before, rows }] of people) {
    for (const [programmeSlug, list] of rows) {
      written.push(...list.map((row) => ({ phoneNumber, programmeSlug, ...row })));
      const kept = new Set(list.map(({ drillSlug }) => drillSlug));
      for (const { drillSlug } of before.rows.get(programmeSlug) ?? []) {
        if (!kept.has(drillSlug)) gone.push({ phoneNumber, programmeSlug, drillSlug });
      }
    }
  }
  await removeProgress(tx, gone);
  await writeProgress(tx, written);
  await writeParticipants(
    tx,
    [...people.values()].flatMap(({ participants }) => participants),
  );
}

/** Batches that were followed, by person, in order. */
export async function readFollowed(
  tx: Transaction,
  positions: ReadonlyMap<string, number>,
): Promise<Map<string, DialogEventBatch[]>> {
  const { rows } = await tx.query<{ batch: DialogEventBatch }>(
    `SELECT batch FROM unnest($1::text[], $2::bigint[]) AS followed(phone_number, position)
       JOIN dialog_event_batch USING (phone_number) WHERE version <= position ORDER BY phone_number, version`,
    [[...positions.keys()], [...positions.values()]],
  );
  return Map.groupBy(
    rows.map(({ batch }) => batch),
    ({ phoneNumber }) => phoneNumber,
  );
}
