import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { linkMaker, sampleLinkMaker, TOKEN } from './token.ts';

const BASE = 'https://go.example.org';
const maker = linkMaker(BASE, testPseudonyms);

describe('Tokens of short links', () => {
  it('are 12 letters and digits for any recipient and any address, and the same for the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), (owner, url) => {
        assert.match(maker.tokenOf(owner, url), TOKEN);
        assert.equal(maker.tokenOf(owner, url), maker.tokenOf(owner, url));
      }),
    );
  });

  it('are different for each recipient, each address and each key', () => {
    const other = linkMaker(
      BASE,
      new Pseudonyms([{ version: 1, secret: 'another secret of a test, long enough' }]),
    );
    const tokens = new Set<string>();
    for (let n = 0; n < 20_000; n += 1) tokens.add(maker.tokenOf(`recipient ${n}`, 'https://example.org/'));
    for (let n = 0; n < 20_000; n += 1) tokens.add(maker.tokenOf('one', `https://example.org/${n}`));
    tokens.add(other.tokenOf('recipient 0', 'https://example.org/'));
    assert.equal(tokens.size, 40_001);
  });

  it('use all of their alphabet evenly: nothing of them can be foreseen', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 5_000; n += 1) {
      // The first character has a little less than all: 2^71 is not a power of 62.
      for (const character of maker.tokenOf(`${n}`, 'https://example.org/').slice(1)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    assert.equal(counts.size, 62);
    const expected = (5_000 * 11) / 62;
    for (const [character, count] of counts) {
      assert.ok(Math.abs(count - expected) < 6 * Math.sqrt(expected), `${character}: ${count}`);
    }
  });

  it('stand in addresses under our own base; those of previews have the same length and are no token of anybody', () => {
    const token = maker.tokenOf('one', 'https://example.org/');
    const sample = sampleLinkMaker(BASE);
    assert.equal(maker.addressOf(token), `https://go.example.org/l/${token}`);
    assert.equal(
      sample.addressOf(sample.tokenOf('one', 'https://example.org/')).length,
      maker.addressOf(token).length,
    );
  });
});
