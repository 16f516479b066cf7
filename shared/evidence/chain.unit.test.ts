import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { anyCodePoint } from '#test/code-points.ts';
import { canonicalJson, chain, type Json, type Link, lastHash, verifyChain } from './chain.ts';

const anyJson = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const anyEntries = fc.array(
  fc.record(
    { at: fc.integer(), body: fc.string({ unit: anyCodePoint }), more: anyJson },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 8 },
);
const head = { phoneNumber: '+14155550101' };

describe('A chain of evidence', () => {
  it('is written in one way, whatever the order in which names were given', () => {
    assert.equal(
      canonicalJson({ b: [1, 'ä', null], a: { d: true, c: '\n' } }),
      '{"a":{"c":"\\n","d":true},"b":[1,"ä",null]}',
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(canonicalJson(turned), canonicalJson(value));
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('can be computed by anybody: SHA-256 over the canonical form', () => {
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const [link] = chain(head, [{ at: 1 }]);
    const previous = sha256('{"phoneNumber":"+14155550101"}');
    assert.deepEqual(link, {
      previous,
      entry: { at: 1 },
      hash: sha256(`{"entry":{"at":1},"previous":"${previous}"}`),
    });
  });

  const verify = (links: readonly Link[], last: string, expected: string | null = null, top: Json = head) =>
    verifyChain(top, links, last, expected);

  it('is intact as it was made', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const links = chain(head, entries);
        const last = lastHash(head, links);
        assert.deepEqual(verify(links, last, last), { kind: 'intact' });
        const read = JSON.parse(JSON.stringify(links));
        assert.deepEqual(verify(read, last, last), { kind: 'intact' });
      }),
    );
    assert.deepEqual(verify([], lastHash(head, [])), { kind: 'intact' });
  });

  it('says which entry was altered, for any alteration of any entry', () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(), (entries, at) => {
        const links = chain(head, entries);
        const index = at % links.length;
        const altered = links.map((link, i) =>
          i === index ? { ...link, entry: { ...link.entry, at: link.entry.at + 1 } } : link,
        );
        const found = verify(altered, lastHash(head, links));
        assert.ok(found.kind === 'altered');
        assert.equal(found.position, index + 1);
      }),
    );
  });

  it('notices what was taken out, added, moved or cut off, and another head', () => {
    const links = chain(
      head,
      [1, 2, 3, 4].map((at) => ({ at })),
    );
    const last = lastHash(head, links);
    const position = (changed: readonly Link[], top: Json = head) => {
      const found = verify(changed, last, null, top);
      return found.kind === 'altered' ? found.position : 'intact';
    };
    assert.equal(position(links.toSpliced(1, 1)), 2);
    assert.equal(position(links.slice(0, 3)), 3);
    assert.equal(position([...links, ...chain({}, [{ at: 5 }])]), 5);
    assert.equal(position([links[1], links[0], links[2], links[3]].flatMap((link) => link ?? [])), 0);
    assert.equal(position(links, { phoneNumber: '+14155550102' }), 0);
  });

  it('that was computed anew is told from the first one by its last hash alone', () => {
    const links = chain(head, [{ at: 1 }]);
    const forged = chain(head, [{ at: 2 }]);
    const last = lastHash(head, forged);
    assert.deepEqual(verify(forged, last), { kind: 'intact' });
    assert.equal(verify(forged, last, lastHash(head, links)).kind, 'altered');
  });
});
