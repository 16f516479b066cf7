import assert from 'node:assert/strict';
import { type Evidence, type Listed, verdictOf } from './verdict.ts';

const listed = (overrides: Partial<Listed> = {}): Listed => ({
  carrierMessageId: 'SM1',
  status: 'delivered',
  errorCode: null,
  segments: 1,
  createdAt: new Date('2026-03-02T15:00:00Z'),
  ...overrides,
});
const evidence = (overrides: Partial<Evidence>): Evidence => ({
  callback: null,
  listing: [],
  owned: new Set(),
  emptyLooks: 0,
  apart: false,
  ...overrides,
});
const later = new Date('2026-03-02T15:00:09Z');

const rows: { name: string; evidence: Evidence; verdict: string }[] = [
  { name: 'nothing there, first look', evidence: evidence({}), verdict: 'look_again' },
  {
    name: 'nothing there, second look too soon',
    evidence: evidence({ emptyLooks: 1 }),
    verdict: 'look_again',
  },
  {
    name: 'nothing there, second look',
    evidence: evidence({ emptyLooks: 1, apart: true }),
    verdict: 'not_sent',
  },
  { name: 'no list, first look', evidence: evidence({ listing: null }), verdict: 'look_again' },
  {
    name: 'no list, second look',
    evidence: evidence({ listing: null, emptyLooks: 1, apart: true }),
    verdict: 'unknown',
  },
  { name: 'ours in the list', evidence: evidence({ listing: [listed()] }), verdict: 'SM1' },
  {
    name: 'ours, found at the second look',
    evidence: evidence({ listing: [listed()], emptyLooks: 1, apart: true }),
    verdict: 'SM1',
  },
  {
    name: "another attempt's",
    evidence: evidence({ listing: [listed()], owned: new Set(['SM1']) }),
    verdict: 'look_again',
  },
  {
    name: 'two alike: the older',
    evidence: evidence({ listing: [listed({ carrierMessageId: 'SM2', createdAt: later }), listed()] }),
    verdict: 'SM1',
  },
  {
    name: 'a callback with our id, whatever the list says',
    evidence: evidence({
      callback: { carrierMessageId: 'SM7', status: 'sent', errorCode: null },
      listing: [listed()],
    }),
    verdict: 'SM7',
  },
  {
    name: 'a callback with our id, from a carrier without a list',
    evidence: evidence({
      callback: { carrierMessageId: 'SM7', status: 'sent', errorCode: null },
      listing: null,
    }),
    verdict: 'SM7',
  },
];

describe('What a look for a lost request proves', () => {
  for (const row of rows) {
    it(row.name, () => {
      const verdict = verdictOf(row.evidence);
      assert.equal(verdict.kind === 'accepted' ? verdict.carrierMessageId : verdict.kind, row.verdict);
    });
  }
});
