import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alarmsOf } from './alarms.ts';
import { RUNBOOK_FOLDER, runbooks } from './runbooks.ts';
import { sampleResources } from './sample-resources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = readdirSync(join(root, RUNBOOK_FOLDER)).filter((name) => name.endsWith('.md'));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Anchors as GitHub makes them. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Links to files of the product, with what they should lead to. */
const linksOf = (path: string): { target: string; anchor: string }[] =>
  [...textOf(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)/g)].map(
    ([, file = '', anchor = '']) => ({
      target: file === '' ? path : normalize(join(dirname(path), file)),
      anchor,
    }),
  );

const READING: readonly string[] = [...pages.map((page) => `${RUNBOOK_FOLDER}/${page}`), 'docs/deploy.md'];

describe('Runbooks', () => {
  it('exist for every alarm, with the heading that its description names', () => {
    const kinds = new Set(alarmsOf(sampleResources()).map(({ kind }) => kind));
    assert.deepEqual(
      Object.keys(runbooks).filter((kind) => ![...kinds].some((used) => used === kind)),
      [],
      'kinds that no alarm has',
    );
    for (const link of Object.values(runbooks)) {
      const [page = '', heading = ''] = link.split('#');
      assert.ok(pages.includes(page), `${page} does not exist`);
      assert.ok(anchorsOf(textOf(`${RUNBOOK_FOLDER}/${page}`)).has(heading), `${link}: no such heading`);
    }
  });

  it('are each in the list of pages, and each page of an alarm says what it is about', () => {
    const listed = new Set(linksOf(`${RUNBOOK_FOLDER}/README.md`).map(({ target }) => target));
    assert.deepEqual(
      pages.filter((page) => page !== 'README.md' && !listed.has(`${RUNBOOK_FOLDER}/${page}`)),
      [],
    );
    const headings = [
      'What it means for people',
      'How to see it',
      'What to do',
      'What not to do',
      'It is over when',
    ];
    const ofAlarms = new Set(Object.values(runbooks).map((link) => link.split('#')[0] ?? ''));
    for (const page of ofAlarms) {
      const text = textOf(`${RUNBOOK_FOLDER}/${page}`);
      for (const heading of headings) assert.ok(text.includes(`\n## ${heading}\n`), `${page}: ${heading}`);
    }
  });

  it('name every alarm in the list of pages', () => {
    const list = textOf(`${RUNBOOK_FOLDER}/README.md`);
    const unnamed = alarmsOf(sampleResources()).filter(({ kind, name }) => {
      const row = list
        .split('\n')
        .find((line) => line.includes(`](${runbooks[kind].split('#')[0]})`) && line.startsWith('|'));
      const patterns = [...(row ?? '').matchAll(/`([A-Za-z-]+?)(?:\.\.\.)?`/g)].map(
        ([, pattern = '']) => new RegExp(`^${pattern.replace(/QUEUE|CONSUMER|STREAM|SERVICE/, '[a-z-]+')}`),
      );
      return !patterns.some((pattern) => pattern.test(name));
    });
    assert.deepEqual(
      unnamed.map(({ name }) => name),
      [],
    );
  });

  it('lead only to pages and headings that exist', () => {
    const broken = READING.flatMap((path) =>
      linksOf(path)
        .filter(({ anchor, target }) => {
          if (!existsSync(join(root, target))) return true;
          return anchor !== '' && !anchorsOf(textOf(target)).has(anchor);
        })
        .map(({ anchor, target }) => `${path}: ${target}#${anchor}`),
    );
    assert.deepEqual(broken, []);
  });

  it('name only commands of npm that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));
    const unknown = READING.flatMap((path) =>
      [...textOf(path).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => `${path}: ${name}`),
    ).filter((line) => scripts[line.split(': ')[1] ?? ''] === undefined);
    assert.deepEqual(unknown, []);
  });
});
