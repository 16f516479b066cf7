import assert from 'node:assert/strict';
import { plainRedisAddress } from './stores.ts';

describe('A Redis of your own', () => {
  for (const [url, address] of [
    ['redis://127.0.0.1:6380', { host: '127.0.0.1', port: 6_380 }],
    ['redis://cache.example', { host: 'cache.example', port: 6_379 }],
  ] as const) {
    it(`is reached at ${url}`, () => assert.deepEqual(plainRedisAddress(url), address));
  }

  for (const url of ['rediss://127.0.0.1:6379', 'redis://:secret@127.0.0.1:6379', 'http://127.0.0.1:6379']) {
    it(`is refused as ${url.split('//')[0]} with what is allowed`, () => {
      assert.throws(() => plainRedisAddress(url), /must be redis:\/\/host:port/);
      assert.throws(
        () => plainRedisAddress(url),
        (error: Error) => !error.message.includes('secret'),
      );
    });
  }
});
