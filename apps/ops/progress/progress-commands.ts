import { closeFence } from '#shared/erasure/fence.ts';
import { inSnapshot, inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { lockParticipants } from '#shared/progress/participant-store.ts';
import {
  peopleAfter,
  type RebuildParts,
  readKnownProgrammes,
  rebuildPeople,
  writeRebuilt,
} from '#shared/progress/rebuild-store.ts';
import { FaultsFound, UsageError } from '../arguments.ts';
import type { Command, CommandContext, Given } from '../consent/command.ts';
import { numberOf } from '../consent/revocations.ts';
import { differences } from '../dialog/differences.ts';

/** How far people are in programmes, against the events that it follows from. */

/** People that are compared in one go: their events are in memory at once. */
const PAGE = 100;
/** People that differ who are listed; the others are counted. */
const SHOWN = 50;

const show: Command = {
  usage: [
    'progress show NUMBER',
    'prints which drills a person was given, what is due for them, and whether it follows from their events',
  ],
  options: {},
  async run(words, _options, context) {
    const phone = numberOf(words);
    const parts = await partsOf(context, null);
    const found = await inSnapshot(context.pool, (tx) => rebuildPeople(tx, [phone], parts));
    const { before, byEvents, stored } = found.get(phone) ?? never();
    const { say } = context;
    if (before.participants.length === 0 && before.rows.size === 0 && Object.keys(byEvents).length === 0) {
      return say('takes part in nothing, and was given no drill');
    }
    for (const [programme, rows] of before.rows) {
      for (const row of rows) say(`${programme}  ${JSON.stringify(row)}`);
    }
    for (const person of before.participants) say(JSON.stringify(withDates(person), null, 2));
    const lines = differences(stored, byEvents);
    say(lines.length === 0 ? 'as the events say' : lines.join('\n'));
  },
};

const check: Command = {
  usage: [
    'progress check [NUMBER] [--programme SLUG]',
    'works out the progress of one person, or of everybody, from events and says where what is stored differs; ends with 1 where it does',
  ],
  options: { programme: { type: 'string' } },
  async run(words, options, context) {
    const { compared, differing } = await walk(words, options, context, 'compare');
    context.say(`${compared} people compared, ${differing} differ from their events`);
    if (differing > 0) {
      throw new FaultsFound(
        'some progress is not what events say: `progress rebuild` stores what they do, of one person or of everybody',
      );
    }
  },
};

const rebuildAll: Command = {
  usage: [
    'progress rebuild NUMBER|--programme SLUG|--all [--yes]',
    'stores the progress of one person, or of everybody, as events say; without --yes only says what would change',
  ],
  options: {
    programme: { type: 'string' },
    all: { type: 'boolean' },
    yes: { type: 'boolean' },
  },
  async run(words, options, context) {
    const chosen = [words.length > 0, options.programme !== undefined, options.all === true].filter(Boolean);
    if (chosen.length !== 1) throw new UsageError('one of NUMBER, --programme SLUG and --all says whose');
    const { compared, differing } = await walk(words, options, context, options.yes ? 'store' : 'compare');
    const { say } = context;
    if (differing === 0) return say(`nothing to do: ${compared} people are as their events say`);
    say(
      options.yes
        ? `${differing} of ${compared} people rebuilt`
        : `${differing} of ${compared} people differ; nothing was done; --yes would store what the events say`,
    );
  },
};

/** What checks and mends progress, by its words. */
export const progressCommands: Readonly<Record<string, Command>> = {
  'progress show': show,
  'progress check': check,
  'progress rebuild': rebuildAll,
};

type Doing = 'compare' | 'store';

async function walk(
  words: readonly string[],
  { programme }: Given,
  context: CommandContext,
  doing: Doing,
): Promise<{ compared: number; differing: number }> {
  const { pool, say } = context;
  const only = typeof programme === 'string' ? programme : null;
  const counts = { compared: 0, differing: 0 };
  let parts = await partsOf(context, only);
  if (only !== null && !parts.programmes.has(only)) throw new UsageError(`there is no programme ${only}`);
  const one = words.length > 0 ? numberOf(words) : null;
  for (let page = one ? [one] : await peopleAfter(pool, '', PAGE); page.length > 0; ) {
    const seen = await inSnapshot(pool, (tx) => comparePage(tx, page, parts, 'compare'));
    // Nobody waits for what is as it should be.
    const differing =
      doing === 'compare' || seen.length === 0
        ? seen
        : await storePage(
            pool,
            seen.map(({ phone }) => phone),
            parts,
          );
    counts.compared += page.length;
    for (const { found, phone } of differing) {
      if (counts.differing < SHOWN) for (const line of found) say(`${phone}  ${line}`);
      counts.differing += 1;
    }
    page = one ? [] : await peopleAfter(pool, page.at(-1) ?? '', PAGE);
    parts = await partsOf(context, only);
  }
  return counts;
}

/** Those of these people who still differ, stored as their events say. */
const storePage = (pool: Pool, phones: readonly string[], parts: RebuildParts) =>
  inTransaction(pool, async (tx) => {
    // What progress follows meanwhile waits for this, and comes after the events read here.
    await closeFence(tx);
    await lockParticipants(tx, phones);
    return comparePage(tx, phones, parts, 'store');
  });

/** Those of a page who differ, stored as their events say where that is what is done. */
async function comparePage(
  tx: Transaction,
  phones: readonly string[],
  parts: RebuildParts,
  doing: Doing,
): Promise<{ phone: string; found: string[] }[]> {
  const people = await rebuildPeople(tx, phones, parts);
  const differing = [...people].flatMap(([phone, person]) => {
    const found = differences(person.stored, person.byEvents);
    return found.length === 0 ? [] : [{ phone, found, person }];
  });
  if (doing === 'store')
    await writeRebuilt(tx, new Map(differing.map(({ person, phone }) => [phone, person])));
  return differing;
}

/** Programmes as they are at this moment. */
const partsOf = async (
  { clock, pool, pseudonyms }: CommandContext,
  only: string | null,
): Promise<RebuildParts> => ({
  programmes: await readKnownProgrammes(pool),
  pseudonyms,
  now: clock.now().getTime(),
  only,
});

/** Instants for people who read them. */
const withDates = (person: object): object =>
  Object.fromEntries(
    Object.entries(person).map(([name, value]) => [
      name,
      name.endsWith('At') && typeof value === 'number' ? new Date(value).toISOString() : value,
    ]),
  );

const never = (): never => {
  throw new Error('whoever is asked for is in the answer');
};
