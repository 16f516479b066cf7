import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answeredText, type CampaignText, CLOCKS_DIFFER_MS } from './matching.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = new Date('2026-11-26T12:00:00Z');
const before = (ms: number): Date => new Date(NOON.getTime() - ms);
const text = (campaignId: string, agoMs: number, more: Partial<CampaignText> = {}): CampaignText => ({
  campaignId,
  writtenAt: before(agoMs),
  postedAt: before(agoMs),
  ordinal: 1_000_000 - Math.round(agoMs / 1_000),
  ...more,
});

const campaignOf = (at: Date, sent: readonly CampaignText[], days: number): string | null =>
  answeredText(at, sent, days)?.campaignId ?? null;

describe('The campaign that a text belongs to', () => {
  it('is the last one that had texted the number', () => {
    assert.equal(
      campaignOf(NOON, [text('a', 3 * HOUR_MS), text('c', HOUR_MS), text('b', 2 * HOUR_MS)], 30),
      'c',
    );
  });

  it('is none that texted after it, whenever the text is heard of', () => {
    assert.equal(campaignOf(NOON, [text('a', HOUR_MS), text('b', -HOUR_MS)], 30), 'a');
    assert.equal(campaignOf(NOON, [text('b', -HOUR_MS)], 30), null);
  });

  it('is one that was written before the text and went after it only as far as clocks differ', () => {
    const late = (ms: number) => text('b', 60_000, { postedAt: before(-ms) });
    assert.equal(campaignOf(NOON, [text('a', HOUR_MS), late(CLOCKS_DIFFER_MS)], 30), 'b');
    assert.equal(campaignOf(NOON, [text('a', HOUR_MS), late(CLOCKS_DIFFER_MS + 1)], 30), 'a');
  });

  it('is none when the period is over, to the millisecond', () => {
    assert.equal(campaignOf(NOON, [text('a', 30 * DAY_MS)], 30), 'a');
    assert.equal(campaignOf(NOON, [text('a', 30 * DAY_MS + 1)], 30), null);
    assert.equal(campaignOf(NOON, [text('a', 2 * DAY_MS)], 1), null);
  });

  it('is the same in whatever order texts of campaigns are read', () => {
    const any = fc.record({
      campaignId: fc.constantFrom('a', 'b', 'c'),
      agoHours: fc.integer({ min: -100, max: 1_500 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(any, { maxLength: 12, selector: ({ agoHours }) => agoHours }),
        fc.integer({ min: 1, max: 60 }),
        (sent, days) => {
          const texts = sent.map(({ agoHours, campaignId }) => text(campaignId, agoHours * HOUR_MS));
          // Said otherwise: sorted by time, those of the future and of long ago cut off, the last.
          const expected = sent
            .filter(({ agoHours }) => agoHours >= 0 && agoHours <= days * 24)
            .sort((a, b) => b.agoHours - a.agoHours)
            .at(-1);
          assert.equal(campaignOf(NOON, texts, days), expected?.campaignId ?? null);
          assert.equal(campaignOf(NOON, texts.toReversed(), days), expected?.campaignId ?? null);
        },
      ),
    );
  });
});
