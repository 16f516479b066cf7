import assert from 'node:assert/strict';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { refresh, touch } from './touch.ts';

const queryKey = ['/v1/imports/{id}', { path: { id: '1' } }];

/** Something that is shown, whose readings are answered when the test says so, with what it was when they were asked. */
function shown() {
  const cache = new QueryClient();
  let now = 'uploading';
  const answers: (() => void)[] = [];
  let aborted = 0;
  const observer = new QueryObserver<string>(cache, {
    queryKey,
    retry: false,
    queryFn: ({ signal }) => {
      const asked = now;
      signal.addEventListener('abort', () => aborted++);
      return new Promise((resolve) => answers.push(() => resolve(asked)));
    },
  });
  const hide = observer.subscribe(() => undefined);
  return {
    cache,
    hide,
    answers,
    aborted: () => aborted,
    becomes: (next: string) => {
      now = next;
    },
    /** Answers the newest reading, and whatever follows from it. */
    answer: async (place = answers.length - 1) => {
      answers[place]?.();
      await turns();
    },
    says: () => cache.getQueryData<string>(queryKey),
  };
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

describe('What is shown, and changes', () => {
  let clear: (() => void) | null = null;
  afterEach(() => clear?.());
  const open = () => {
    const world = shown();
    clear = () => {
      world.hide();
      world.cache.clear();
    };
    return world;
  };
  const changes: [string, (cache: QueryClient) => Promise<void>][] = [
    ['by its path', (cache) => touch(cache, ['/v1/imports'])],
    [
      'by its path, letting what is read finish',
      (cache) => touch(cache, ['/v1/imports'], { cancels: false }),
    ],
    ['by its key', (cache) => refresh(cache, { queryKey })],
  ];
  for (const [how, change] of changes) {
    it(`while it is read for the first time is read once more, ${how}`, async () => {
      const { aborted, answer, answers, becomes, cache, says } = open();
      becomes('uploaded');
      let done = false;
      const all = Promise.all([change(cache), change(cache)]).then(() => {
        done = true;
      });
      await turns();
      assert.equal(answers.length, 1, 'the first reading goes on');
      await answer();
      assert.equal(says(), 'uploading', 'as it was asked for');
      assert.equal(answers.length, 2, 'once for both changes');
      assert.equal(done, false);
      await answer();
      await all;
      assert.equal(says(), 'uploaded');
      assert.equal(answers.length, 2);
      assert.equal(aborted(), 0);
    });
  }

  it('while it is read again is asked for anew', async () => {
    const { aborted, answer, answers, becomes, cache, says } = open();
    await answer();
    void touch(cache, ['/v1/imports']);
    becomes('uploaded');
    void touch(cache, ['/v1/imports']);
    assert.equal(answers.length, 3);
    assert.equal(aborted(), 1);
    await answer();
    assert.equal(says(), 'uploaded');
  });

  it('is not read again by whoever sees to that, nor while nobody shows it', async () => {
    const { answer, answers, cache, hide } = open();
    void touch(cache, ['/v1/imports'], { cancels: false, follows: false });
    await answer();
    assert.equal(answers.length, 1);
    hide();
    void touch(cache, ['/v1/imports']);
    await turns();
    assert.equal(answers.length, 1);
    assert.equal(cache.getQueryState(queryKey)?.isInvalidated, true);
  });

  it('is read again also where its first reading failed', async () => {
    const cache = new QueryClient();
    let asked = 0;
    const observer = new QueryObserver<string>(cache, {
      queryKey,
      retry: false,
      queryFn: () => {
        asked++;
        return asked === 1 ? Promise.reject(new Error('not there yet')) : Promise.resolve('there');
      },
    });
    const hide = observer.subscribe(() => undefined);
    clear = () => {
      hide();
      cache.clear();
    };
    await touch(cache, ['/v1/imports']);
    assert.equal(cache.getQueryData(queryKey), 'there');
  });
});
