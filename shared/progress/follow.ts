import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { keyOf, type ProgressKey } from './drill-progress-store.ts';
import { followBatch, followElsewhere, type ProgressRow, type ProgressStep } from './next-drill.ts';
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
  const given = programmesByPerson(progress);
  for (const batch of batches) {
    const { phoneNumber } = batch;
    const programme = batch.programmeSlug === null ? null : programmeOf(batch.programmeSlug);
    if (programme !== null) followInProgramme(batch, programme);
    for (const slug of given.get(phoneNumber) ?? []) {
      if (slug !== batch.programmeSlug) followInOther(batch, slug);
    }
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
    const step = followBatch(batch, programme, progress.get(keyOf(key)) ?? []);
    change(key, step);
    commands.push(...step.commands);
    const slugs = given.get(batch.phoneNumber) ?? new Set();
    given.set(batch.phoneNumber, slugs.add(programme.slug));
  }

  /** The number is another programme's by now; a drill is its own until it ends. */
  function followInOther(batch: DialogEventBatch, programmeSlug: string): void {
    const key = { phoneNumber: batch.phoneNumber, programmeSlug };
    const written = followElsewhere(batch, progress.get(keyOf(key)) ?? []);
    if (written.length > 0) change(key, { written, removed: [] });
  }

  function change(key: ProgressKey, { removed, written }: Pick<ProgressStep, 'removed' | 'written'>): void {
    const known = changes.get(keyOf(key)) ?? { key, rows: new Map() };
    for (const slug of removed) known.rows.set(slug, null);
    for (const row of written) known.rows.set(row.drillSlug, row);
    changes.set(keyOf(key), known);
    const replaced = new Set([...removed, ...written.map((row) => row.drillSlug)]);
    const rows = progress.get(keyOf(key)) ?? [];
    progress.set(keyOf(key), [...rows.filter((row) => !replaced.has(row.drillSlug)), ...written]);
  }
}

/** In which programmes people were given drills. */
function programmesByPerson(progress: ReadonlyMap<string, unknown>): Map<string, Set<string>> {
  const given = new Map<string, Set<string>>();
  for (const key of progress.keys()) {
    const [phone = '', slug = ''] = key.split(' ');
    given.set(phone, (given.get(phone) ?? new Set()).add(slug));
  }
  return given;
}
