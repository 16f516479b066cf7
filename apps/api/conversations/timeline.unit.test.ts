import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Order, timelinePage } from './timeline.ts';

interface Row {
  id: string;
  at: Date;
}

/** Rows of one side in the order of their times. */
const side = (name: string) =>
  fc
    .array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 })
    .map((times) =>
      times.sort((a, b) => a - b).map((ms, n): Row => ({ id: `${name}${n}`, at: new Date(ms) })),
    );

/** Every page, one after another, as an operation reads them. */
function pages(texts: readonly Row[], messages: readonly Row[], limit: number, order: Order): string[] {
  const [t, m] = order === 'oldest' ? [texts, messages] : [texts.toReversed(), messages.toReversed()];
  const read: string[] = [];
  for (let [shownTexts, shownMessages] = [0, 0]; ; ) {
    const page = timelinePage(
      {
        texts: t.slice(shownTexts).slice(0, limit + 1),
        messages: m.slice(shownMessages).slice(0, limit + 1),
      },
      limit,
      order,
    );
    assert.ok(page.items.length <= limit);
    read.push(...page.items.map((each) => (each.direction === 'inbound' ? each.text.id : each.message.id)));
    shownTexts += page.shown.texts;
    shownMessages += page.shown.messages;
    if (!page.isMore) return read;
    assert.equal(page.items.length, limit, 'a page that is not the last is full');
  }
}

describe('Pages of a conversation', () => {
  it('show everything once, by time, the text first where both are of one instant', () => {
    fc.assert(
      fc.property(side('t'), side('m'), fc.integer({ min: 1, max: 5 }), (texts, messages, limit) => {
        const rank = ({ id }: Row): number => (id.startsWith('t') ? 0 : 1);
        const expected = [...texts, ...messages]
          .sort((a, b) => a.at.getTime() - b.at.getTime() || rank(a) - rank(b))
          .map(({ id }) => id);
        assert.deepEqual(pages(texts, messages, limit, 'oldest'), expected);
        assert.deepEqual(pages(texts, messages, limit, 'newest'), expected.toReversed());
      }),
    );
  });

  it('keep the order of each side where its times do not', () => {
    const messages = [5, 3, 4].map((ms, n) => ({ id: `m${n}`, at: new Date(ms) }));
    assert.deepEqual(pages([], messages, 2, 'oldest'), ['m0', 'm1', 'm2']);
  });
});
