import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examplesReport } from '#shared/dialog/examples.ts';
import type { ProgrammeFile } from '#shared/drills/content-file.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { programmeFileSchema } from '#shared/drills/programme.ts';
import { CarillonError } from '#shared/errors.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { createPool, inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { publishedDrills } from './published.ts';
import { seedContent } from './seed.ts';
import { beginContentChange, insertVersions, writeProgrammes } from './write.ts';
import { programmeYaml } from './yaml.ts';

const OUR_NUMBER = phoneNumber('+14155550199');
const NOW = new Date('2026-11-26T12:00:00Z');
const by = { by: 'ann', now: NOW };

const drill = (version: number, text = `version ${version}`) => ({
  slug: 'one',
  name: 'One',
  version,
  defaultLanguage: 'en',
  prompts: [{ slug: 'hello', messages: [{ text: { en: text } }], maxFailures: 1 }],
});

const programme: ProgrammeFile = programmeFileSchema.parse({
  slug: 'clean',
  name: 'Clean',
  company: 'Elm',
  contact: 'care@example.org',
  registration: 'open',
  senderNumbers: ['default', '+14155550198'],
  defaultLanguage: 'en',
  timezone: 'America/New_York',
  intent: 'transactional',
  drills: ['one'],
});

describe('Published drills', () => {
  let database: TestDatabase;
  let pool: Pool;
  let clock: ManualClock;
  /** Statements that reached the database. */
  let asked = 0;
  before(async () => {
    database = await createDatabase();
    pool = createPool({ ...database.configFor('dialog'), max: 1 }, () => undefined);
    pool.on('acquire', () => {
      asked += 1;
    });
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await database.adminPool.query('TRUNCATE drill, drill_version, programme');
    clock = new ManualClock(NOW);
    asked = 0;
  });

  const drills = (checkEveryMs = 1_000, from: Pool = pool) =>
    publishedDrills({ pool: from, clock, defaultSender: OUR_NUMBER, checkEveryMs });
  const publish = (version: number) =>
    inTransaction(database.adminPool, async (tx) => {
      await beginContentChange(tx);
      const content = drill(version);
      const report = examplesReport(content, [], null);
      await insertVersions(tx, [{ drill: content, examples: [], report, overrideReason: 'a test' }], by);
      await writeProgrammes(tx, [programme], by);
    });
  const isUnavailable = (error: unknown): boolean =>
    error instanceof CarillonError && error.code === 'unavailable' && error.retryable;

  it('are found with the programmes that own numbers', async () => {
    await publish(1);
    const content = await drills().current();
    assert.deepEqual(await content.drill('one'), drill(1));
    assert.equal(await content.drill('two'), null);
    for (const number of [OUR_NUMBER, phoneNumber('+14155550198')]) {
      assert.equal(content.programmeOwning(number)?.slug, 'clean');
    }
    assert.deepEqual(content.programme('clean')?.senderNumbers, [OUR_NUMBER, '+14155550198']);
    assert.equal(content.programmeOwning(phoneNumber('+14155550197')), null);
  });

  it('are asked about once a second, however many ask, and are new when somebody has published', async () => {
    await publish(1);
    const source = drills();
    await Promise.all([source.current(), source.current(), source.current()]);
    assert.equal(asked, 1);
    await publish(2);
    await clock.advance(999);
    assert.equal((await (await source.current()).drill('one'))?.version, 1);
    assert.equal(asked, 1);
    await clock.advance(1);
    assert.equal((await (await source.current()).drill('one'))?.version, 2);
    assert.equal(asked, 2);
  });

  it('stay the objects that they are while nobody publishes them', async () => {
    await publish(1);
    const source = drills(0);
    const before = await source.current();
    assert.equal(await source.current(), before);
    await inTransaction(database.adminPool, async (tx) => {
      await beginContentChange(tx);
    });
    const after = await source.current();
    assert.notEqual(after, before);
    assert.equal(await after.drill('one'), await before.drill('one'));
  });

  it('serve from memory for a minute while the database is away, and not for longer', async () => {
    await publish(1);
    const own = createPool({ ...database.configFor('dialog'), max: 1 }, () => undefined);
    let away = false;
    const source = publishedDrills({
      pool: new Proxy(own, {
        get: (target, name) =>
          name === 'connect'
            ? () =>
                away
                  ? Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
                  : target.connect()
            : Reflect.get(target, name, target),
      }),
      clock,
      defaultSender: OUR_NUMBER,
    });
    try {
      const content = await source.current();
      away = true;
      await clock.advance(59_999);
      assert.equal(await source.current(), content);
      await clock.advance(1);
      await assert.rejects(source.current(), isUnavailable);
      away = false;
      assert.equal((await (await source.current()).drill('one'))?.version, 1);
    } finally {
      await own.end();
    }
  });

  it('serve from memory while nobody can read what is stored, and are unavailable to whoever has nothing in memory', async () => {
    await publish(1);
    const known = drills();
    await known.current();
    await inTransaction(database.adminPool, async (tx) => {
      await beginContentChange(tx);
      await writeProgrammes(tx, [programme], by);
      await tx.query(
        `UPDATE programme SET definition = jsonb_set(definition, '{registration}', '"by telepathy"')`,
      );
    });
    await clock.advance(1_001);
    assert.equal((await (await known.current()).drill('one'))?.version, 1);
    const isUnavailable = (error: unknown): boolean =>
      error instanceof CarillonError && error.code === 'unavailable';
    // Whoever is to mend it is told which one it is.
    await assert.rejects(
      drills().current(),
      (error) => isUnavailable(error) && /programme clean /.test(String(error)),
    );
    await clock.advance(60_001);
    await assert.rejects(known.current(), isUnavailable);
  });

  it('are unavailable when they were never had', async () => {
    const nowhere = createPool({ ...database.configFor('dialog'), port: 1, max: 1 }, () => undefined);
    try {
      await assert.rejects(drills(1_000, nowhere).current(), isUnavailable);
    } finally {
      await nowhere.end();
    }
  });

  it('do not keep anybody waiting for a database that does not answer, and take its answer when it comes', async () => {
    await publish(1);
    const source = drills();
    const before = await source.current();
    await publish(2);
    await clock.advance(1_000);
    // The only connection is somebody else's.
    const busy = await pool.connect();
    try {
      const waiting = source.current();
      await clock.advance(500);
      assert.equal(await waiting, before);
    } finally {
      busy.release();
    }
    assert.equal((await (await source.current()).drill('one'))?.version, 2);
  });

  it('of a version cannot be changed by a service, nor removed', async () => {
    await publish(1);
    const api = createPool({ ...database.configFor('api'), max: 1 }, () => undefined);
    try {
      await assert.rejects(api.query(`UPDATE drill_version SET content = '{}'`), { code: '42501' });
      await assert.rejects(api.query('DELETE FROM drill_version'), { code: '42501' });
      await assert.rejects(pool.query('UPDATE content_revision SET revision = 0'), { code: '42501' });
    } finally {
      await api.end();
    }
  });

  it('begin with the files of a directory, once, and never where there is something', async () => {
    const seed = () => seedContent(database.adminPool, { directory: sampleContentDirectory, now: NOW });
    const made = await Promise.all([seed(), seed()]);
    assert.deepEqual(
      made.filter((one) => one !== null),
      [{ drills: 5, programmes: 1 }],
    );
    const content = await drills().current();
    assert.equal(content.programmes.length, 1);
    for (const slug of content.programmes[0]?.drills ?? []) assert.ok(await content.drill(slug), slug);
    assert.equal(await seed(), null);
    await database.adminPool.query('TRUNCATE drill, drill_version, programme');
    await publish(1);
    assert.equal(await seed(), null);
  });

  it('begin with nothing where people are and nobody said whose', async () => {
    await database.adminPool.query(
      `INSERT INTO dialog_state (phone_number, version, state, updated_at) VALUES ('+14155550101', 1, '{}', $1)`,
      [NOW],
    );
    const seed = (refuseWhereUsed: boolean) =>
      seedContent(database.adminPool, { directory: sampleContentDirectory, now: NOW, refuseWhereUsed });
    await assert.rejects(seed(true), /Say whose they are/);
    assert.deepEqual((await database.adminPool.query('SELECT FROM programme')).rowCount, 0);
    assert.equal((await seed(false))?.programmes, 1);
    await database.adminPool.query('DELETE FROM dialog_state');
  });

  it('are not seeded for an address on WhatsApp that is no sender', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'carillon-content-'));
    await writeFile(
      join(directory, 'programme.yaml'),
      programmeYaml({ ...programme, senderNumbers: [senderAddress('whatsapp:+14155550110')] }),
    );
    const { version: _, ...lesson } = drill(1);
    await writeFile(join(directory, 'drill.yaml'), JSON.stringify({ kind: 'drill', ...lesson }));
    await assert.rejects(
      seedContent(database.adminPool, { directory, now: NOW }),
      (error: CarillonError) =>
        /programme clean senderNumbers\.0: .*not known as a sender/.test(error.message) &&
        /Take their addresses out of the files of CONTENT_DIR and deploy; then make the senders known/.test(
          error.message,
        ),
    );
    assert.equal((await database.adminPool.query('SELECT FROM programme')).rowCount, 0);
    await rm(directory, { recursive: true });
  });
});
