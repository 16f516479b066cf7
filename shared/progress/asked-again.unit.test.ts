import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { execute } from '#shared/dialog/batch.ts';
import {
  facts,
  handwashing,
  personWith,
  programme as sample,
  texted,
  vaccines,
} from '#shared/dialog/sample-dialog.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { followBatch, type ProgressRow } from './next-drill.ts';

const programme: Programme = { ...sample, drills: [vaccines.slug, handwashing.slug] };
const BEGAN = Date.parse('2026-11-21T15:00:00.000Z');

describe('A person who asks again while nobody follows', () => {
  it('is given a drill once, however long it takes', () => {
    fc.assert(
      fc.property(
        // When they ask, and how long after the last of it progress is back, in seconds.
        fc.array(fc.integer({ min: 0, max: 3_600 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 86_400 }),
        (asked, away) => {
          let state = personWith();
          const batches: DialogEventBatch[] = [];
          const happens = (command: DialogCommand, seconds: number): void => {
            const drill = [vaccines, handwashing].find(
              ({ slug }) => command.type === 'START_DRILL' && command.payload.drillSlug === slug,
            );
            const done: { batch: DialogEventBatch; state: DialogState } | null = execute(
              command,
              state,
              { ...facts, drill: drill ?? null },
              new Date(BEGAN + seconds * 1_000),
            );
            if (done === null) return;
            state = done.state;
            batches.push(done.batch);
          };
          const instants = asked.toSorted((a, b) => a - b);
          for (const [n, seconds] of instants.entries()) happens(texted('more', {}, n + 1), seconds);
          const back = (instants.at(-1) ?? 0) + away;
          let rows: ProgressRow[] = [];
          let followed = 0;
          for (let round = 0; followed < batches.length; round += 1) {
            const commands: DialogCommand[] = [];
            for (const batch of batches.slice(followed)) {
              followed += 1;
              const step = followBatch(batch, programme, rows);
              const table = new Map(rows.map((row) => [row.drillSlug, row]));
              for (const slug of step.removed) table.delete(slug);
              for (const row of step.written) table.set(row.drillSlug, row);
              rows = [...table.values()];
              commands.push(...step.commands);
            }
            for (const command of commands) happens(command, back + round);
          }
          const begun = batches.flatMap(({ events }) =>
            events.flatMap((event) => (event.type === 'DRILL_STARTED' ? [event.drill.slug] : [])),
          );
          assert.deepEqual(begun, [vaccines.slug]);
          assert.deepEqual(
            rows.map(({ drillInstanceId, drillSlug }) => ({ drillInstanceId, drillSlug })),
            [{ drillInstanceId: state.drillInstanceId, drillSlug: vaccines.slug }],
          );
        },
      ),
    );
  });
});
