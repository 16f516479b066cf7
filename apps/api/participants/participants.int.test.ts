import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { emptyTables } from '#test/stack/empty-tables.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const HERE = '/v1/programmes/clean-hands';

describe('Participants through the API', () => {
  let database: TestDatabase;
  let api: TestApi;
  let list: string;
  before(async () => {
    database = await createDatabase();
    api = await startTestApi(database);
  });
  after(async () => {
    await api.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await emptyTables(
      database.adminPool,
      'contact, contact_list, list_member, participant, drill_progress, drill_report, outbox, phone, audit_entry',
    );
    list = (await api.send('POST', '/v1/lists', { body: { name: 'Clinic' } })).body.id;
    await database.adminPool.query(
      `WITH made AS (
         INSERT INTO contact (contact_id, phone_number, name, language, time_zone, created_at, updated_at)
         SELECT gen_random_uuid(), '+1415555010' || n, 'Ana ' || n, CASE WHEN n = 1 THEN 'es' END,
                CASE WHEN n = 1 THEN 'America/Denver' END, now(), now() FROM generate_series(1, 3) AS n
         RETURNING contact_id)
       INSERT INTO list_member (list_id, contact_id, added_at) SELECT $1, contact_id, now() FROM made`,
      [list],
    );
  });

  const enrol = (body: object = { listId: list }, programme = HERE) =>
    api.send('POST', `${programme}/enrolments`, { body });
  const listed = async (query = ''): Promise<string[]> =>
    (await api.send('GET', `${HERE}/participants${query}`)).body.items.map(
      ({ phoneNumber }: { phoneNumber: string }) => phoneNumber.slice(-1),
    );
  const told = async () => {
    const { rows } = await database.adminPool.query<{ body: string }>('SELECT body FROM outbox ORDER BY id');
    return rows.map(({ body }) => dialogCommandSchema.parse(JSON.parse(body)));
  };

  it('are enrolled by a contact list, once, and the dialog is told that they count as validated', async () => {
    const first = await enrol();
    assert.deepEqual([first.status, first.body], [200, { enrolled: 3, left: 0 }]);
    assert.deepEqual((await enrol()).body, { enrolled: 0, left: 0 });
    const commands = await told();
    assert.deepEqual(
      commands.map((command) => command.type === 'UPDATE_USER' && command.payload.profile),
      [
        { validated: true, name: 'Ana 1', language: 'es', timezone: 'America/Denver' },
        { validated: true, name: 'Ana 2' },
        { validated: true, name: 'Ana 3' },
      ],
    );
    const { body } = await api.send('GET', `${HERE}/participants`);
    const at = api.clock.now().toISOString();
    assert.deepEqual(body.items[0], {
      phoneNumber: '+14155550101',
      enrolledBy: 'list',
      enrolledAt: at,
      lastInteractedAt: null,
      optedOut: false,
      timeZone: 'America/Denver',
      deliveryTime: null,
      prompt: null,
      completedAt: null,
      completedDrills: 0,
      nextStartAt: null,
      remindAt: null,
    });
  });

  it('are as many as whoever enrols a list was told, or nobody is', async () => {
    const outlook = async () => (await api.send('GET', `${HERE}/enrolments?listId=${list}`)).body;
    assert.deepEqual(await outlook(), { members: 3, left: 3 });
    const fewer = await enrol({ listId: list, most: 2 });
    assert.deepEqual([fewer.status, fewer.body.code, (await told()).length], [409, 'conflict', 0]);
    assert.deepEqual((await enrol({ listId: list, most: 3 })).body, { enrolled: 3, left: 0 });
    assert.deepEqual(await outlook(), { members: 3, left: 0 });
    assert.equal((await api.send('GET', `${HERE}/enrolments?listId=${randomUUID()}`)).status, 404);
  });

  it('who take part already stay as they are', async () => {
    await database.adminPool.query(
      `INSERT INTO participant (phone_number, programme_slug, enrolled_by, enrolled_at)
       VALUES ('+14155550102', 'clean-hands', 'code', now())`,
    );
    assert.deepEqual((await enrol()).body, { enrolled: 2, left: 0 });
    assert.deepEqual(await listed('?enrolledBy=code'), ['2']);
    assert.equal((await told()).length, 2);
  });

  it('are listed page by page, and by how they stand', async () => {
    await enrol();
    await database.adminPool.query(
      `UPDATE participant SET opted_out = phone_number LIKE '%1',
              completed_at = CASE WHEN phone_number LIKE '%2' THEN now() END,
              last_interacted_at = CASE WHEN phone_number LIKE '%3' THEN '2026-11-25T12:00:00Z'::timestamptz END`,
    );
    assert.deepEqual(await listed(), ['1', '2', '3']);
    assert.deepEqual(await listed('?state=opted_out'), ['1']);
    assert.deepEqual(await listed('?state=completed'), ['2']);
    assert.deepEqual(await listed('?state=active'), ['3']);
    assert.deepEqual(await listed('?idleSince=2026-11-24T00:00:00.000Z'), ['1', '2']);
    const { body } = await api.send('GET', `${HERE}/participants?limit=2`);
    assert.deepEqual(await listed(`?limit=2&cursor=${body.nextCursor}`), ['3']);
  });

  it('are counted by how they stand, and drills by what became of them', async () => {
    await enrol();
    const drills = (await api.send('GET', HERE)).body.drills as string[];
    const [first = ''] = drills;
    await database.adminPool.query(
      `UPDATE participant SET opted_out = phone_number LIKE '%1',
              completed_at = CASE WHEN phone_number LIKE '%2' THEN now() END`,
    );
    await database.adminPool.query(
      `INSERT INTO drill_progress (phone_number, programme_slug, drill_slug, drill_instance_id, requested_at, completed_at)
       SELECT '+14155550102', 'clean-hands', slug, gen_random_uuid(), now(), CASE WHEN slug <> 'begun' THEN now() END
         FROM unnest($1::text[]) AS slug`,
      [[first, 'begun', 'of-before']],
    );
    await database.adminPool.query(
      `INSERT INTO drill_report (programme_slug, drill_slug, drill_version, language, prompt_slug, place, reached, passed,
                                 closed, completed, dropped_left, answer_times)
       VALUES ('clean-hands', $1, 1, 'en', 'q', 0, 7, 5, 0, 0, 1, '{}'), ('clean-hands', $1, 2, 'es', 'q', 0, 2, 2, 0, 0, 0, '{}'),
              ('clean-hands', $1, 1, 'en', 'bye', 1, 5, 0, 5, 5, 0, '{}'), ('clean-hands', 'of-before', 1, 'en', 'q', 0, 1, 1, 0, 1, 0, '{}'),
              ('another', $1, 1, 'en', 'q', 0, 9, 9, 0, 9, 0, '{}')`,
      [first],
    );
    const { body, status } = await api.send('GET', `${HERE}/progress`);
    assert.equal(status, 200);
    assert.deepEqual(body.participants, { active: 1, completed: 1, optedOut: 1 });
    assert.deepEqual(body.drills, [
      { drill: first, started: 9, completed: 5, waiting: 1 },
      ...drills.slice(1).map((drill) => ({ drill, started: 0, completed: 0, waiting: 0 })),
      { drill: 'of-before', started: 1, completed: 1, waiting: 0 },
    ]);
    const { body: people } = await api.send('GET', `${HERE}/participants`);
    assert.deepEqual(
      people.items.map(({ completedDrills }: { completedDrills: number }) => completedDrills),
      [0, 1, 0],
    );
    assert.equal((await api.send('GET', '/v1/programmes/nowhere/progress')).status, 404);
  });

  it('are of a programme that there is, and of a list that there is', async () => {
    assert.equal((await enrol({ listId: list }, '/v1/programmes/nowhere')).status, 404);
    assert.equal((await enrol({ listId: randomUUID() })).status, 404);
    assert.equal((await api.send('GET', '/v1/programmes/nowhere/participants')).status, 404);
    assert.equal((await enrol({ listId: 'x' })).status, 400);
  });

  it('are in the audit log by their number, and not by who they are', async () => {
    await enrol();
    const { rows } = await database.adminPool.query(
      `SELECT subject_id, after FROM audit_entry WHERE subject = 'programme'`,
    );
    assert.deepEqual(rows, [{ subject_id: 'clean-hands', after: { list, people: 3 } }]);
  });
});
