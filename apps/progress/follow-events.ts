import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { dialogEventConsumer } from '#shared/dialog-events/consumer.ts';
import type { Drills } from '#shared/drills/drills.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { OutboxEntry } from '#shared/outbox/entry.ts';
import {
  type ProgressChange,
  type ProgressKey,
  readProgress,
  removeProgress,
  writeProgress,
} from '#shared/progress/drill-progress-store.ts';
import { follow } from '#shared/progress/follow.ts';
import { lockParticipants, writeParticipants } from '#shared/progress/participant-store.ts';
import { foldReports } from '#shared/reports/fold.ts';
import { readInFlight, writeReports } from '#shared/reports/store.ts';

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
    const published = await drills.current();
    const { changes, commands, people } = follow(batches, (slug) => published.programme(slug), {
      participants,
      progress,
    });
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
    const entries = commands.map(
      (command): OutboxEntry => ({
        kind: 'stream',
        target: 'dialog-commands',
        orderingKey: command.phoneNumber,
        body: JSON.stringify(command),
      }),
    );
    return { entries };
  });
}
