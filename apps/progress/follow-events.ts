import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { Drills, PublishedContent } from '#shared/drills/drills.ts';
import type { Programme } from '#shared/drills/programme.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { followBatch, type ProgressRow } from './next-drill.ts';
import { followPerson, type Participant } from './participant.ts';
import { lockParticipants, writeParticipants } from './participant-store.ts';
import { foldReports } from './reports/fold.ts';
import { readInFlight, writeReports } from './reports/store.ts';
import {
  keyOf,
  type ProgressChange,
  type ProgressKey,
  readProgress,
  removeProgress,
  writeProgress,
} from './store.ts';

/** Rows that a run of batches changed, per person and programme. */
interface Changes {
  /** As they are now, by drill; null: gone. */
  rows: Map<string, ProgressRow | null>;
  key: ProgressKey;
}

/** Progress as a consumer of dialog events: rows change and commands leave in the transaction that read the events. */
export function progressConsumer(
  drills: Drills,
  pseudonyms: Pseudonyms,
): StreamConsumerDefinition<DialogEventBatch> {
  return dialogEventConsumer('progress', pseudonyms, async (tx, batches) => {
    const phones = [...new Set(batches.map(({ phoneNumber }) => phoneNumber))];
    // First: what the schedule does meanwhile is done before what is read next, or after all of this.
    const participants = await lockParticipants(tx, phones);
    const progress = await readProgress(tx, phones);
    const { changes, entries, people } = followAll(batches, await drills.current(), progress, participants);
    const written: ProgressChange[] = [];
    const gone: (ProgressKey & { drillSlug: string })[] = [];
    for (const { key, rows } of changes) {
      for (const [drillSlug, row] of rows) {
        if (row === null) gone.push({ ...key, drillSlug });
        else written.push({ ...key, ...row });
      }
    }
    await removeProgress(tx, gone);
    await writeProgress(tx, written);
    await writeParticipants(tx, people);
    await writeReports(tx, foldReports(batches, await readInFlight(tx, phones)));
    return { entries };
  });
}

/**
 * Follows batches in order, in memory: each sees what those before it did. Batches without a programme start nothing, and
 * still may change who somebody is. `people`: those that something happened to.
 */
function followAll(
  batches: readonly DialogEventBatch[],
  drills: PublishedContent,
  progress: Map<string, ProgressRow[]>,
  participants: readonly Participant[],
): { changes: Changes[]; entries: OutboxEntry[]; people: Participant[] } {
  const changes = new Map<string, Changes>();
  const entries: OutboxEntry[] = [];
  const byPhone = Map.groupBy(participants, ({ phoneNumber }) => phoneNumber);
  const unchanged = new Set(participants);
  for (const batch of batches) {
    const { phoneNumber } = batch;
    const programme = batch.programmeSlug === null ? null : drills.programme(batch.programmeSlug);
    if (programme !== null) followInProgramme(batch, programme);
    const people = followPerson(batch, byPhone.get(phoneNumber) ?? [], {
      programmeOf: (slug) => drills.programme(slug),
      rowsOf: (programmeSlug) => progress.get(keyOf({ phoneNumber, programmeSlug })) ?? [],
    });
    byPhone.set(phoneNumber, people);
  }
  const people = [...byPhone.values()].flat().filter((person) => !unchanged.has(person));
  return { changes: [...changes.values()], entries, people };

  function followInProgramme(batch: DialogEventBatch, programme: Programme): void {
    const key = { phoneNumber: batch.phoneNumber, programmeSlug: programme.slug };
    const rows = progress.get(keyOf(key)) ?? [];
    const step = followBatch(batch, programme, rows);
    const change = changes.get(keyOf(key)) ?? { key, rows: new Map() };
    for (const slug of step.removed) change.rows.set(slug, null);
    for (const row of step.written) change.rows.set(row.drillSlug, row);
    changes.set(keyOf(key), change);
    const replaced = new Set([...step.removed, ...step.written.map((row) => row.drillSlug)]);
    progress.set(keyOf(key), [...rows.filter((row) => !replaced.has(row.drillSlug)), ...step.written]);
    for (const command of step.commands) {
      entries.push({
        kind: 'stream',
        target: 'dialog-commands',
        orderingKey: command.phoneNumber,
        body: JSON.stringify(command),
      });
    }
  }
}
