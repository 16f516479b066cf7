import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KEPT, type LiveEvent } from '#shared/live-events/stream.ts';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { runs } from '#test/properties/runs.ts';
import { HEARTBEAT_MS, Hub, LEAST_BETWEEN_MS, type Listener, MAX_AGE_MS, MAX_BUFFERED_BYTES } from './hub.ts';

/** Notes what it is sent; takes nothing from its buffer while `slow`. */
class Recorder implements Listener {
  readonly frames: Buffer[] = [];
  ended: string | null = null;
  slow = false;
  bufferedBytes = 0;

  write(frame: Buffer): void {
    this.frames.push(frame);
    if (this.slow) this.bufferedBytes += frame.length;
  }

  end(frame: Buffer): void {
    this.ended = frame.toString();
  }

  get text(): string {
    return Buffer.concat(this.frames).toString();
  }

  /** Payloads of the updates. */
  get values(): number[] {
    return [...this.text.matchAll(/"payload":\{"value":(\d+)\}/g)].map(([, value]) => Number(value));
  }

  /** Where this client would go on from. */
  get lastId(): string {
    return [...this.text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? '';
  }
}

const event = (id: number, topic: string, value = id): LiveEvent => ({
  id: `${id}-0`,
  topic,
  payload: JSON.stringify({ value }),
});

describe('The hub of live events', () => {
  let clock: ManualClock;
  let hub: Hub;
  beforeEach(() => {
    clock = new ManualClock();
    hub = new Hub(clock);
    hub.restart([]);
  });
  afterEach(() => hub.stop());
  const listen = (topics: string[] | null = null, lastEventId: string | null = null, more = {}): Recorder => {
    const recorder = Object.assign(new Recorder(), more);
    hub.attach(recorder, { topics, lastEventId });
    return recorder;
  };

  it('makes an update into bytes once, for all clients', () => {
    const [one, two] = [listen(), listen(['system'])];
    hub.add([event(1, 'system')]);
    assert.deepEqual(one.values, [1]);
    assert.equal(one.frames.at(-1), two.frames.at(-1));
  });

  it('hands out only the topics that a client asked for', () => {
    const [all, one, two] = [listen(), listen(['campaign:a']), listen(['campaign:b', 'system'])];
    hub.add([event(1, 'campaign:a'), event(2, 'campaign:b'), event(3, 'system')]);
    assert.deepEqual([all.values, one.values, two.values], [[1, 2, 3], [1], [2, 3]]);
  });

  it('lets the first update of a topic out at once, and of those that follow the newest', async () => {
    const client = listen();
    hub.add([event(1, 'system')]);
    hub.add([event(2, 'system')]);
    hub.add([event(3, 'system')]);
    assert.deepEqual(client.values, [1]);
    await clock.advance(LEAST_BETWEEN_MS - 1);
    assert.deepEqual(client.values, [1]);
    await clock.advance(1);
    assert.deepEqual(client.values, [1, 3]);
  });

  it('does not let one topic hold up another', () => {
    const client = listen();
    hub.add([event(1, 'system')]);
    hub.add([event(2, 'system'), event(3, 'inbox')]);
    assert.deepEqual(client.values, [1, 3]);
  });

  it('of events that come together lets the newest of each topic out', () => {
    const client = listen();
    hub.add([event(1, 'a'), event(2, 'b'), event(3, 'a')]);
    assert.deepEqual(client.values.sort(), [2, 3]);
  });

  it('of any events, at any times, lets at most two of a topic out in a second, and the newest in the end', async () => {
    const script = fc.array(fc.record({ topic: fc.constantFrom('a', 'b', 'c'), wait: fc.nat(400) }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(script, async (steps) => {
        const ownClock = new ManualClock();
        const own = new Hub(ownClock);
        own.restart([]);
        const left: { topic: string; value: number; at: number }[] = [];
        const note = (frame: Buffer): void => {
          const [, topic, value] = /"topic":"(\w)".*"value":(\d+)/.exec(frame.toString()) ?? [];
          if (topic) left.push({ topic, value: Number(value), at: ownClock.monotonic() });
        };
        own.attach(
          { bufferedBytes: 0, write: note, end: () => undefined },
          { topics: null, lastEventId: null },
        );
        const newest = new Map<string, number>();
        for (const [index, { topic, wait }] of steps.entries()) {
          own.add([event(index + 1, topic)]);
          newest.set(topic, index + 1);
          await ownClock.advance(wait);
        }
        await ownClock.advance(2 * LEAST_BETWEEN_MS);
        own.stop();
        for (const topic of ['a', 'b', 'c']) {
          const ofTopic = left.filter((each) => each.topic === topic);
          assert.equal(ofTopic.at(-1)?.value, newest.get(topic));
          for (const [index, { at }] of ofTopic.entries()) {
            const before = ofTopic[index - 1];
            if (before) assert.ok(at - before.at >= LEAST_BETWEEN_MS);
          }
        }
      }),
      { numRuns: runs(50) },
    );
  });

  it('lets a client go on from any id that it was given without missing the newest of a topic', async () => {
    const script = fc.array(fc.record({ topic: fc.constantFrom('a', 'b', 'c'), wait: fc.nat(300) }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(script, fc.nat(30), async (steps, cut) => {
        const ownClock = new ManualClock();
        const own = new Hub(ownClock);
        own.restart([event(1, 'a')]);
        const first = new Recorder();
        const forget = own.attach(first, { topics: null, lastEventId: null });
        const second = new Recorder();
        const newest = new Map<string, number>();
        for (const [index, { topic, wait }] of steps.entries()) {
          if (index === cut % steps.length) {
            forget();
            own.attach(second, { topics: null, lastEventId: first.lastId });
          }
          own.add([event(index + 2, topic)]);
          newest.set(topic, index + 2);
          await ownClock.advance(wait);
        }
        await ownClock.advance(2 * LEAST_BETWEEN_MS);
        own.stop();
        const seen = new Map(
          [...`${first.text}${second.text}`.matchAll(/"topic":"(\w)","payload":\{"value":(\d+)\}/g)].map(
            ([, topic, value]) => [topic, Number(value)] as const,
          ),
        );
        for (const [topic, value] of newest) assert.equal(seen.get(topic), value);
      }),
      { numRuns: runs(100) },
    );
  });

  it('tells who comes back with an id what came since, the newest of each topic', async () => {
    hub.add([event(1, 'a'), event(2, 'a'), event(3, 'b'), event(4, 'a')]);
    const back = listen(null, '1-0');
    assert.deepEqual(back.values, [3, 4]);
    assert.equal(back.lastId, '4-0');
    assert.deepEqual(listen(['b'], '1-0').values, [3]);
    assert.deepEqual(listen(null, '4-0').values, []);
  });

  it('tells who comes back with an id that is not kept, or that it never saw, to fetch again', () => {
    hub.add(Array.from({ length: 3 * KEPT }, (_, index) => event(index + 10, 'a')));
    for (const id of ['5-0', '999999-0', '0-0', 'nonsense', '']) {
      const back = listen(null, id);
      assert.match(back.text, /^id: 3009-0\nevent: reset\n/, id);
    }
    assert.doesNotMatch(listen(null, `${3 * KEPT}-0`).text, /reset/);
  });

  it('tells who missed more than a client may have waiting to fetch again', () => {
    const long = 'x'.repeat(8_000);
    hub.add(
      Array.from({ length: 20 }, (_, at) => ({ ...event(at + 1, `campaign:${at}`), payload: `"${long}"` })),
    );
    assert.match(listen(null, '1-0').text, /event: reset/);
  });

  it('tells everybody to fetch again when the stream is back', () => {
    const client = listen();
    hub.add([event(1, 'a')]);
    hub.restart([event(7, 'a')]);
    assert.match(client.text, /id: 7-0\nevent: reset\n/);
    hub.add([event(8, 'b')]);
    assert.deepEqual(client.values, [1, 8]);
  });

  it('ends a client that takes nothing with a reset before much waits for it, and bothers nobody else', async () => {
    const slow = listen(null, null, { slow: true });
    const quick = listen();
    const many = Array.from({ length: 400 }, (_, at) => event(at + 1, `campaign:${at}`));
    const payload = JSON.stringify('x'.repeat(1_000));
    hub.add(many.map((each) => ({ ...each, payload })));
    assert.ok(slow.bufferedBytes <= MAX_BUFFERED_BYTES);
    assert.match(slow.ended ?? '', /event: reset/);
    assert.equal(quick.ended, null);
    assert.equal(hub.size, 1);
  });

  it('says something to silent connections before anybody takes them for dead', async () => {
    const client = listen();
    await clock.advance(2 * HEARTBEAT_MS);
    assert.equal(client.frames.filter((frame) => frame.toString() === ':\n\n').length, 2);
  });

  it('sends clients to sign in again after a while', async () => {
    const client = listen();
    await clock.advance(MAX_AGE_MS - HEARTBEAT_MS);
    assert.equal(client.ended, null);
    await clock.advance(HEARTBEAT_MS);
    assert.match(client.ended ?? '', /^retry: \d+\n\n$/);
    assert.equal(hub.size, 0);
  });

  it('at its end sends everybody away to come back later, also those who still come', async () => {
    const before = listen();
    hub.stop();
    const after = listen();
    for (const client of [before, after]) assert.match(client.ended ?? '', /^retry: \d+\n\n$/);
    await settle();
    assert.equal(clock.sleeping, 0);
  });

  it('keeps nothing back for topics that nobody listens to', async () => {
    const client = listen(['system']);
    hub.add([event(1, 'inbox'), event(2, 'inbox'), event(3, 'system')]);
    assert.equal(client.lastId, '3-0');
    assert.ok(hub.isHeard('system'));
    assert.ok(!hub.isHeard('inbox'));
  });
});
