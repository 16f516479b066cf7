import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { keyOf, type ProgressKey } from './drill-progress-store.ts';
import { followBatch, type ProgressRow } from './next-drill.ts';
import { followPerson, type Participant } from './participant.ts';

/** Rows that a run of batches changed, per person and programme. */
export interface ProgressChanges {
  /** As they are now, by drill; null: gone. */
  rows: Map<string, ProgressRow | null>;
  key: ProgressKey;
}

export interface Followed {
  changes: ProgressChanges[];
  /** What comes of the batches, in their order. */
  commands: DialogCommand[];
  /** Those that something happened to. */
  people: Participant[];
}

/** Where people stand before a run of batches. */
export interface Standing {
  /** By `keyOf`. Changed with the run. */
  progress: Map<string, ProgressRow[]>;
  participants: readonly Participant[];
}

/**
 * Follows batches in order, in memory: each sees what those before it did. The one rule by which progress follows from
 * events, for whoever reads them from the stream and whoever reads them again. Batches without a programme start nothing, and
 * still may change who somebody is.
 */
export function follow(
  batches: readonly DialogEventBatch[],
  programmeOf: (slug: string) => Programme | null,
  { participants, progress }: Standing,
): Followed {
  const changes = new Map<string, ProgressChanges>();
  const commands: DialogCommand[] = [];
  const byPhone = Map.groupBy(participants, ({ phoneNumber }) => phoneNumber);
  const unchanged = new Set(participants);
  for (const batch of batches) {
    const { phoneNumber } = batch;
    const programme = batch.programmeSlug === null ? null : programmeOf(batch.programmeSlug);
    if (programme !== null) followInProgramme(batch, programme);
    const people = followPerson(batch, byPhone.get(phoneNumber) ?? [], {
      programmeOf,
      rowsOf: (programmeSlug) => progress.get(keyOf({ phoneNumber, programmeSlug })) ?? [],
    });
    byPhone.set(phoneNumber, people);
  }
  const people = [...byPhone.values()].flat().filter((person) => !unchanged.has(person));
  return { changes: [...changes.values()], commands, people };

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
    commands.push(...step.commands);
  }
}
