import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maskedFields } from '#shared/logger.ts';
import { services } from '#shared/topology.ts';
import { type Finding, leakyComparisons, logged, openSql, textsAsCode } from './rules.ts';
import { ROOT, readSources, type Sources, sourcesOf } from './sources.ts';
import { textsOf, uses } from './used-rights.ts';

/** What somebody has looked at: the file, what stands there, and why it is right. */
type LookedAt = readonly (readonly [file: string, what: string, why: string])[];

/** Statements that are put together of more than the reading follows. */
const SQL: LookedAt = [];

/** Comparisons of what is no secret although it is called like one, or guards nothing. */
const COMPARISONS: LookedAt = [
  ['shared/drills/matching.ts', 'token === right[index]', 'words of an answer'],
  [
    'shared/evidence/chain.ts',
    'link.hash !== linkHash(link.previous, link.entry)',
    'a hash of what stands beside it',
  ],
  [
    'apps/api/http/stored-reply.ts',
    'row.request_hash.equals(hash)',
    'of the request that whoever asks has sent',
  ],
  [
    'shared/carriers/vonage/webhook-token.ts',
    'payload.api_key === account.apiKey',
    'the id of the account, after the signature',
  ],
  [
    'shared/carriers/vonage/sms-signature.ts',
    "parameters['api-key'] !== account.apiKey",
    'the id of the account',
  ],
  [
    'apps/local/carrier/rest-api.ts',
    'request.headers.authorization !== credentials',
    'the simulator, on this machine',
  ],
];

/** What lines of the log may say: ids of ours, numbers, words of our own, errors. Phone numbers are masked by their names. */
const LOGGED = new Set([
  ...maskedFields,
  ...[
    'attemptId',
    'campaignId',
    'carrierMessageId',
    'commandId',
    'endpointId',
    'entry',
    'importId',
    'logId',
    'replyId',
    'requestId',
    'sid',
  ],
  ...[
    'applied',
    'calls',
    'clicks',
    'count',
    'drainMs',
    'entries',
    'epoch',
    'failures',
    'healthPort',
    'inHand',
    'lost',
    'mediaCount',
  ],
  ...[
    'messages',
    'ms',
    'offsetMs',
    'outcomes',
    'pauseMs',
    'phones',
    'port',
    'records',
    'settled',
    'takenIn',
    'texts',
    'tries',
  ],
  ...[
    'carrier',
    'carriers',
    'class',
    'code',
    'consumer',
    'drillSlug',
    'dueRows',
    'errorCode',
    'isNew',
    'kind',
  ],
  ...[
    'operationId',
    'outageSince',
    'outbox',
    'producer',
    'queue',
    'rule',
    'sequenceNumber',
    'shard',
    'source',
    'state',
  ],
  ...['status', 'statuses', 'stream', 'type', 'unheard', 'verdict', 'webhook', 'who'],
  // Sentences of ours, of carriers and of AWS about what went wrong: the log takes whole numbers out of them.
  ...['cause', 'concerns', 'detail', 'err', 'fault', 'meaning', 'reason', 'says', 'words'],
  // Addresses of this installation.
  ...['folder', 'inbound', 'url'],
]);

const unknown = (found: readonly Finding[], lookedAt: LookedAt): string[] =>
  found
    .filter(({ file, what }) => !lookedAt.some(([where, known]) => where === file && known === what))
    .map(({ place, what }) => `${place}: ${what}`);
const unused = (found: readonly Finding[], lookedAt: LookedAt): string[] =>
  lookedAt
    .filter(([where, known]) => !found.some(({ file, what }) => where === file && known === what))
    .map(([where, known]) => `${where}: ${known}`);

