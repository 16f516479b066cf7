import assert from 'node:assert/strict';
import { headFault, mediaFault, mediaTypes } from './media.ts';

describe('Files that go with texts', () => {
  for (const [address, fault] of [
    ['https://example.org/flyer.png', null],
    ['https://example.org/flyer.JPG?size=2', null],
    ['https://example.org/media/7f3a', null],
    ['https://example.org/v1.2/flyer', null],
    ['http://example.org/flyer.png', /https/],
    ['https://ann:secret@example.org/flyer.png', /password/],
    ['https://example.org/flyer.svg', /\.svg/],
    ['https://example.org/flyer.webp#.png', /\.webp/],
    ['https://example.org/setup.exe', /\.exe/],
  ] as const) {
    it(`${fault === null ? 'may be' : 'may not be'} ${address}`, () => {
      const found = mediaFault(address);
      if (fault === null) assert.equal(found, null);
      else assert.match(found ?? '', fault);
    });
  }

  it('are of types that are named once, and never larger than all carriers take', () => {
    const extensions = mediaTypes.flatMap((each): readonly string[] => each.extensions);
    assert.equal(new Set(extensions).size, extensions.length);
    assert.ok(
      mediaTypes.every(({ mostBytes, type }) => mostBytes <= (type.startsWith('image/') ? 2e6 : 6e5)),
    );
  });

  for (const [head, fault] of [
    [{ status: 200, type: 'image/png', bytes: 2_000_000 }, null],
    [{ status: 200, type: 'image/png', bytes: null }, null],
    [{ status: 200, type: 'image/png', bytes: 2_100_000 }, 'has 2.1 MB: of image/png carriers take 2.0 MB'],
    [{ status: 200, type: 'video/mp4', bytes: 700_000 }, 'has 0.7 MB: of video/mp4 carriers take 0.6 MB'],
    [{ status: 200, type: 'text/html', bytes: 10 }, 'is of type text/html, which carriers do not take'],
    [{ status: 200, type: null, bytes: 10 }, 'comes without a Content-Type, by which carriers go'],
    [{ status: 404, type: 'image/png', bytes: 10 }, 'is answered with 404: a carrier would not get it'],
  ] as const) {
    it(`are judged by what their server says: ${JSON.stringify(head)}`, () => {
      assert.equal(headFault(head), fault);
    });
  }
});
