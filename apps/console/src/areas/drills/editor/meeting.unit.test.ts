import assert from 'node:assert/strict';
import { meet, meetKept } from './meeting.ts';
import type { Working } from './working.ts';

const drill = (first: string, second = 'B', more: Partial<Working> = {}): Working => ({
  slug: 'hands',
  name: 'Hands',
  defaultLanguage: 'en',
  prompts: [
    { slug: 'a', messages: [{ text: { en: first } }], maxFailures: 1 },
    { slug: 'b', messages: [{ text: { en: second } }], maxFailures: 1 },
  ],
  examples: [],
  ...more,
});
const base = drill('A');

describe('A draft that somebody else has changed', () => {
  it('is taken as it is where nothing was changed here', () => {
    assert.equal(meet(base, drill('A'), drill('A of theirs')), 'theirs');
  });

  it('needs nothing where both are the same by now', () => {
    assert.equal(meet(base, drill('new'), drill('new')), 'same');
  });

  it('is chosen from, together where that can be', () => {
    assert.deepEqual(meet(base, drill('mine'), drill('A', 'theirs')), { both: drill('mine', 'theirs') });
    assert.deepEqual(meet(base, drill('mine'), drill('theirs')), { both: null });
  });

  it('never takes away what is not complete here, nor what cannot be kept at all', () => {
    assert.deepEqual(meet(base, drill('A', ' '), drill('A', 'B', { name: 'Theirs' })), {
      both: drill('A', ' ', { name: 'Theirs' }),
    });
    assert.deepEqual(meet(base, drill('A', 'B', { name: '' }), drill('theirs')), {
      both: drill('theirs', 'B', { name: '' }),
    });
  });
});

describe('What was left in this browser', () => {
  const kept = { by: { id: 'me', name: 'Me' }, version: '"1"', base, working: drill('mine') };
  const read = (version: string, who = 'me') => ({ version, who });

  it('is gone on with where the draft is still the one that it was begun from', () => {
    assert.equal(meetKept(kept, base, read('"1"')), 'go on');
    assert.equal(meetKept(kept, base, read('"2"')), 'go on');
  });

  it('is nothing where nothing was left, or all of it is saved by now', () => {
    assert.equal(meetKept(null, base, read('"1"')), 'theirs');
    assert.equal(meetKept(kept, drill('mine'), read('"2"')), 'same');
  });

  it('meets what somebody else has written since', () => {
    assert.deepEqual(meetKept(kept, drill('theirs'), read('"2"')), {
      both: null,
      isOfAnother: false,
    });
    assert.deepEqual(meetKept(kept, drill('A', 'theirs'), read('"2"')), {
      both: drill('mine', 'theirs'),
      isOfAnother: false,
    });
  });

  it('is chosen from by whoever did not write it, and never gone on with unasked', () => {
    const toChoose = { both: drill('mine'), isOfAnother: true };
    assert.deepEqual(meetKept(kept, base, read('"1"', 'next')), toChoose);
    const { by: _, ...ofBefore } = kept;
    assert.deepEqual(meetKept(ofBefore, base, read('"1"')), toChoose);
    assert.equal(meetKept(kept, drill('mine'), read('"2"', 'next')), 'same');
  });
});