describe('Our own code', function () {
  // Reading all of it takes some seconds of a processor.
  this.timeout(120_000);
  let sources: Sources;
  before(() => {
    sources = readSources();
    assert.ok(sources.files.length > 500);
  });

  const holds = (rule: (sources: Sources) => readonly Finding[], lookedAt: LookedAt): void => {
    const found = rule(sources);
    assert.deepEqual(unknown(found, lookedAt), [], 'look at it, and mend it, or say here why it is right');
    assert.deepEqual(unused(found, lookedAt), [], 'stands nowhere any more: take it off the list');
  };

  it('makes SQL of texts of its own alone: what comes from outside is a parameter', () =>
    holds(openSql, SQL));

  it('compares in constant time what is secret', () => holds(leakyComparisons, COMPARISONS));

  it('runs no text as code or in a shell', () => holds(textsAsCode, []));

  it('logs what it may under names that were looked at, and phone numbers under those that are masked', () => {
    const { fields, words } = logged(sources);
    assert.ok(fields.length > 100);
    assert.deepEqual(
      fields.filter(({ name }) => !LOGGED.has(name)).map(({ name, place }) => `${place}: ${name}`),
      [],
      'may it stand in a log? Then add its name here',
    );
    assert.deepEqual(
      fields.filter(({ isPhoneNumber, name }) => isPhoneNumber && !maskedFields.has(name)),
      [],
    );
    assert.deepEqual(words, []);
    const used = new Set(fields.map(({ name }) => name));
    assert.deepEqual(
      [...LOGGED].filter((name) => !used.has(name) && !maskedFields.has(name)),
      [],
    );
  });

  it('uses every right on a table that its service has: one that nothing uses is taken away', () => {
    for (const [name, { entry, tables }] of Object.entries(services)) {
      const texts = textsOf(entry, sources);
      assert.ok(texts.length > 100, name);
      const unused = Object.entries(tables).flatMap(([table, rights]) =>
        rights.filter((right) => !uses(texts, right, table)).map((right) => `${right} ${table}`),
      );
      assert.deepEqual(unused, [], name);
    }
  });

  it('puts no text into a page as HTML, and runs none as a script', async () => {
    const folder = join(ROOT, 'apps/console/src');
    const files = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
    assert.ok(files.length > 100);
    for (const name of files) {
      assert.doesNotMatch(
        await readFile(join(folder, name), 'utf8'),
        /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\b|javascript:/,
        name,
      );
    }
  });
});

