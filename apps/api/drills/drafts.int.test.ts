import assert from 'node:assert/strict';
import { createDatabase, type TestDatabase } from '#test/stack/stack.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

const PATH = '/v1/drill-drafts';

const prompts = (question = 'Which is best?') => [
  {
    slug: 'which',
    messages: [{ text: { en: `${question}\na) soap\nb) gel` } }],
    options: { en: ['a) soap', 'b) gel'] },
    correctResponse: { en: 'a) soap' },
    maxFailures: 0,
  },
  { slug: 'goodbye', messages: [{ text: { en: 'Bye {{name}}' } }] },
];
const examples = [
  { name: 'right', turns: [{ says: 'a', expect: 'right' }] },
  { name: 'wrong', turns: [{ says: 'b', expect: 'abandoned' }] },
];
const draft = (more: object = {}) => ({
  slug: 'soap',
  name: 'Soap',
  defaultLanguage: 'en',
  prompts: prompts(),
  examples,
  ...more,
});

describe('Drafts of drills', () => {
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
  beforeEach(async () => {
    await database.adminPool.query(
      "UPDATE drill SET published_version = NULL WHERE slug = 'soap'; DELETE FROM drill_version WHERE slug = 'soap'; DELETE FROM drill WHERE slug = 'soap'",
    );
  });

  const begin = (more: object = {}) => api.send('POST', PATH, { body: draft(more) });
  const etagOf = async (): Promise<string> =>
    (await api.send('GET', `${PATH}/soap`)).headers.get('etag') ?? '';
  const publish = async (body: object = {}, etag?: string) =>
    api.send('POST', `${PATH}/soap/publish`, { body, headers: { 'if-match': etag ?? (await etagOf()) } });

  it('become what people get when they are published, and are done', async () => {
    assert.equal((await begin()).status, 201);
    assert.equal((await api.send('GET', '/v1/drills/soap')).status, 404);
    assert.deepEqual((await publish()).body, { slug: 'soap', version: 1, isNew: true });
    assert.equal((await api.send('GET', '/v1/drills/soap')).body.version, 1);
    assert.equal((await api.send('GET', `${PATH}/soap`)).status, 404);
    const { items } = (await api.send('GET', '/v1/drills')).body;
    const { languages, programmes } = items.find(({ slug }: { slug: string }) => slug === 'soap');
    assert.deepEqual([languages, programmes], [['en'], []], 'also while it is of no programme');
  });

  it('make the next version, while those before stay as they were', async () => {
    await begin();
    await publish();
    const first = (await api.send('GET', '/v1/drills/soap/versions/1')).body;
    await begin({ prompts: prompts('And now?') });
    assert.equal((await publish()).body.version, 2);
    const { body } = await api.send('GET', '/v1/drills/soap/versions');
    assert.deepEqual(
      body.items.map((row: { version: number; isCurrent: boolean }) => [row.version, row.isCurrent]),
      [
        [2, true],
        [1, false],
      ],
    );
    assert.deepEqual((await api.send('GET', '/v1/drills/soap/versions/1')).body, {
      ...first,
      isCurrent: false,
    });
  });

  it('that are what is published already make no version', async () => {
    await begin();
    await publish();
    await begin();
    assert.deepEqual((await publish()).body, { slug: 'soap', version: 1, isNew: false });
    assert.equal((await api.send('GET', `${PATH}/soap`)).status, 404);
  });

  it('are changed by one person at a time, also when they are published', async () => {
    const { headers } = await begin();
    const seen = headers.get('etag') ?? '';
    const change = () =>
      api.send('PUT', `${PATH}/soap`, {
        body: draft({ name: 'More soap' }),
        headers: { 'if-match': seen },
      });
    assert.equal((await change()).status, 200);
    assert.equal((await change()).body.code, 'changed_meanwhile');
    assert.equal((await publish({}, seen)).body.code, 'changed_meanwhile');
    assert.equal((await begin()).body.code, 'conflict');
  });

  it('are refused with all faults at once, and nothing is published', async () => {
    const [which, goodbye] = prompts();
    await begin({
      prompts: [
        { ...which, accepts: { en: ['stop'] }, messages: [{ text: { en: 'Hi {{nobody}}' } }] },
        { ...goodbye, slug: 'which' },
      ],
    });
    const { body } = await publish({ overrideReason: 'all the same' });
    assert.equal(body.code, 'conflict');
    assert.deepEqual(body.faults.map(({ pointer }: { pointer: string }) => pointer).sort(), [
      '/prompts/0/accepts/en',
      '/prompts/0/messages/0/text/en',
      '/prompts/1/slug',
    ]);
    const { body: check } = await api.send('GET', `${PATH}/soap/check`);
    assert.equal(check.faults.length, 3);
    assert.equal((await api.send('GET', '/v1/drills/soap')).status, 404);
  });

  it('that their examples do not bear out take a reason, which is kept', async () => {
    for (const [given, what] of [
      [[], /no example answers it right/],
      [examples.slice(0, 1), /wrong for the last time/],
      [[{ name: 'false', turns: [{ says: 'b', expect: 'right' }] }, ...examples], /not right/],
    ] as const) {
      await database.adminPool.query("DELETE FROM drill WHERE slug = 'soap'");
      await begin({ examples: given });
      const { body } = await publish();
      assert.equal(body.code, 'conflict');
      assert.match(JSON.stringify(body.faults), what);
    }
    assert.equal((await publish({ overrideReason: 'tried by hand' })).status, 200);
    const { body } = await api.send('GET', '/v1/drills/soap/versions/1');
    assert.equal(body.overrideReason, 'tried by hand');
  });

  it('that were in no need of a reason keep none', async () => {
    await begin();
    await publish({ overrideReason: 'to be sure' });
    assert.equal((await api.send('GET', '/v1/drills/soap/versions/1')).body.overrideReason, null);
  });

  it('with a language that no example is in say what is missing in it', async () => {
    const [which, goodbye] = prompts();
    await begin({ prompts: [which, { ...goodbye, messages: [{ text: { en: 'Bye', es: 'Adiós' } }] }] });
    const { body } = await api.send('GET', `${PATH}/soap/check`);
    assert.deepEqual(body.examples.untestedLanguages, ['es']);
    assert.ok(body.warnings.some(({ message }: { message: string }) => /has no "es"/.test(message)));
    assert.ok(
      body.lengths.some(
        (row: { language: string; encoding: string }) => row.language === 'es' && row.encoding === 'UCS-2',
      ),
    );
    assert.equal((await publish()).body.code, 'conflict');
  });

  it('are given up without a trace, or back to what is published', async () => {
    await begin();
    assert.equal((await api.send('DELETE', `${PATH}/soap`)).status, 204);
    assert.equal((await api.send('GET', `${PATH}/soap`)).status, 404);
    await begin();
    await publish();
    await begin({ name: 'Other' });
    assert.equal((await api.send('DELETE', `${PATH}/soap`)).status, 204);
    assert.equal((await api.send('GET', '/v1/drills/soap')).body.name, 'Soap');
  });

  it('and what is published come as files, and go back in as they were', async () => {
    await begin();
    const file = async (path: string): Promise<string> => (await api.send('GET', path)).body;
    const text = await file(`${PATH}/soap/file`);
    const before = (await api.send('GET', `${PATH}/soap`)).body.draft;
    await api.send('DELETE', `${PATH}/soap`);
    const bring = (source: string, more: object = {}) =>
      api.send('POST', '/v1/content-imports', {
        body: { files: [{ name: 'soap.yaml', text: source }], ...more },
      });
    assert.deepEqual((await bring(text)).body.items, [
      { kind: 'drill', slug: 'soap', became: 'draft', version: null },
    ]);
    assert.deepEqual((await api.send('GET', `${PATH}/soap`)).body.draft, before);
    assert.equal((await bring(text, { publish: true })).body.items[0].became, 'published');
    assert.equal(
      (await bring(await file('/v1/drills/soap/file'), { publish: true })).body.items[0].became,
      'unchanged',
    );
  });

  it('that somebody works on are written over by files only where that is asked for, and stay on record', async () => {
    await begin();
    await publish();
    const published = (await api.send('GET', '/v1/drills/soap/file')).body;
    await begin({ name: "Ann's" });
    const bring = (source: string, more: object = {}) =>
      api.send('POST', '/v1/content-imports', {
        body: { files: [{ name: 'soap.yaml', text: source }], overrideReason: 'a test', ...more },
      });
    const name = async () => (await api.send('GET', `${PATH}/soap`)).body.draft?.name ?? null;
    // What stands already as the file says is left alone, and the draft with it.
    assert.equal((await bring(published, { publish: true })).body.items[0].became, 'unchanged');
    const other = published.replace('name: Soap', 'name: Bobs');
    for (const publishing of [true, false]) {
      const { body } = await bring(other, { publish: publishing });
      assert.equal(body.code, 'conflict');
      assert.match(body.faults[0].detail, /soap\.yaml: .* has a draft of "soap".*replaceDrafts/);
      assert.equal(await name(), "Ann's");
    }
    assert.equal((await bring(other, { replaceDrafts: true })).body.items[0].became, 'draft');
    assert.equal(await name(), 'Bobs');
    const { rows } = await database.adminPool.query(
      `SELECT before FROM audit_entry WHERE action = 'imported' ORDER BY position DESC LIMIT 1`,
    );
    assert.equal(rows[0].before.draft.name, "Ann's");
    // The same draft as the file is nobody's loss.
    assert.equal((await bring(other, { publish: true })).body.items[0].became, 'published');
    assert.equal(await name(), null);
  });

  it('in files with faults are refused with their lines', async () => {
    const text = 'kind: drill\nslug: soap\nname: Soap\ndefaultLanguage: en\nprompts: []\ncolour: blue\n';
    const { body } = await api.send('POST', '/v1/content-imports', {
      body: { files: [{ name: 'soap.yaml', text }], publish: true },
    });
    assert.equal(body.code, 'conflict');
    assert.deepEqual(
      body.faults.map(({ detail, pointer }: { detail: string; pointer: string }) => [
        pointer,
        detail.slice(0, 11),
      ]),
      [
        ['/files/0/text', 'soap.yaml:5'],
        ['/files/0/text', 'soap.yaml:6'],
      ],
    );
  });

  it('of a programme that is archived are over with it, and go on when it is restored, if it still fits', async () => {
    await begin();
    await publish();
    const path = '/v1/programmes/clean-hands';
    const before = await api.send('GET', path);
    const { codes: _, updatedAt: __, updatedBy: ___, archivedAt, ...definition } = before.body;
    assert.equal(archivedAt, null);
    const current = async () => (await api.deps.drills.current()).programme('clean-hands');
    const archived = await api.send('POST', `${path}/archive`, { headers: { 'if-match': '"0"' } });
    assert.equal(archived.body.code, 'changed_meanwhile');
    const { body, status } = await api.send('POST', `${path}/archive`);
    assert.deepEqual([status, body.archivedAt], [200, api.clock.now().toISOString()]);
    assert.equal(await current(), null);
    assert.equal((await api.send('POST', `${path}/archive`)).status, 409);
    const listed = async (query: string) =>
      (await api.send('GET', `/v1/programmes?${query}`)).body.items.map(({ slug }: { slug: string }) => slug);
    assert.deepEqual(await listed('archived=true'), ['clean-hands']);
    assert.ok(!(await listed('archived=false')).includes('clean-hands'));
    // Nothing changes it meanwhile, and who took part is still known.
    const file = (await api.send('GET', `${path}/file`)).body;
    const changes = [
      await api.send('PUT', path, { body: definition, headers: { 'if-match': '*' } }),
      await api.send('POST', `${path}/codes`, { body: { code: 'LATE2027' } }),
      await api.send('POST', '/v1/content-imports', {
        body: {
          files: [{ name: 'p.yaml', text: file.replace('name: Clean', 'name: Cleaner') }],
          publish: true,
        },
      }),
    ];
    for (const change of changes) assert.match(JSON.stringify(change.body.faults), /is archived: restore it/);
    assert.equal((await api.send('GET', `${path}/participants`)).status, 200);
    // Its number is free, and then it is not.
    const other = { ...definition, slug: 'other-hands', name: 'Other', codes: [{ code: 'OTHER2027' }] };
    assert.equal((await api.send('POST', '/v1/programmes', { body: other })).status, 201);
    assert.match(JSON.stringify((await api.send('POST', `${path}/restore`)).body.faults), /senderNumbers/);
    assert.equal(await current(), null);
    assert.equal((await api.send('POST', '/v1/programmes/other-hands/archive')).status, 200);
    const restored = await api.send('POST', `${path}/restore`);
    assert.deepEqual([restored.status, restored.body.archivedAt], [200, null]);
    assert.equal((await current())?.name, before.body.name);
    assert.equal((await api.send('POST', `${path}/restore`)).status, 409);
    const { rows } = await database.adminPool.query(
      `SELECT action FROM audit_entry WHERE subject_id = 'clean-hands' ORDER BY position`,
    );
    assert.deepEqual(
      rows.map(({ action }) => action).filter((action) => action !== 'created'),
      ['archived', 'restored'],
    );
  });

  it('cannot break a programme that stands, nor a programme a drill', async () => {
    await begin();
    await publish();
    const path = '/v1/programmes/clean-hands';
    const { body: programme, headers } = await api.send('GET', path);
    const { codes: _, updatedAt: __, updatedBy: ___, archivedAt: ____, ...definition } = programme;
    const replace = (more: object) =>
      api.send('PUT', path, {
        body: { ...definition, ...more },
        headers: { 'if-match': headers.get('etag') ?? '' },
      });
    const answered = await replace({ words: { ...definition.words, menu: ['soap'] } });
    assert.equal(answered.body.code, 'conflict');
    assert.match(
      JSON.stringify(answered.body.faults),
      /drill soap prompts.0.correctResponse.en.*reserved word/,
    );
    assert.match(JSON.stringify((await replace({ drills: ['no-such'] })).body.faults), /there is no drill/);
    assert.equal((await replace({ name: 'Cleaner Hands' })).status, 200);
    assert.equal((await replace({ name: 'Cleanest Hands' })).body.code, 'changed_meanwhile');
    assert.equal((await api.deps.drills.current()).programme('clean-hands')?.name, 'Cleaner Hands');
  });

  it('are for programmes on WhatsApp once its address is known as a sender, and not before', async () => {
    const path = '/v1/programmes/clean-hands';
    const { body, headers } = await api.send('GET', path);
    const { codes: _, updatedAt: __, updatedBy: ___, archivedAt: ____, ...definition } = body;
    const OURS = 'whatsapp:+14155550110';
    const replace = () =>
      api.send('PUT', path, {
        body: { ...definition, senderNumbers: [...definition.senderNumbers, OURS] },
        headers: { 'if-match': headers.get('etag') ?? '' },
      });
    const refused = await replace();
    assert.equal(refused.status, 409);
    assert.match(JSON.stringify(refused.body.faults), /not known as a sender of type whatsapp/);
    const made = await api.send('POST', '/v1/senders', { body: { senderNumber: OURS, type: 'whatsapp' } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal((await replace()).status, 200);
    const back = await api.send('PUT', path, { body: definition, headers: { 'if-match': '*' } });
    assert.equal(back.status, 200);
  });

  it('are for programmes whose codes come and go, and whose numbers are their own', async () => {
    const path = '/v1/programmes/clean-hands/codes';
    const add = (code: string) => api.send('POST', path, { body: { code, maxUses: 2 } });
    assert.deepEqual((await add('Elm 2027')).body, {
      code: 'Elm 2027',
      isDemo: false,
      accountInfo: {},
      expiresAt: null,
      maxUses: 2,
      uses: 0,
    });
    assert.equal((await add('elm 2027!')).body.code, 'conflict');
    assert.match(JSON.stringify((await add('STOP')).body.faults), /reserved word/);
    assert.equal((await api.send('DELETE', `${path}/elm%202027`)).status, 204);
    assert.equal((await api.send('DELETE', `${path}/elm%202027`)).status, 404);
    const { body } = await api.send('GET', '/v1/programmes/clean-hands');
    const { codes: _, updatedAt: __, updatedBy: ___, archivedAt: ____, ...definition } = body;
    const other = await api.send('POST', '/v1/programmes', {
      body: { ...definition, slug: 'other', registration: 'open' },
    });
    assert.match(JSON.stringify(other.body.faults), /is taken by/);
  });
});
