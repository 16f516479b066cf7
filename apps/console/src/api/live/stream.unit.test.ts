import assert from 'node:assert/strict';
import { type LiveUpdate, startLiveStream } from './stream.ts';

/** Streams that a server answers, one after the other, and what was asked for. */
class Server {
  readonly asked: (string | null)[] = [];
  readonly #opened: ((controller: ReadableStreamDefaultController<Uint8Array>) => void)[] = [];
  readonly #controllers: ReadableStreamDefaultController<Uint8Array>[] = [];

  readonly open = async (from: string | null, signal: AbortSignal): Promise<Response> => {
    this.asked.push(from);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controllers.push(controller);
        this.#opened.shift()?.(controller);
        signal.addEventListener('abort', () => {
          try {
            controller.error(signal.reason);
          } catch {
            // It has ended already.
          }
        });
      },
    });
    return new Response(body);
  };

  /** The next stream that is asked for, which may be there already. */
  async next(): Promise<{ say(text: string): void; end(): void }> {
    const controller =
      this.#controllers.shift() ??
      (await new Promise<ReadableStreamDefaultController<Uint8Array>>((resolve) =>
        this.#opened.push((opened) => {
          this.#controllers.splice(this.#controllers.indexOf(opened), 1);
          resolve(opened);
        }),
      ));
    return {
      say: (text) => controller.enqueue(new TextEncoder().encode(text)),
      end: () => controller.close(),
    };
  }
}

const update = (id: string, topic: string, payload: object): string =>
  `id: ${id}\nevent: update\ndata: ${JSON.stringify({ topic, payload })}\n\n`;

describe('The stream of live events in the console', () => {
  let server: Server;
  let updates: LiveUpdate[][];
  let missed: number;
  let states: string[];
  let stop: () => void;
  let heard: () => void;
  const position = { current: null as string | null };

  beforeEach(() => {
    server = new Server();
    updates = [];
    missed = 0;
    states = [];
    position.current = null;
    heard = () => undefined;
    stop = start();
  });
  afterEach(() => stop());
  const start = (): (() => void) =>
    startLiveStream({
      open: server.open,
      position,
      listener: {
        updated: (several) => {
          updates.push([...several]);
          heard();
        },
        missed: () => {
          missed += 1;
          heard();
        },
        stands: (state) => states.push(state),
      },
      random: () => 0,
    });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const told = (): boolean => updates.length > 0;

  it('hands over what comes together, of each topic the newest', async () => {
    const stream = await server.next();
    stream.say(`id: 5-0\n\n${update('6-0', 'a', { n: 1 })}${update('7-0', 'b', { n: 2 })}`);
    stream.say(update('8-0', 'a', { n: 3 }));
    await until(told);
    assert.deepEqual(updates, [
      [
        { topic: 'b', payload: { n: 2 } },
        { topic: 'a', payload: { n: 3 } },
      ],
    ]);
    assert.deepEqual(states, ['connecting', 'live']);
  });

  it('comes back with the id of the last event when the stream ends, as soon as it was told to', async () => {
    const first = await server.next();
    first.say(`id: 5-0\n\nretry: 1\n\n${update('6-0', 'a', {})}`);
    await until(told);
    missed = 0;
    first.end();
    const second = await server.next();
    assert.deepEqual(server.asked, [null, '6-0']);
    second.say('id: 9-0\nevent: reset\ndata: {}\n\n');
    await until(() => missed > 0);
    assert.equal(missed, 1);
    assert.equal(position.current, '9-0');
  });

  it('has what was read before it was open read again, unless it goes on from where another ended', async () => {
    await server.next();
    await until(() => missed > 0);
    stop();
    missed = 0;
    position.current = '5-0';
    stop = start();
    (await server.next()).say(update('6-0', 'a', {}));
    await until(told);
    assert.equal(missed, 0);
  });

  it('hands over what it has heard when it is stopped: the next begins behind it', async () => {
    const stream = await server.next();
    stream.say(update('6-0', 'a', { n: 1 }));
    while (position.current === null) await new Promise(setImmediate);
    assert.deepEqual(updates, []);
    stop();
    assert.deepEqual(updates, [[{ topic: 'a', payload: { n: 1 } }]]);
  });

  it('keeps its place over pieces that break anywhere', async () => {
    const stream = await server.next();
    for (const piece of update('12-0', 'topic', { text: 'é' }).match(/[\s\S]{1,3}/g) ?? []) stream.say(piece);
    await until(told);
    assert.deepEqual(updates, [[{ topic: 'topic', payload: { text: 'é' } }]]);
    assert.equal(position.current, '12-0');
  });
});
