import { readFile } from 'node:fs/promises';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { DrillSnapshots } from '#shared/dialog/drill-snapshots.ts';
import { rebuild } from '#shared/dialog/evolve.ts';
import { replayAnswers } from '#shared/dialog/replay-answers.ts';
import { readBatches, readStates, writeStates } from '#shared/dialog/store.ts';
import { parseContentFile } from '#shared/drills/content-file.ts';
import { closeFence } from '#shared/erasure/fence.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { FaultsFound, UsageError } from '../arguments.ts';
import type { Command, CommandContext } from '../consent/command.ts';
import { numberOf } from '../consent/revocations.ts';
import { differences } from './differences.ts';

/** People's dialogs against the events that they follow from. */

/** People that are compared in one go. */
const PAGE = 200;
/** People that differ who are listed; the others are counted. */
const SHOWN = 50;

const show: Command = {
  usage: [
    'dialog show NUMBER',
    'prints where a person’s dialog stands, every batch of events, and whether the one follows from the others',
  ],
  options: {},
  async run(words, _options, { pool, say }) {
    const phone = numberOf(words);
    const { batches, found, stored } = await inTransaction(pool, (tx) => compare(tx, phone));
    if (stored === null && batches.length === 0) return say('no dialog with this number');
    for (const { events, occurredAt, origin, version } of batches) {
      const types = events.map(({ type }) => type).join(' ');
      say(`${String(version).padStart(5)}  ${occurredAt}  ${origin.kind.padEnd(7)}  ${types}`);
    }
    say(JSON.stringify(stored, null, 2));
    say(found.length === 0 ? 'as its events say' : found.join('\n'));
  },
};

const check: Command = {
  usage: [
    'dialog check [NUMBER]',
    'rebuilds the dialog of one person, or of everybody, from events and says where what is stored differs; ends with 1 where it does',
  ],
  options: {},
  async run(words, _options, context) {
    const { checked, differing } =
      words.length > 0 ? await checkOne(numberOf(words), context) : await checkAll(context);
    context.say(`${checked} dialogs compared, ${differing} differ from their events`);
    if (differing > 0) {
      throw new FaultsFound(
        'some dialogs are not what their events say: `dialog rebuild NUMBER` stores what they do',
      );
    }
  },
};

const rebuildOne: Command = {
  usage: [
    'dialog rebuild NUMBER [--yes]',
    'stores a person’s dialog as its events say; without --yes only says what would change',
  ],
  options: { yes: { type: 'boolean' } },
  async run(words, options, { clock, pool, say }) {
    const phone = numberOf(words);
    await inTransaction(pool, async (tx) => {
      // No batch that has read what is stored is under way: what the dialog writes next follows from what is stored here.
      await closeFence(tx);
      const { found, rebuilt } = await compare(tx, phone);
      for (const line of found) say(line);
      if (found.length === 0) return say('nothing to do: it is as its events say');
      if (rebuilt === null) return say('there are no events to rebuild it from');
      if (!options.yes) return say('nothing was done; --yes would store what the events say');
      await writeStates(tx, new DrillSnapshots(), [rebuilt], clock.now());
      return say('rebuilt');
    });
  },
};

const replay: Command = {
  usage: [
    'dialog replay NUMBER FILE',
    'puts a person’s answers to the version of a drill in a file, and says which would be taken for something else',
  ],
  options: {},
  async run(words, _options, { pool, say }) {
    const [number, file, ...more] = words;
    if (number === undefined || file === undefined || more.length > 0) {
      throw new UsageError('dialog replay takes a phone number and the file of a drill');
    }
    const phone = numberOf([number]);
    const { content, describe, faults } = parseContentFile(file, await readFile(file, 'utf8'));
    if (faults.length > 0) throw new UsageError(faults.map(describe).join('\n'));
    if (content?.kind !== 'drill') throw new UsageError(`${file} holds no drill`);
    const replayed = replayAnswers(await readBatches(pool, phone), content.drill);
    const changed = replayed.filter(({ was, wouldBe }) => was !== wouldBe);
    for (const { answer, answeredAt, prompt, was, wouldBe } of changed) {
      say(`${answeredAt}  ${prompt}: ${JSON.stringify(answer)} was ${was}, would be ${wouldBe}`);
    }
    say(
      `${replayed.length} answers to ${content.drill.slug}, ${changed.length} would be taken for something else`,
    );
  },
};

/** What checks and mends dialogs, by its words. */
export const dialogCommands: Readonly<Record<string, Command>> = {
  'dialog show': show,
  'dialog check': check,
  'dialog rebuild': rebuildOne,
  'dialog replay': replay,
};

interface Compared {
  stored: DialogState | null;
  rebuilt: DialogState | null;
  batches: readonly DialogEventBatch[];
  found: string[];
}

/** One person, in one transaction: what is stored, what the events say, and where the two differ. */
async function compare(tx: Transaction, phone: PhoneNumber): Promise<Compared> {
  const stored = (await readStates(tx, new DrillSnapshots(), [phone])).get(phone) ?? null;
  const batches = await readBatches(tx, phone);
  const rebuilt = rebuild(batches);
  return { stored, rebuilt, batches, found: differences(stored, rebuilt) };
}

interface Counts {
  checked: number;
  differing: number;
}

async function checkOne(phone: PhoneNumber, { pool, say }: CommandContext): Promise<Counts> {
  const { found } = await inTransaction(pool, (tx) => compare(tx, phone));
  for (const line of found) say(`${phone}  ${line}`);
  return { checked: 1, differing: found.length > 0 ? 1 : 0 };
}

async function checkAll({ pool, say }: CommandContext): Promise<Counts> {
  const counts: Counts = { checked: 0, differing: 0 };
  for (let after: PhoneNumber | null = null; ; ) {
    const page: readonly PhoneNumber[] = await phonesAfter(pool, after);
    const last = page.at(-1);
    if (last === undefined) return counts;
    after = last;
    const differing = await inTransaction(pool, (tx) => comparePage(tx, page));
    counts.checked += page.length;
    for (const { found, phone } of differing) {
      if (counts.differing < SHOWN) for (const line of found) say(`${phone}  ${line}`);
      counts.differing += 1;
    }
  }
}

async function phonesAfter(pool: Pool, after: PhoneNumber | null): Promise<PhoneNumber[]> {
  const { rows } = await pool.query<{ phone_number: PhoneNumber }>(
    `SELECT phone_number FROM dialog_state WHERE phone_number > $1 ORDER BY phone_number LIMIT $2`,
    [after ?? '', PAGE],
  );
  return rows.map((row) => row.phone_number);
}

/** Those of a page who differ. Read as of one moment: what happens meanwhile is in all of it or in nothing. */
async function comparePage(
  tx: Transaction,
  phones: readonly PhoneNumber[],
): Promise<{ phone: PhoneNumber; found: string[] }[]> {
  await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
  const states = await readStates(tx, new DrillSnapshots(), phones);
  const { rows } = await tx.query<{ phone_number: string; batch: DialogEventBatch }>(
    'SELECT phone_number, batch FROM dialog_event_batch WHERE phone_number = ANY ($1) ORDER BY phone_number, version',
    [phones],
  );
  const batches = Map.groupBy(rows, (row) => row.phone_number);
  return phones.flatMap((phone) => {
    const its = (batches.get(phone) ?? []).map(({ batch }) => batch);
    const found = differences(states.get(phone) ?? null, rebuild(its));
    return found.length === 0 ? [] : [{ phone, found }];
  });
}
