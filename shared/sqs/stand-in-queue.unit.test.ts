import assert from 'node:assert/strict';
import { ManualClock } from '#test/manual-clock.ts';
import { StandInQueue } from './stand-in-queue.ts';

describe('The queue in memory', () => {
  const receive = async (queue: StandInQueue): Promise<string[]> => {
    const { signal } = new AbortController();
    const entries = await queue.receive({ max: 10, waitSeconds: 0, visibilitySeconds: 30, signal });
    return entries.map(({ body }) => body);
  };
  const filled = async (options?: { maxReceives: number }) => {
    const clock = new ManualClock();
    const queue = new StandInQueue(clock, options);
    await queue.send(
      ['1', '2'].map((body) => ({ groupId: body === '1' ? 'a' : 'b', deduplicationId: body, body })),
    );
    return { clock, queue };
  };

  it('makes a dead letter of what was received as often as may be, when it would be received again', async () => {
    const { clock, queue } = await filled({ maxReceives: 2 });
    assert.deepEqual(await receive(queue), ['1', '2']);
    await clock.advance(30_000);
    assert.deepEqual(await receive(queue), ['1', '2']);
    assert.deepEqual(queue.deadLetters, []);
    await clock.advance(30_000);
    await queue.send([{ groupId: 'a', deduplicationId: '3', body: '3' }]);
    assert.deepEqual(await receive(queue), ['3']);
    assert.deepEqual([queue.deadLetters, queue.bodies], [['1', '2'], ['3']]);
  });

  it('takes what is a dead letter for known: the same id is not sent again within five minutes', async () => {
    const { clock, queue } = await filled({ maxReceives: 1 });
    await receive(queue);
    await clock.advance(30_000);
    assert.deepEqual(await receive(queue), []);
    await queue.send([{ groupId: 'a', deduplicationId: '1', body: '1' }]);
    assert.deepEqual(queue.bodies, []);
  });

  it('has none where nothing is said', async () => {
    const { clock, queue } = await filled();
    for (let time = 0; time < 20; time += 1) {
      assert.deepEqual(await receive(queue), ['1', '2']);
      await clock.advance(30_000);
    }
    assert.deepEqual(queue.deadLetters, []);
  });
});
