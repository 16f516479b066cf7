import { knownAs, type StoredAnswer } from '#shared/contacts/exchange.ts';
import { addNews } from '#shared/contacts/news.ts';
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
    await addNews(tx, newsOf(batches));
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

/** After so long whoever wrote a contact before its dialog was there to be seen has committed, or never will. */
const SETTLED_MS = 60_000;

/** What may be of interest for people's contacts: answers that were stored, and that a dialog has begun. */
function newsOf(batches: readonly DialogEventBatch[]): Parameters<typeof addNews>[1] {
  return batches.flatMap(({ events, occurredAt, phoneNumber, profileBefore, programmeSlug, version }) => [
    ...(version === 1
      ? [{ phoneNumber, dueAt: new Date(Date.parse(occurredAt) + SETTLED_MS), answer: null }]
      : []),
    ...events.flatMap((event) => {
      if (event.type !== 'COMPLETED_PROMPT' || event.prompt.storeAs === undefined || event.response === '')
        return [];
      const { storeAs } = event.prompt;
      const answer: StoredAnswer = {
        storeAs,
        answer: event.response,
        before: knownAs(profileBefore, storeAs),
        programmeSlug,
        drillInstanceId: event.drillInstanceId,
        promptSlug: event.prompt.slug,
        eventId: event.eventId,
        answeredAt: event.occurredAt,
      };
      return [{ phoneNumber, dueAt: new Date(event.occurredAt), answer }];
    }),
  ]);
}