describe('The rules of our own code', function () {
  this.timeout(120_000);

  const db = 'declare const db: { query(text: string | { text: string }, values?: unknown[]): void };';
  const open = (text: string): string[] => openSql(sourcesOf(`${db}\n${text}`)).map(({ what }) => what);

  for (const [title, text, parts] of [
    [
      'a value in a template',
      'export const f = (id: string) => db.query(`SELECT * FROM a WHERE b = #{id}`);',
      ['id'],
    ],
    [
      'a value that was added with +',
      "export const f = (id: string) => db.query('DELETE FROM a WHERE b = ' + id);",
      ['id'],
    ],
    [
      'a variable that may change',
      "let order = 'a'; db.query(`SELECT FROM a ORDER BY #{order}`); export const f = (o: string) => { order = o; };",
      ['order'],
    ],
    [
      'what was pushed into a list',
      "export const f = (id: string) => { const w = ['true']; w.push(id); db.query(`SELECT FROM a WHERE #{w.join()}`); };",
      ['id'],
    ],
    [
      'a field of what was given',
      'export const f = (asked: { sort: string }) => db.query({ text: `SELECT FROM a ORDER BY #{asked.sort}` });',
      ['asked.sort'],
    ],
    [
      'what a function hands on',
      'const f = (t: string) => db.query(`SELECT FROM a WHERE #{t}`); export const g = (u: string) => f(u);',
      ['u'],
    ],
    [
      'a text that was shaped',
      'export const f = (t: string) => db.query(`SELECT FROM #{t.trim().toLowerCase()}`);',
      ['t'],
    ],
    [
      'what a function makes of a value',
      'const q = (t: string) => `"#{t}"`; export const f = (t: string) => db.query(`SELECT FROM #{q(t)}`);',
      ['t'],
    ],
    [
      'what was read as JSON',
      'db.query(`SELECT FROM a WHERE #{JSON.parse(process.argv[2])}`); declare const process: { argv: string[] };',
      ['process.argv', 'JSON'],
    ],
  ] as const) {
    it(`find ${title} in SQL`, () => assert.deepEqual(open(text), parts));
  }

  it('follow the functions of a table, and find what one of them is given', () => {
    const table = (given: string): string => `
      const BY: Record<string, (p: string) => string> = { a: (p) => \`a = #{p}\`, b: (q) => \`b = #{q} OR c\` };
      export const f = (asked: Record<string, string>, values: unknown[]) => {
        const w = ['true'];
        for (const [name, condition] of Object.entries(BY)) w.push(condition(${given}));
        db.query(\`SELECT FROM x WHERE #{w.join(' AND ')}\`);
      };`;
    assert.deepEqual(open(table('`$#{values.length}`')), []);
    assert.deepEqual(open(table('asked[name]')), ['asked']);
  });

  it('let pass what can only be ours', () => {
    assert.deepEqual(
      open(`
        const COLUMNS = 'a, b' as string;
        const BY: Record<string, string> = { newest: 'DESC', oldest: 'ASC' };
        const prefixed = (p: string): string => ['a', 'b'].map((c) => \`#{p}.#{c}\`).join(', ');
        const list = (where: string) => db.query(\`SELECT #{COLUMNS}, #{prefixed('x')} FROM y WHERE #{where}\`);
        export function f(order: 'ASC' | 'DESC', wanted: string, values: unknown[]): void {
          const conditions = ['true'];
          conditions.push(\`c = $#{values.length + 1}\`);
          db.query(\`SELECT #{COLUMNS} FROM y WHERE #{conditions.join(' AND ')} ORDER BY c #{order}, d #{BY[wanted]}\`);
          list(values.length > 0 ? 'a = $1' : 'true');
        }`),
      [],
    );
  });

  it('find comparisons that tell how much of a secret was right', () => {
    const found = leakyComparisons(
      sourcesOf(`export const f = (given: string, signature: string, o: { sig: string }, b: { equals(x: unknown): boolean }) =>
        given === signature || o.sig != given || b.equals(signature) || signature === '' || o.sig === undefined;`),
    );
    assert.deepEqual(
      found.map(({ what }) => what),
      ['given === signature', 'o.sig != given', 'b.equals(signature)'],
    );
  });

  it('find what says a number, and numbers that are not masked', () => {
    const { fields, words } = logged(
      sourcesOf(`type PhoneNumber = string & { readonly __brand: 'PhoneNumber' };
        interface Logger { info(fields: object, message: string): void }
        export const f = (logger: Logger, phone: PhoneNumber, all: PhoneNumber[], m: { body: string }) => {
          logger.info({ phone, all, n: 1 }, \`texted by #{phone}: #{m.body}, #{all.length}\`);
        };`),
    );
    assert.deepEqual(
      fields.map(({ isPhoneNumber, name }) => [name, isPhoneNumber]),
      [
        ['phone', true],
        ['all', true],
        ['n', false],
      ],
    );
    assert.deepEqual(
      words.map(({ what }) => what),
      ['phone', 'm.body'],
    );
  });

  it('know which rights a text of SQL takes', () => {
    const taken = (text: string, table = 'a'): string[] =>
      (['select', 'insert', 'update', 'delete'] as const).filter((right) => uses([text], right, table));
    assert.deepEqual(taken('SELECT x FROM a JOIN b USING (x)'), ['select']);
    assert.deepEqual(taken('SELECT x FROM ab'), []);
    assert.deepEqual(taken('SELECT x FROM a FOR NO KEY UPDATE'), ['select', 'update']);
    assert.deepEqual(taken('INSERT INTO a (x) VALUES ($1) ON CONFLICT DO NOTHING'), ['select', 'insert']);
    assert.deepEqual(taken('INSERT INTO a (x) VALUES ($1) ON CONFLICT (x) DO UPDATE SET y = 1'), [
      'select',
      'insert',
      'update',
    ]);
    assert.deepEqual(taken('DELETE FROM a WHERE x = $1'), ['select', 'delete']);
    assert.deepEqual(taken('UPDATE a SET x = 1'), ['select', 'update']);
  });

  it('find texts that become code', () => {
    const found = textsAsCode(
      sourcesOf(`import { exec } from 'node:child_process';
        export const f = (t: string) => [new Function(t), eval(t), exec(t), { shell: true }];`),
    );
    assert.equal(found.length, 4);
  });
});
