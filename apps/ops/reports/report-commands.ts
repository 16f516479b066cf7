import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { readPositions } from '#shared/dialog-events/positions.ts';
import { closeFence } from '#shared/erasure/fence.ts';
import { inSnapshot, inTransaction, type Transaction } from '#shared/postgres/pool.ts';
import { peopleAfter, readFollowed } from '#shared/progress/rebuild-store.ts';
import { type DrillInstance, foldReports } from '#shared/reports/fold.ts';
import { MOST_WRONG_ANSWERS, readInstances, replaceInstances } from '#shared/reports/store.ts';
import { FaultsFound, UsageError } from '../arguments.ts';
import type { Command, CommandContext } from '../consent/command.ts';
import { differences } from '../dialog/differences.ts';
import { withReportsOfEvents } from './scratch.ts';

/** Reports of drills, and the drills of each person behind them, against the events that they add up. */

/** People that are compared in one go. */
const PAGE = 100;
/** Differences that are listed; the others are counted. */
const SHOWN = 50;

const check: Command = {
  usage: [
    'reports check',
    'works out reports of drills, and the drills that people went through, from events and says where what is stored differs; ends with 1 where it does',
  ],
  options: {},
  async run(words, _options, context) {
    none(words);
    const { differing } = await compare(context, { store: false, dropErased: false });
    if (differing > 0)
      throw new FaultsFound('some counts are not what events say: `reports rebuild` stores what they do');
  },
};

const rebuild: Command = {
  usage: [
    'reports rebuild [--yes] [--without-erased]',
    'stores reports as events say; without --yes only says what would change. Counts of people who were erased have no events any more: --without-erased gives them up',
  ],
  options: { yes: { type: 'boolean' }, 'without-erased': { type: 'boolean' } },
  async run(words, options, context) {
    none(words);
    const [store, dropErased] = [options.yes === true, options['without-erased'] === true];
    if (store && !dropErased && (await erasedPeople(context)) > 0) {
      throw new UsageError('people were erased: their counts would go. --without-erased says that they may');
    }
    const { differing } = await compare(context, { store, dropErased });
    if (differing === 0) context.say('nothing to do');
    else context.say(store ? 'rebuilt' : 'nothing was done; --yes would store what the events say');
  },
};

/** What checks and mends reports, by its words. */
export const reportCommands: Readonly<Record<string, Command>> = {
  'reports check': check,
  'reports rebuild': rebuild,
};

function none(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError('reports are of everybody: no words follow');
}

async function compare(
  context: CommandContext,
  { dropErased, store }: { store: boolean; dropErased: boolean },
): Promise<{ differing: number }> {
  const { pool, say } = context;
  const erased = await erasedPeople(context);
  const exact = erased === 0 || dropErased;
  if (!exact) {
    say(
      `${erased} people were erased, whose counts stay without their events: only what is too little is a difference`,
    );
  }
  // First: what is counted of a drill in flight goes by its row.
  const people = await compareInstances(context, store);
  say(`drills of ${people.compared} people compared, those of ${people.differing} differ from their events`);
  const lines = await withReportsOfEvents(pool, async (tx) => {
    await assertNobodyWentMeanwhile(tx);
    const found = [...(await reportDifferences(tx, exact)), ...(await answerDifferences(tx, exact))];
    if (store && found.length > 0) await storeReports(tx);
    return found;
  });
  for (const line of lines.slice(0, SHOWN)) say(line);
  say(`${lines.length} counts of reports differ from their events`);
  return { differing: people.differing + lines.length };
}

const erasedPeople = async ({ pool }: CommandContext): Promise<number> => {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM erased_phone WHERE dialog_version > 0',
  );
  return rows[0]?.count ?? 0;
};

async function compareInstances(
  { pool, pseudonyms, say }: CommandContext,
  store: boolean,
): Promise<{ compared: number; differing: number }> {
  const counts = { compared: 0, differing: 0 };
  const compareThem = async (tx: Transaction, phones: readonly string[]): Promise<void> => {
    const positions = await readPositions(tx, 'progress', phones, pseudonyms);
    const batches = await readFollowed(tx, positions);
    const stored = Map.groupBy(await readInstances(tx, phones), ({ phoneNumber }) => phoneNumber);
    const differing = new Map<string, DrillInstance[]>();
    for (const phone of phones) {
      const byEvents = instancesOf(batches.get(phone) ?? []);
      const found = differences(byId(stored.get(phone) ?? []), byId(byEvents));
      if (found.length === 0) continue;
      if (counts.differing < SHOWN) for (const line of found) say(`${phone}  ${line}`);
      counts.differing += 1;
      differing.set(phone, byEvents);
    }
    if (store) await replaceInstances(tx, differing);
  };
  for (let page = await peopleAfter(pool, '', PAGE); page.length > 0; ) {
    const phones = page;
    await (store
      ? inTransaction(pool, async (tx) => {
          await closeFence(tx);
          await compareThem(tx, phones);
        })
      : inSnapshot(pool, (tx) => compareThem(tx, phones)));
    counts.compared += phones.length;
    page = await peopleAfter(pool, phones.at(-1) ?? '', PAGE);
  }
  return counts;
}

const instancesOf = (batches: readonly DialogEventBatch[]): DrillInstance[] =>
  // What waits is not stored of a drill that has ended.
  foldReports(batches, []).instances.map((instance) => ({
    ...instance,
    prompt: { ...instance.prompt, waits: instance.ended === null },
  }));

