import assert from 'node:assert/strict';
import { hoursFaults } from './hours-ledger.ts';

const faultsOf = (what: { claimed?: string; accepted?: string }): number =>
  hoursFaults([
    {
      phone: '+12125550170',
      body: 'Campaign 0',
      claims: what.claimed === undefined ? [] : [new Date(what.claimed)],
      acceptances: what.accepted === undefined ? [] : [new Date(what.accepted)],
    },
  ]).length;

describe('The ledger of hours', () => {
  for (const [what, text, faults] of [
    ['a claim at noon', { claimed: '2026-03-02T17:00:00Z' }, 0],
    ['a claim at night', { claimed: '2026-03-02T06:00:00Z' }, 1],
    ['a claim a second before hours begin', { claimed: '2026-03-02T12:59:59Z' }, 1],
    ['a claim when they begin', { claimed: '2026-03-02T13:00:00Z' }, 0],
    ['a claim just before their last minute', { claimed: '2026-03-03T00:58:59Z' }, 0],
    ['a claim whose transaction began before their last minute', { claimed: '2026-03-03T00:59:09Z' }, 0],
    ['a claim in the middle of their last minute', { claimed: '2026-03-03T00:59:30Z' }, 1],
    ['what a carrier accepted in their last minute', { accepted: '2026-03-03T00:59:30Z' }, 0],
    ['what a carrier accepted when they had ended', { accepted: '2026-03-03T01:00:00Z' }, 1],
    ['what a carrier accepted at night', { accepted: '2026-03-02T06:00:00Z' }, 1],
  ] as const) {
    it(`finds ${faults === 0 ? 'nothing in' : 'a fault in'} ${what}`, () => {
      assert.equal(faultsOf(text), faults);
    });
  }
});
