import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeNewest } from './merge.ts';

const at = (ms: number) => new Date(ms);

describe('What happened to a person, from several sources,', () => {
  it('is one list, the newest first, and says whether there is more', () => {
    const merged = mergeNewest([[{ at: at(5) }, { at: at(1) }], [{ at: at(4) }, { at: at(3) }], []], 3);
    assert.deepEqual(
      merged.rows.map((row) => row.at.getTime()),
      [5, 4, 3],
    );
    assert.deepEqual([merged.shown, merged.isMore], [[1, 2, 0], true]);
  });

  it('of one instant stands in the order of the sources', () => {
    const merged = mergeNewest([[{ at: at(1), of: 'a' }], [{ at: at(1), of: 'b' }]], 5);
    assert.deepEqual([merged.rows.map(({ of }) => of), merged.isMore], [['a', 'b'], false]);
  });

  it('is read page by page without a row too many or too few, in the order of each source, whatever their clocks say', () => {
    const source = fc.array(fc.nat(20).map(at), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(source, { maxLength: 5 }), fc.integer({ min: 1, max: 5 }), (times, limit) => {
        const all = times.map((each, of) => each.map((time, place) => ({ at: time, of, place })));
        const begun = all.map(() => 0);
        const read: { of: number; place: number }[] = [];
        for (;;) {
          const heads = all.map((each, of) => each.slice(begun[of] ?? 0, (begun[of] ?? 0) + limit + 1));
          const { isMore, rows, shown } = mergeNewest(heads, limit);
          read.push(...rows);
          for (const [of, count] of shown.entries()) begun[of] = (begun[of] ?? 0) + count;
          if (!isMore) break;
        }
        for (const [of, each] of all.entries()) {
          assert.deepEqual(
            read.filter((row) => row.of === of).map(({ place }) => place),
            each.map(({ place }) => place),
          );
        }
        const whole = mergeNewest(all, Number.POSITIVE_INFINITY).rows;
        assert.deepEqual(read, whole);
      }),
    );
  });
});
