import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Exception, exceptions } from './exceptions.ts';
import { judge, reasonIn, reportIn, vulnerabilitiesIn } from './judge.ts';
import { packagesIn, parseLock, shippedFolders } from './shipped.ts';

const TODAY = '2026-11-27';

/** As npm 11 prints it, of a package with an advisory, one that has it through another, and one of a tool. */
const report = (severity: string) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      qs: {
        name: 'qs',
        severity,
        isDirect: false,
        via: [
          {
            source: 1096470,
            name: 'qs',
            dependency: 'qs',
            title: 'qs vulnerable to Prototype Pollution',
            url: 'https://github.com/advisories/GHSA-hrpp-h998-j3pp',
            severity,
            cwe: ['CWE-1321'],
            cvss: { score: 7.5, vectorString: null },
            range: '<6.5.3',
          },
        ],
        effects: ['body-parser'],
        range: '<6.5.3',
        nodes: ['node_modules/qs'],
        fixAvailable: true,
      },
      'body-parser': {
        name: 'body-parser',
        severity,
        isDirect: false,
        via: ['qs'],
        effects: [],
        range: '*',
        nodes: ['node_modules/body-parser'],
        fixAvailable: true,
      },
    },
    metadata: { vulnerabilities: { info: 0, low: 0, moderate: 0, high: 2, critical: 0, total: 2 } },
  });

const found = (severity: string, ships = true) => {
  const read = reportIn(report(severity));
  assert.ok(read);
  return vulnerabilitiesIn(read, () => ships);
};

const exception = (more: Partial<Exception> = {}): Exception => ({
  id: 'GHSA-hrpp-h998-j3pp',
  package: 'qs',
  why: 'queries are read by another parser',
  since: '2026-11-01',
  until: '2026-12-31',
  ...more,
});

describe('The audit of dependencies', () => {
  for (const severity of ['high', 'critical']) {
    it(`fails for one of severity ${severity} in what reaches production, once`, () => {
      const { failures } = judge(found(severity), [], TODAY);
      assert.equal(failures.length, 1);
      assert.match(failures[0] ?? '', /qs: qs vulnerable to Prototype Pollution \(https:\/\/github/);
    });
  }

  for (const severity of ['info', 'low', 'moderate']) {
    it(`tells of one of severity ${severity}`, () => {
      const { failures, notes } = judge(found(severity), [], TODAY);
      assert.deepEqual([failures, notes.length], [[], 1]);
    });
  }

  it('tells of one in a tool that does not reach production', () => {
    const { failures, notes } = judge(found('critical', false), [], TODAY);
    assert.deepEqual(failures, []);
    assert.match(notes[0] ?? '', /does not reach production/);
  });

  it('lets one pass that is excepted, until the end of its last day, and says why', () => {
    const { failures, notes } = judge(found('high'), [exception({ until: TODAY })], TODAY);
    assert.deepEqual(failures, []);
    assert.match(notes[0] ?? '', /excepted until 2026-11-27: queries are read/);
  });

  it('fails when an exception has ended, also where nobody can be asked', () => {
    for (const asked of [found('high'), null]) {
      const { failures } = judge(asked, [exception({ since: '2026-10-01', until: '2026-11-26' })], TODAY);
      assert.match(failures[0] ?? '', /ended on 2026-11-26/);
    }
  });

  it('knows no exception for longer than 90 days, nor for another package or advisory', () => {
    assert.match(judge([], [exception({ until: '2027-06-01' })], TODAY).failures[0] ?? '', /90 at most/);
    assert.match(judge([], [exception({ until: '2026-10-01' })], TODAY).failures[0] ?? '', /90 at most/);
    for (const other of [{ package: 'qs2' }, { id: 'GHSA-aaaa-bbbb-cccc' }]) {
      const { failures, notes } = judge(found('high'), [exception(other)], TODAY);
      assert.equal(failures.length, 1);
      assert.ok(notes.some((note) => /for nothing any more/.test(note)));
    }
  });

  it('takes nothing for an answer but a report: an error of npm is none, nor is a report of another version', () => {
    const refused = {
      message: '405 Method Not Allowed - POST /-/npm/v1/security/advisories/bulk',
      error: { summary: '', detail: '' },
    };
    for (const text of [
      '',
      'npm error',
      JSON.stringify(refused),
      '{"auditReportVersion":3,"vulnerabilities":{}}',
      'null',
    ]) {
      assert.equal(reportIn(text), null, text);
    }
    assert.deepEqual(
      reportIn('{"auditReportVersion":2,"vulnerabilities":{},"metadata":{}}')?.vulnerabilities,
      {},
    );
  });

  it('says why npm could not ask', () => {
    assert.equal(reasonIn('{"message":"405 Method Not Allowed","error":{}}'), '405 Method Not Allowed');
    assert.match(reasonIn(''), /nothing that could be read/);
  });

  it('has only exceptions that hold', () => {
    // Those that have ended are told of by the audit itself, on the day: a test that fails by the calendar helps nobody.
    assert.deepEqual(judge(null, exceptions, '2000-01-01').failures, []);
    assert.equal(new Set(exceptions.map(({ id, package: of }) => `${id} ${of}`)).size, exceptions.length);
  });
});

describe('What reaches production', () => {
  const lock = parseLock(
    JSON.stringify({
      packages: {
        '': { dependencies: { express: '5' }, devDependencies: { react: '19' } },
        'node_modules/express': { dependencies: { qs: '6' } },
        'node_modules/qs': {},
        'node_modules/react': {
          dev: true,
          dependencies: { scheduler: '1' },
          peerDependencies: { types: '1' },
        },
        'node_modules/react/node_modules/scheduler': { dev: true, dependencies: { tiny: '1' } },
        'node_modules/scheduler': { dev: true },
        'node_modules/tiny': { dev: true },
        'node_modules/mocha': { dev: true },
      },
    }),
  );

  it('is what is no development dependency, and what the console is made of, as Node finds it', () => {
    assert.deepEqual([...shippedFolders(lock, ['react'])].sort(), [
      'node_modules/express',
      'node_modules/qs',
      'node_modules/react',
      'node_modules/react/node_modules/scheduler',
      'node_modules/tiny',
    ]);
  });

  it('is read off what modules import by name', () => {
    const source = `
      import { a } from 'react';
      import type { B } from '@mantine/core/styles';
      import '@mantine/core/styles.css';
      export * from "recharts";
      const later = await import('@xyflow/react');
      import { c } from './mine.ts'; import { d } from '#shared/x.ts'; import { e } from 'node:fs';`;
    assert.deepEqual(packagesIn(source), [
      'react',
      '@mantine/core',
      '@mantine/core',
      'recharts',
      '@xyflow/react',
    ]);
  });

  it('is hundreds of packages of ours, express and the parts of the console among them, and no test runner', async () => {
    const root = new URL('../../', import.meta.url);
    const ours = parseLock(await readFile(new URL('package-lock.json', root), 'utf8'));
    const shipped = shippedFolders(ours, ['react', '@mantine/core']);
    for (const name of ['express', 'pg', 'react', '@mantine/core'])
      assert.ok(shipped.has(`node_modules/${name}`), name);
    for (const name of ['mocha', 'playwright-core']) assert.ok(!shipped.has(`node_modules/${name}`), name);
  });
});
