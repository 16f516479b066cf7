import assert from 'node:assert/strict';
import { CLOSES_AFTER_MS, type FreeText, windowFaults } from './whatsapp-ledger.ts';

const NOW = Date.parse('2026-03-02T17:00:00Z');
const SECOND_MS = 1_000;

/** Faults of one text to somebody who last wrote so long ago, in ms; null: never. */
const faultsOf = (agoMs: number | null, text: Partial<FreeText>, isNoon = true): number =>
  windowFaults(
    [
      {
        ...{ id: 'a', person: '+12125550170', ours: 'whatsapp:+14155550111', createdAt: new Date(NOW - 500) },
        ...{ settledAt: new Date(NOW), rule: '', isAnswer: false, claims: [] },
        ...text,
      },
    ],
    {
      isNoon,
      lastHeardAt: (_person, _ours, until) => (agoMs === null || NOW - agoMs > until ? null : NOW - agoMs),
    },
  ).length;

describe('The ledger of windows', () => {
  const claimed = { claims: [new Date(NOW)] };
  const withheld = { rule: 'whatsapp_window' };
  for (const [what, agoMs, text, isNoon, faults] of [
    ['what was claimed an hour after they wrote', 3_600_000, claimed, true, 0],
    [
      'what was claimed a minute after their window had closed',
      CLOSES_AFTER_MS + 60 * SECOND_MS,
      claimed,
      true,
      1,
    ],
    ['what was claimed for somebody who never wrote there', null, claimed, true, 1],
    ['what was withheld from somebody who never wrote there', null, withheld, true, 0],
    ['what was withheld when their window had closed', CLOSES_AFTER_MS + 1, withheld, true, 0],
    ['what was withheld an hour after they wrote', 3_600_000, withheld, true, 1],
    ['what was withheld at night, to which their window does not last', 3_600_000, withheld, false, 0],
    ['what was withheld a second after they wrote, which may not be heard yet', SECOND_MS, withheld, true, 0],
    [
      'an answer that was withheld a second after they wrote',
      SECOND_MS,
      { ...withheld, isAnswer: true },
      false,
      1,
    ],
  ] as const) {
    it(`finds ${faults === 0 ? 'nothing in' : 'a fault in'} ${what}`, () => {
      assert.equal(faultsOf(agoMs, text, isNoon), faults);
    });
  }
});
