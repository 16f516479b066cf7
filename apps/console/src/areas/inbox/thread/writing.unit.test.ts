import assert from 'node:assert/strict';
import {
  done,
  editedDraft,
  givenBack,
  nothingWritten,
  type Sent,
  type Shelf,
  sentAs,
  takenUp,
  type Writing,
  Writings,
  written,
} from './writing.ts';

const answer = (words: string): Sent => ({
  kind: 'answer',
  words,
  key: 'a key',
  change: { path: { id: 'c' }, body: { body: words } },
});
const sent = (words: string): Writing => ({ text: words, draft: null, sent: answer(words) });
/** Of a tab, which outlives the page. */
const shelf = (): Shelf => {
  const kept = new Map<string, string>();
  return {
    read: (name) => kept.get(name) ?? null,
    write: (name, text) => {
      if (text === null) kept.delete(name);
      else kept.set(name, text);
    },
  };
};
const refused = (): never => assert.fail('it is the same request');

describe('What somebody writes in a conversation', () => {
  it('is the same request while its words are the same and nobody knows that it was done', () => {
    const before = sent('Yes');
    assert.equal(sentAs(before, 'answer', refused), before.sent);
    const changedAndBack = written(written(before, 'Yes.'), ' Yes ');
    assert.equal(sentAs(changedAndBack, 'answer', refused), before.sent);
  });

  it('is the same request also where it was a draft, which is settled meanwhile', () => {
    const before: Writing = {
      text: 'Until five',
      draft: { textId: 'a', before: '' },
      sent: {
        kind: 'draft',
        words: 'Until five',
        key: 'a key',
        change: { path: { id: 'a' }, body: { body: 'Until five' } },
      },
    };
    assert.equal(editedDraft(before, null), null);
    assert.equal(sentAs(before, 'answer', refused), before.sent);
  });

  it('is another request with other words, as a note, or when everything was deleted', () => {
    const other = answer('Other');
    for (const [now, as] of [
      [written(sent('Yes'), 'No'), 'answer'],
      [sent('Yes'), 'note'],
      [written(written(sent('Yes'), ''), 'Yes'), 'answer'],
    ] as const) {
      assert.equal(
        sentAs(now, as, () => other),
        other,
      );
    }
  });

  it('is gone when it was done, but for what was typed since', () => {
    const before = sent('Yes');
    const change = before.sent?.change ?? {};
    assert.deepEqual(done(before, change), nothingWritten);
    assert.equal(done(written(before, 'Yes. And'), change).text, 'Yes. And');
    assert.equal(done(written(before, 'Yes. And'), change).sent, null);
    assert.equal(done(before, {}), before, 'something else was done');
  });

  it('makes way for a draft only when that is taken up, and comes back', () => {
    const draft = { textId: 'a', body: 'We are open.' };
    const taken = takenUp({ ...nothingWritten, text: 'Half a sent' }, draft);
    assert.equal(taken.text, 'We are open.');
    assert.equal(givenBack(taken).text, 'Half a sent');
    assert.equal(givenBack(takenUp(taken, { textId: 'b', body: 'We are closed.' })).text, 'Half a sent');
  });

  it('changes a draft only while that very draft is there', () => {
    const taken = takenUp(nothingWritten, { textId: 'a', body: 'We are open.' });
    assert.equal(editedDraft(taken, { textId: 'a', draft: 'We are open.' }), 'a');
    assert.equal(editedDraft(taken, { textId: 'a', draft: null }), null);
    assert.equal(editedDraft(taken, { textId: 'b', draft: 'Another.' }), null);
    assert.equal(editedDraft(taken, null), null);
    assert.equal(editedDraft(nothingWritten, { textId: 'a', draft: 'We are open.' }), null);
  });

  it('is of whoever wrote it, and told to who listens', () => {
    const writings = new Writings(shelf(), () => undefined);
    let told = 0;
    const leave = writings.subscribe(() => told++);
    writings.change('person ana', 'c', (before) => written(before, 'Dear'));
    assert.equal(writings.of('person ana', 'c').text, 'Dear');
    assert.equal(writings.of('person ben', 'c'), nothingWritten);
    assert.equal(writings.of('person ana', 'd'), nothingWritten);
    leave();
    writings.change('person ana', 'c', () => nothingWritten);
    assert.equal(writings.of('person ana', 'c'), nothingWritten);
    assert.equal(told, 1);
  });

  it('is there again after a reload, and what was sent is the same request under the same key', () => {
    const tab = shelf();
    const told: Sent[] = [];
    const before = new Writings(tab, () => undefined);
    before.change('user a', 'c', () => sent('Yes'));
    before.change('user a', 'd', (now) => written(now, 'Half a sen'));
    const after = new Writings(tab, (each) => told.push(each));
    assert.deepEqual(after.of('user a', 'c'), sent('Yes'));
    assert.equal(sentAs(after.of('user a', 'c'), 'answer', refused).key, 'a key');
    assert.deepEqual(told, [answer('Yes')]);
    assert.equal(after.of('user a', 'd').text, 'Half a sen');
    assert.equal(after.of('user b', 'c'), nothingWritten);
    const { change } = told[0] ?? assert.fail();
    after.change('user a', 'c', (now) => done(now, change));
    assert.equal(new Writings(tab, () => undefined).of('user a', 'c'), nothingWritten);
  });
});
