import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { systemClock } from './clock.ts';

describe('The machine’s clock', () => {
  const clock = systemClock();
  /** Far beyond any test: whoever waits for it hangs. */
  const NEVER_MS = 3_600_000;

  it('sleeps, and leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    await clock.sleep(1, signal);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  it('ends a sleep with the reason of its signal, and leaves nothing on it', async () => {
    const waits = new AbortController();
    const reason = new Error('enough');
    const slept = assert.rejects(clock.sleep(NEVER_MS, waits.signal), (error) => error === reason);
    waits.abort(reason);
    await slept;
    assert.deepEqual(getEventListeners(waits.signal, 'abort'), []);
  });

  it('does not begin a sleep whose signal has ended', async () => {
    const reason = new Error('enough');
    await assert.rejects(clock.sleep(NEVER_MS, AbortSignal.abort(reason)), (error) => error === reason);
  });

  it('ends a sleep without a reason with an AbortError', async () => {
    const waits = new AbortController();
    const slept = assert.rejects(clock.sleep(NEVER_MS, waits.signal), { name: 'AbortError' });
    waits.abort();
    await slept;
  });
});
