import assert from 'node:assert/strict';
import { isIgnored, patternsOf } from './docker-ignore.ts';

describe('A .dockerignore', () => {
  const patterns = patternsOf(`# only these
*
!apps
!package.json

apps/local
**/*.test.ts
`);
  for (const [path, ignored] of [
    ['package.json', false],
    ['package-lock.json', true],
    ['apps/gateway/main.ts', false],
    ['apps/gateway/main.int.test.ts', true],
    ['apps/local/main.ts', true],
    ['apps/local/carrier/main.ts', true],
    ['apps/localised/main.ts', false],
    ['infra/index.ts', true],
    ['infra/apps/main.ts', true],
    ['.git/config', true],
  ] as const) {
    it(`${ignored ? 'leaves out' : 'takes in'} ${path}`, () => {
      assert.equal(isIgnored(path, patterns), ignored);
    });
  }
});
