import assert from 'node:assert/strict';
import { type CampaignCounts, countFaults } from './campaign-counts.ts';

const RIGHT: CampaignCounts = {
  total: 3,
  states: [
    { state: 'delivered', contacts: 2 },
    { state: 'blocked', contacts: 1 },
  ],
  deliveries: [{ outcome: 'delivered', messages: 2 }],
};
const ROWS = { states: ['blocked', 'delivered', 'delivered'], statuses: ['delivered', 'delivered'] };

describe('The ledger of counts', () => {
  it('finds nothing where counts are what they count', () => {
    assert.deepEqual(countFaults(RIGHT, ROWS), []);
  });

  for (const [what, counted] of [
    ['somebody who is counted twice', { total: 4 }],
    ['somebody who is counted where they stood before', { states: [{ state: 'sent', contacts: 3 }] }],
    ['a text that is counted twice', { deliveries: [{ outcome: 'delivered', messages: 3 }] }],
    ['a text that nobody counts', { deliveries: [{ outcome: 'delivered', messages: 1 }] }],
    [
      'a text that is counted with what the carrier said of it before as well',
      { deliveries: [...RIGHT.deliveries, { outcome: 'underway', messages: 1 }] },
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      assert.equal(countFaults({ ...RIGHT, ...counted }, ROWS).length, 1);
    });
  }
});
