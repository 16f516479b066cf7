import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { Drills, PublishedContent } from '#shared/drills/drills.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import { followBatch, type ProgressRow } from './next-drill.ts';
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
    const progress = await readProgress(tx, [...new Set(batches.map(({ phoneNumber }) => phoneNumber))]);
    const { changes, entries } = followAll(batches, await drills.current(), progress);
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
    return { entries };
  });
}

/** Follows batches in order, in memory: each sees what those before it did. Batches without a programme do nothing. */
function followAll(
  batches: readonly DialogEventBatch[],
  drills: PublishedContent,
  progress: Map<string, ProgressRow[]>,
): { changes: Changes[]; entries: OutboxEntry[] } {
  const changes = new Map<string, Changes>();
  const entries: OutboxEntry[] = [];
  for (const batch of batches) {
    const programme = batch.programmeSlug === null ? null : drills.programme(batch.programmeSlug);
    if (programme === null) continue;
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
  return { changes: [...changes.values()], entries };
}
