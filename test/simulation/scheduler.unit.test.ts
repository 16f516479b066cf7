import assert from 'node:assert/strict';
import { type Party, Scheduler } from './scheduler.ts';

describe('What happens in simulated time', () => {
  const never = (): boolean => false;
  const party = (more: Partial<Party> = {}): Party => ({
    name: 'a task',
    alive: true,
    deafUntil: 0,
    ...more,
  });

  it('happens in the order of its instants, and of asking where they are the same', async () => {
    const scheduler = new Scheduler();
    const heard: string[] = [];
    const say = (word: string) => (): void => void heard.push(`${word} ${scheduler.now}`);
    scheduler.after(5, 'b', null, say('b'));
    scheduler.after(1, 'a', null, () => {
      heard.push(`a ${scheduler.now}`);
      scheduler.after(4, 'd', null, say('d'));
      scheduler.after(0, 'now', null, say('now'));
    });
    scheduler.after(5, 'c', null, say('c'));
    await scheduler.run(never, 100);
    assert.deepEqual(heard, ['a 1', 'now 1', 'b 5', 'c 5', 'd 5']);
  });

  it('ends at the instant that was said, and goes on from there', async () => {
    const scheduler = new Scheduler();
    let happened = 0;
    scheduler.after(10, 'later', null, () => {
      happened = scheduler.now;
    });
    await scheduler.run(never, 9);
    assert.deepEqual([scheduler.now, happened], [9, 0]);
    await scheduler.run(never, 20);
    assert.equal(happened, 10);
  });

  it('does not happen to who has died or what was cancelled, and waits for who is stopped', async () => {
    const scheduler = new Scheduler();
    const heard: string[] = [];
    scheduler.after(1, 'x', party({ alive: false }), () => void heard.push('dead'));
    scheduler.after(2, 'x', null, () => void heard.push('cancelled'))();
    scheduler.after(
      3,
      'x',
      party({ deafUntil: 50 }),
      () => void heard.push(`stopped until ${scheduler.now}`),
    );
    scheduler.after(4, 'x', party(), () => void heard.push('alive'));
    await scheduler.run(never, 100);
    assert.deepEqual(heard, ['alive', 'stopped until 50']);
  });

  it('is followed by all that programs make of it before the next thing happens', async () => {
    const scheduler = new Scheduler();
    const heard: string[] = [];
    const program = async (): Promise<void> => {
      await new Promise((resolve) => scheduler.after(1, 'first', null, () => resolve(undefined)));
      for (let step = 0; step < 20; step += 1) await null;
      // As a producer does that gathers what is put in one turn.
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => process.nextTick(resolve));
      heard.push(`program ${scheduler.now}`);
    };
    void program();
    scheduler.after(1, 'second', null, () => void heard.push(`second ${scheduler.now}`));
    await scheduler.run(never, 10);
    assert.deepEqual(heard, ['program 1', 'second 1']);
  });

  it('has the same digest where the same happened, and another where something else did', async () => {
    const digestOf = async (...words: string[]): Promise<string> => {
      const scheduler = new Scheduler();
      for (const word of words) scheduler.after(1, word, null, () => undefined);
      await scheduler.run(never, 10);
      return scheduler.digest();
    };
    assert.equal(await digestOf('a', 'b'), await digestOf('a', 'b'));
    assert.notEqual(await digestOf('a', 'b'), await digestOf('b', 'a'));
  });
});
