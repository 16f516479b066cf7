import assert from 'node:assert/strict';
import { ago, exactly, span } from './time.ts';

const now = Date.parse('2026-11-27T15:00:00Z');
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('Times in the console', () => {
  it('are said with their zone, and with the year when it is another', () => {
    const at = (time: string, zone: string, language = 'en') => plain(exactly(time, { language, zone, now }));
    assert.equal(at('2026-11-27T15:00:00Z', 'America/Chicago'), 'Fri, Nov 27, 09:00 CST');
    assert.equal(at('2026-07-01T15:00:00Z', 'America/Chicago'), 'Wed, Jul 1, 10:00 CDT');
    assert.match(at('2027-01-02T15:00:00Z', 'America/New_York'), /2027/);
    assert.match(at('2026-11-27T15:00:00Z', 'America/Chicago', 'es'), /vie.*27 nov.*CST|GMT-6/);
  });

  for (const [time, text] of [
    ['2026-11-27T14:59:55Z', '5 sec. ago'],
    ['2026-11-27T14:00:01Z', '59 min. ago'],
    ['2026-11-27T17:30:00Z', 'in 2 hr.'],
    ['2026-11-25T15:00:00Z', '2 days ago'],
  ] as const) {
    it(`${text}`, () => assert.equal(ago(time, { language: 'en', now }), text));
  }

  for (const [ms, text] of [
    [0, '0 sec'],
    [12_900, '12 sec'],
    [3_900_000, '1 hr 5 min'],
    [3_600_000, '1 hr'],
    [90_000_000, '1 day 1 hr'],
    [60_000, '1 min'],
  ] as const) {
    it(`a span of ${ms} ms is ${text}`, () => assert.equal(plain(span(ms, 'en')), text));
  }
});
