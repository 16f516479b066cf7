import assert from 'node:assert/strict';
import { SPAN_MS } from './count-rows.ts';
import { inSpans, LEAST_SPAN_MS } from './in-spans.ts';

const tooLong = (): Error =>
  Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });

describe('Spans that are counted', () => {
  it('become shorter until a statement has time for one, stay so until all is counted, and are whole again then', async () => {
    const tried: number[] = [];
    const warned: object[] = [];
    let left = 3;
    const count = inSpans(
      async (spanMs) => {
        tried.push(spanMs);
        if (spanMs > 10_000) throw tooLong();
        left -= 1;
        return { more: left > 0 };
      },
      { warn: (fields) => void warned.push(fields) },
    );
    const became: unknown[] = [];
    for (let n = 0; n < 6; n += 1) became.push(await count());
    assert.deepEqual(tried, [SPAN_MS, 15_000, 7_500, 7_500, 7_500, SPAN_MS]);
    assert.deepEqual(became, [
      'too_long',
      'too_long',
      { more: true },
      { more: true },
      { more: false },
      'too_long',
    ]);
    assert.deepEqual(warned, [{ spanMs: 15_000 }, { spanMs: 7_500 }, { spanMs: 15_000 }]);
  });

  it('do not become ever shorter, and leave other errors to their caller', async () => {
    const tried: number[] = [];
    const quiet = { warn: () => undefined };
    const never = inSpans(async (spanMs) => {
      tried.push(spanMs);
      throw tooLong();
    }, quiet);
    while (tried.at(-1) !== LEAST_SPAN_MS && tried.length < 50) await never().catch(() => undefined);
    await assert.rejects(never(), { code: '57014' });
    const broken = inSpans(() => Promise.reject(new Error('a fault')), quiet);
    await assert.rejects(broken(), /a fault/);
    assert.equal(await inSpans(async () => null, quiet)(), null);
  });
});
