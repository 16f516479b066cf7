import assert from 'node:assert/strict';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import {
  drills,
  facts,
  id,
  now,
  person,
  programme,
  startOf,
  texted,
  update,
} from '#shared/dialog/sample-dialog.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { keyOf } from './drill-progress-store.ts';
import { follow } from './follow.ts';

const another: Programme = { ...programme, slug: 'another' };
const programmeOf = (slug: string) => [programme, another].find((each) => each.slug === slug) ?? null;

/** Somebody begins a drill of one question; the number goes to another programme; they answer. */
function history(): readonly DialogEventBatch[] {
  const { batches } = executeBatch({
    ...{ states: new Map(), versions: new Map(), processed: new Set<string>(), now },
    commands: [
      update({ profile: { validated: true } }, 1),
      startOf('one-question', id(900), 2),
      texted('a', undefined, 3),
    ],
    factsOf: (command) => ({
      ...facts,
      programme: command.type === 'INBOUND_SMS' ? another : programme,
      drill: drills.find(({ slug }) => slug === 'one-question') ?? null,
    }),
  });
  return batches;
}

describe('Progress of a drill that ends when its number is another programme’s', () => {
  it('is of the programme that it began in', () => {
    const batches = history();
    const types = batches.flatMap(({ events }) => events.map(({ type }) => type));
    assert.ok(types.includes('DRILL_COMPLETED'), types.join());
    const progress = new Map();
    const { changes } = follow(batches, programmeOf, { participants: [], progress });
    const key = { phoneNumber: person, programmeSlug: 'clean-hands' };
    const rows = changes.find((each) => each.key.programmeSlug === 'clean-hands')?.rows;
    const row = rows?.get('one-question') ?? assert.fail('it has no row');
    assert.notEqual(row.completedAt, null);
    assert.deepEqual(progress.get(keyOf(key)), [row]);
    assert.deepEqual(progress.get(keyOf({ ...key, programmeSlug: 'another' })), []);
  });
});