const byId = (instances: readonly DrillInstance[]): Record<string, DrillInstance> =>
  Object.fromEntries(instances.map((instance) => [instance.drillInstanceId, instance]));

/** Whoever is erased in the middle of it is in what was worked out, and in nothing else. */
async function assertNobodyWentMeanwhile(tx: Transaction): Promise<void> {
  const { rowCount } = await tx.query(
    `SELECT FROM report_rebuild.followed
      WHERE NOT EXISTS (SELECT FROM event_position
                         WHERE consumer = 'progress' AND event_position.phone_number = followed.phone_number)
      LIMIT 1`,
  );
  if (rowCount !== 0) throw new UsageError('somebody was erased meanwhile: run it again');
}

const KEY = 'programme_slug, drill_slug, drill_version, language, prompt_slug';
const COUNTS = [
  ...['reached', 'passed', 'passed_first', 'noted', 'wrong', 'abandoned', 'reminded', 'closed', 'completed'],
  ...['dropped_replaced', 'dropped_opted_out', 'dropped_left', 'dropped_reset'],
];

interface Key {
  programme_slug: string;
  drill_slug: string;
  drill_version: number;
  language: string;
  prompt_slug: string;
}

const nameOf = (key: Key): string =>
  `${key.programme_slug || 'no programme'} ${key.drill_slug} v${key.drill_version} ${key.language} ${key.prompt_slug}`;

async function reportDifferences(tx: Transaction, exact: boolean): Promise<string[]> {
  const { rows } = await tx.query<
    Key & { stored: Record<string, unknown> | null; fresh: Record<string, unknown> | null }
  >(
    `SELECT ${KEY}, to_jsonb(stored) AS stored, to_jsonb(fresh) AS fresh
       FROM public.drill_report AS stored FULL JOIN report_rebuild.drill_report AS fresh USING (${KEY})
      ORDER BY ${KEY}`,
  );
  return rows.flatMap(({ fresh, stored, ...key }) =>
    [...COUNTS, ...timesOf(stored, fresh)].flatMap((name) => {
      const [is, should] = [countOf(stored, name), countOf(fresh, name)];
      const differs = exact ? is !== should : is < should;
      return differs ? [`${nameOf(key)}: ${name} stored ${is}, by the events ${should}`] : [];
    }),
  );
}

type Row = Record<string, unknown> | null;

/** Counts of a histogram, by the place of the bucket. */
const timesOf = (...rows: readonly Row[]): string[] => {
  const longest = Math.max(
    ...rows.map((row) => (Array.isArray(row?.answer_times) ? row.answer_times.length : 0)),
  );
  return Array.from({ length: longest }, (_, bucket) => `answer_times.${bucket}`);
};

function countOf(row: Row, name: string): number {
  const [column = name, bucket] = name.split('.');
  const value = row?.[column];
  return Number((Array.isArray(value) ? value[Number(bucket)] : value) ?? 0);
}

/** Answers one by one where neither side has ever made room; elsewhere which ones are left depends on the order: sums alone. */
async function answerDifferences(tx: Transaction, exact: boolean): Promise<string[]> {
  const { rows } = await tx.query<Key & { answer: string | null; stored: number; fresh: number }>(
    `WITH stored AS (SELECT *, count(*) OVER (PARTITION BY ${KEY}) AS kept FROM public.drill_wrong_answer),
          fresh AS (SELECT *, count(*) OVER (PARTITION BY ${KEY}) AS kept FROM report_rebuild.drill_wrong_answer),
          crowded AS (SELECT DISTINCT ${KEY} FROM (SELECT * FROM stored UNION ALL SELECT * FROM fresh) AS either
                       WHERE kept >= $1 OR NOT $2),
          joined AS (
            SELECT ${KEY}, answer, coalesce(stored.count, 0) AS stored, coalesce(fresh.count, 0) AS fresh,
                   stored.only_phone IS DISTINCT FROM fresh.only_phone AS by_others
              FROM stored FULL JOIN fresh USING (${KEY}, answer)),
          counted AS (
            SELECT ${KEY}, answer, stored, fresh, by_others FROM joined
             WHERE NOT EXISTS (SELECT FROM crowded WHERE (${columnsOf('crowded')}) = (${columnsOf('joined')}))
            UNION ALL
            SELECT ${KEY}, NULL, sum(stored)::bigint, sum(fresh)::bigint, false FROM joined JOIN crowded USING (${KEY})
             GROUP BY ${KEY})
     SELECT ${KEY}, answer, stored, fresh FROM counted
      WHERE CASE WHEN $2 THEN stored <> fresh OR by_others ELSE stored < fresh END ORDER BY ${KEY}, answer`,
    [Math.floor(MOST_WRONG_ANSWERS / 2), exact],
  );
  return rows.map(({ answer, fresh, stored, ...key }) => {
    const what = answer === null ? 'wrong answers' : `wrong answer ${JSON.stringify(answer)}`;
    const by = stored === fresh ? ', of others' : '';
    return `${nameOf(key)}: ${what} stored ${stored}, by the events ${fresh}${by}`;
  });
}

const columnsOf = (table: string): string =>
  KEY.split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ');

/** All of them: there are as many as prompts, in their languages. */
async function storeReports(tx: Transaction): Promise<void> {
  for (const table of ['drill_report', 'drill_wrong_answer']) {
    await tx.query(`DELETE FROM public.${table}`);
    await tx.query(`INSERT INTO public.${table} SELECT * FROM report_rebuild.${table}`);
  }
}
