import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { answerTimeBucket, noAnswerTimes } from '#shared/reports/answer-times.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PHONE = '+14155550101';

describe('Reports of drills, through the API,', () => {
  let database: TestDatabase;
  let api: TestApi;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(() => emptyTables(database.adminPool, 'drill_report, drill_wrong_answer, drill_instance'));

  /** A row of a report with these counts, and answers after so many seconds. */
  const insertPrompt = async (
    [programme, version, language, prompt, place]: readonly [string, number, string, string, number],
    counts: Record<string, number>,
    seconds: readonly number[] = [],
  ): Promise<void> => {
    const times = noAnswerTimes();
    for (const each of seconds) {
      const bucket = answerTimeBucket(each * 1000);
      times[bucket] = (times[bucket] ?? 0) + 1;
    }
    await database.adminPool.query(
      `INSERT INTO drill_report
       SELECT * FROM jsonb_populate_record(
         jsonb_populate_record(NULL::drill_report, (SELECT jsonb_object_agg(column_name, 0) FROM information_schema.columns
           WHERE table_name = 'drill_report' AND data_type = 'bigint')), $1::jsonb)`,
      [
        {
          ...{ programme_slug: programme, drill_slug: 'washing-hands', drill_version: version, language },
          ...{ prompt_slug: prompt, place, answer_times: times, ...counts },
        },
      ],
    );
  };
  const insertWrong = (answer: string, onlyPhone: string | null, count: number) =>
    database.adminPool.query(
      `INSERT INTO drill_wrong_answer (programme_slug, drill_slug, drill_version, language, prompt_slug, answer, example,
                                       only_phone, count)
       VALUES ('clean-hands', 'washing-hands', 2, 'en', 'how-long', $1, upper($1), $2, $3)`,
      [answer, onlyPhone, count],
    );
  const report = (query = '') => api.send('GET', `/v1/drills/washing-hands/report${query}`);

  it('are empty of a drill that nobody was asked, and not found of one that there is not', async () => {
    const { body, status } = await report();
    assert.deepEqual(
      [status, body],
      [200, { drill: 'washing-hands', version: null, versions: [], items: [] }],
    );
    assert.equal((await api.send('GET', '/v1/drills/unheard-of/report')).status, 404);
  });

  it('say of each prompt who passed, who dropped off, how long it took and what was wrong', async () => {
    await insertPrompt(
      ['clean-hands', 2, 'en', 'how-long', 0],
      { reached: 10, passed: 6, passed_first: 3, wrong: 9, abandoned: 2, dropped_opted_out: 1, reminded: 2 },
      [31, 31, 31, 100],
    );
    await insertPrompt(['clean-hands', 2, 'en', 'goodbye', 1], { reached: 8, closed: 8, completed: 8 });
    await insertWrong('5 seconds', null, 3);
    await insertWrong('5 secnds', PHONE, 1);
    await insertWrong('my name is rosa', PHONE, 4);
    await insertWrong('', null, 1);
    const { body } = await report();
    assert.deepEqual([body.version, body.versions, body.items.length], [2, [2], 1]);
    const [item] = body.items;
    assert.deepEqual(
      [item.programme, item.language, item.started, item.completed],
      ['clean-hands', 'en', 10, 8],
    );
    assert.deepEqual(item.prompts[0], {
      ...{ prompt: 'how-long', place: 0, reached: 10, passed: 6, passedFirst: 3, noted: 0, abandoned: 2 },
      ...{ closed: 0, waiting: 1, completed: 0, reminded: 2, answers: 15, wrong: 9 },
      dropped: { replaced: 0, optedOut: 1, left: 0, reset: 0, erased: 0 },
      ...{ passRate: 0.75, firstPassRate: 0.375, dropOffRate: 0.1 },
      answerTime: { medianSeconds: 40, p90Seconds: 108, sample: 4 },
      wrongAnswers: [{ example: '5 SECONDS', count: 4, answers: 2 }],
      otherWrongAnswers: 5,
    });
    const { answerTime, passRate, waiting } = item.prompts[1];
    assert.deepEqual(
      [answerTime, passRate, waiting],
      [{ medianSeconds: null, p90Seconds: null, sample: 0 }, null, 0],
    );
  });

  it('are of the newest version unless one is named, and of a programme or language where asked', async () => {
    await insertPrompt(['clean-hands', 1, 'en', 'how-long', 0], { reached: 1 });
    for (const [programme, language] of [
      ['', 'en'],
      ['clean-hands', 'en'],
      ['clean-hands', 'es'],
    ] as const) {
      await insertPrompt([programme, 2, language, 'how-long', 0], { reached: 2 });
    }
    const of = async (query: string) => {
      const { body } = await report(query);
      return [
        body.version,
        ...body.items.map((item: { programme: string; language: string }) => [item.programme, item.language]),
      ];
    };
    assert.deepEqual(await of(''), [2, [null, 'en'], ['clean-hands', 'en'], ['clean-hands', 'es']]);
    assert.deepEqual(await of('?version=1'), [1, ['clean-hands', 'en']]);
    assert.deepEqual(await of('?language=es'), [2, ['clean-hands', 'es']]);
    assert.deepEqual(await of('?programme=clean-hands&language=en'), [2, ['clean-hands', 'en']]);
    assert.deepEqual(await of('?version=9'), [9]);
    assert.equal((await report('?version=0')).status, 400);
    assert.equal((await report('?version=2147483648')).status, 400);
  });

  it('answer what cannot be a name, or is no cursor, with what is wrong with it', async () => {
    const cursor = Buffer.from(
      JSON.stringify({ startedAt: '0000-01-01T00:00:00.000Z', instanceId: randomUUID() }),
    );
    for (const path of [
      '/v1/drills/%00/report',
      '/v1/drills/washing-hands/report?programme=%00',
      `/v1/people/${PHONE}/drills?cursor=${cursor.toString('base64url')}`,
    ]) {
      await insertPrompt(['clean-hands', 2, 'en', 'how-long', 0], { reached: 1 });
      assert.equal((await api.send('GET', path)).status, 400, path);
      await emptyTables(database.adminPool, 'drill_report');
    }
  });

  it('show the drills of a person page by page, newest first', async () => {
    const ids = [1, 2, 3].map(() => randomUUID());
    for (const [n, id] of ids.entries()) {
      await database.adminPool.query(
        `INSERT INTO drill_instance (phone_number, drill_instance_id, programme_slug, drill_slug, drill_version, language,
                                     prompt_slug, prompt_place, prompt_started_at, tries, started_at, ended_at, ended)
         VALUES ($1, $2, $3, 'washing-hands', 2, 'en', 'goodbye', 1, $4, 0, $4, $5, $6)`,
        [
          ...[PHONE, id, n === 0 ? '' : 'clean-hands', `2026-11-2${n}T10:00:00Z`],
          ...(n === 2 ? [null, null] : [`2026-11-2${n}T11:00:00Z`, 'completed']),
        ],
      );
    }
    const first = await api.send('GET', `/v1/people/${PHONE}/drills?limit=2`);
    const rest = await api.send('GET', `/v1/people/${PHONE}/drills?limit=2&cursor=${first.body.nextCursor}`);
    assert.equal(rest.body.nextCursor, null);
    assert.deepEqual(
      [...first.body.items, ...rest.body.items].map(({ instanceId, programme, ended }) => [
        instanceId,
        programme,
        ended,
      ]),
      [
        [ids[2], 'clean-hands', null],
        [ids[1], 'clean-hands', 'completed'],
        [ids[0], null, 'completed'],
      ],
    );
    assert.deepEqual(rest.body.items[0], {
      ...{ instanceId: ids[0], programme: null, drill: 'washing-hands', version: 2, language: 'en' },
      ...{ prompt: 'goodbye', promptStartedAt: '2026-11-20T10:00:00.000Z', tries: 0 },
      ...{ startedAt: '2026-11-20T10:00:00.000Z', endedAt: '2026-11-20T11:00:00.000Z', ended: 'completed' },
    });
  });
});
