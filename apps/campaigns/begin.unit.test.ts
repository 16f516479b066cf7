import assert from 'node:assert/strict';
import { lackOfApproval } from './begin.ts';

describe('A second person has to approve', () => {
  const at = new Date('2026-03-05T15:00:00Z');
  const unapproved = { approvedAt: null, approvedContacts: null };
  const approved = (approvedContacts: number | null) => ({ approvedAt: at, approvedContacts });
  for (const [name, campaign, contacts, approvalAbove, reason] of [
    ['nothing where no size is set', unapproved, 1_000_000, null, null],
    ['nothing of the size that is set', unapproved, 100, 100, null],
    ['what is above it by one', unapproved, 101, 100, /audience of 101 is above 100/],
    ['nothing that was approved of its size', approved(101), 101, 100, null],
    ['nothing that has become smaller since', approved(500), 101, 100, null],
    ['what has grown by one since, again', approved(101), 102, 100, /102 is larger than the 101 .* again/],
    ['nothing that has grown and is not above the size that is set', approved(10), 100, 100, null],
    ['nothing of whose approval nobody wrote down the size', approved(null), 1_000, 100, null],
  ] as const) {
    it(name, () => {
      const said = lackOfApproval(campaign, contacts, { approvalAbove });
      if (reason === null) assert.equal(said, null);
      else assert.match(said ?? '', reason);
    });
  }
});
