import assert from 'node:assert/strict';
import { connectionOf } from './connection-overrides.ts';

describe('connectionOf', () => {
  it("has Twilio's defaults for an address without a fragment", () => {
    assert.deepEqual(connectionOf('https://a.example/sms?x=1'), {
      url: 'https://a.example/sms?x=1',
      connectTimeoutMs: 5_000,
      readTimeoutMs: 15_000,
      totalTimeoutMs: 15_000,
      retries: 1,
      retryOn: new Set(['ct']),
    });
  });

  it('takes overrides from the fragment, which is not part of the address', () => {
    assert.deepEqual(connectionOf('https://a.example/sms#rc=3&rp=ct,rt,5xx&ct=2000&rt=3000&tt=10000'), {
      url: 'https://a.example/sms',
      connectTimeoutMs: 2_000,
      readTimeoutMs: 3_000,
      totalTimeoutMs: 10_000,
      retries: 3,
      retryOn: new Set(['ct', 'rt', '5xx']),
    });
  });

  const edges: [fragment: string, expected: Partial<ReturnType<typeof connectionOf>>][] = [
    ['rc=9', { retries: 5 }],
    ['rc=0', { retries: 0 }],
    ['rc=-1', { retries: 1 }],
    ['rt=20000', { readTimeoutMs: 15_000 }],
    ['ct=1', { connectTimeoutMs: 100 }],
    ['ct=20000', { connectTimeoutMs: 10_000 }],
    ['tt=60000', { totalTimeoutMs: 15_000 }],
    ['rp=all', { retryOn: new Set(['ct', 'rt', '4xx', '5xx']) }],
    ['rp=4xx, 5xx', { retryOn: new Set(['4xx', '5xx']) }],
    ['rp=never', { retryOn: new Set() }],
    ['section', { retries: 1, url: 'https://a.example/' }],
  ];
  for (const [fragment, expected] of edges) {
    it(`reads #${fragment}`, () => {
      const connection = connectionOf(`https://a.example/#${fragment}`);
      assert.deepEqual({ ...connection, ...expected }, connection);
    });
  }
});
