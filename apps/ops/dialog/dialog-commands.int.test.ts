import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#shared/clock.ts';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import {
  facts,
  handwashing,
  id,
  now,
  person,
  startOf,
  texted,
  validCode,
} from '#shared/dialog/sample-dialog.ts';
import { appendBatches, readStates, writeStates } from '#shared/dialog/store.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { TEST_KEY_PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { FaultsFound, UsageError } from '../arguments.ts';
import { runConsentCommand } from '../consent/run.ts';

describe('An operator, about dialogs,', () => {
  let database: TestDatabase;
  let folder: string;

  before(async () => {
    database = await createDatabase();
    folder = await mkdtemp(join(tmpdir(), 'ops-'));
  });
  after(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** A person who has answered one question wrong and then right, and is asked the next. */
  beforeEach(async () => {
    await emptyTables(database.adminPool, 'dialog_state, dialog_event_batch');
    const commands: DialogCommand[] = [
      texted('CLEAN2026', undefined, 1),
      startOf('handwashing', id(900), 2),
      texted('5 seconds', undefined, 3),
      texted('20 seconds', undefined, 4),
    ];
    const { batches, changed } = executeBatch({
      ...{ commands, states: new Map(), versions: new Map(), processed: new Set(), now },
      factsOf: (command) => ({
        ...facts,
        drill: command.type === 'START_DRILL' ? handwashing : null,
        codeVerdict: command.commandId === id(1) ? validCode : { valid: false },
      }),
    });
    await inTransaction(database.adminPool, async (tx) => {
      await writeStates(tx, new DrillSnapshots(), [...changed.values()], now);
      await appendBatches(tx, batches);
    });
  });

  const ops = async (...args: string[]): Promise<string> => {
    const said: string[] = [];
    await runConsentCommand(args, {
      pool: database.adminPool,
      clock: systemClock(),
      pseudonyms: testPseudonyms,
      keyPepper: TEST_KEY_PEPPER,
      say: (line) => said.push(line),
      by: 'ann',
    }).catch((error: unknown) => {
      if (!(error instanceof FaultsFound)) throw error;
      said.push('faults found');
    });
    return said.join('\n');
  };
  const spoil = (): Promise<unknown> =>
    database.adminPool.query(
      `UPDATE dialog_state SET state = jsonb_set(state::jsonb, '{profile,validated}', 'false')::json`,
    );
  const stored = () =>
    inTransaction(database.adminPool, (tx) => readStates(tx, new DrillSnapshots(), [person]));

  it('sees what happened, and that the state follows from it', async () => {
    const said = await ops('dialog', 'show', person);
    assert.match(said, /1 {2}2026-11-21T15:00:00.000Z {2}reply {4}USER_VALIDATED/);
    assert.match(said, /4 .*COMPLETED_PROMPT ADVANCED_TO_NEXT_PROMPT/);
    assert.match(said, /as its events say$/);
    assert.equal(await ops('dialog', 'show', '+14155550188'), 'no dialog with this number');
  });

  it('finds who differs, and stores what the events say when told to', async () => {
    assert.equal(await ops('dialog', 'check'), '1 dialogs compared, 0 differ from their events');
    const before = await stored();
    await spoil();
    const difference = `${person}  profile.validated: stored false, by its events true`;
    for (const args of [
      ['dialog', 'check'],
      ['dialog', 'check', person],
    ]) {
      const said = await ops(...args);
      assert.equal(said, `${difference}\n1 dialogs compared, 1 differ from their events\nfaults found`);
    }
    assert.match(await ops('dialog', 'rebuild', person), /--yes would store what the events say$/);
    assert.notDeepEqual(await stored(), before);
    assert.match(await ops('dialog', 'rebuild', person, '--yes'), /rebuilt$/);
    assert.deepEqual(await stored(), before);
    assert.match(await ops('dialog', 'rebuild', person, '--yes'), /^nothing to do/);
  });

  it('sees what another version of a drill would make of the answers', async () => {
    const file = join(folder, 'handwashing.yaml');
    await writeFile(
      file,
      `kind: drill
slug: handwashing
name: Hand washing
version: 2
defaultLanguage: en
prompts:
  - slug: how-long
    messages: [{ text: { en: "How long?" } }]
    correctResponse: { en: "5 seconds" }
`,
    );
    assert.equal(
      await ops('dialog', 'replay', person, file),
      [
        '2026-11-21T15:00:00.000Z  how-long: "5 seconds" was wrong, would be right',
        '2026-11-21T15:00:00.000Z  how-long: "20 seconds" was right, would be unasked',
        '2 answers to handwashing, 2 would be taken for something else',
      ].join('\n'),
    );
    await writeFile(file, 'kind: drill\nslug: handwashing\n');
    await assert.rejects(ops('dialog', 'replay', person, file), UsageError);
    await assert.rejects(ops('dialog', 'replay', person), UsageError);
  });
});
