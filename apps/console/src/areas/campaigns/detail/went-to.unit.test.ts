import assert from 'node:assert/strict';
import { countIn, REACHED, WENT_TO } from './went-to.ts';

describe('Whom something of a campaign went to', () => {
  const states = [
    { state: 'pending' as const, contacts: 1, reasons: [] },
    { state: 'sent' as const, contacts: 2, reasons: [] },
    { state: 'delivered' as const, contacts: 4, reasons: [] },
    { state: 'answered' as const, contacts: 8, reasons: [] },
    { state: 'undelivered' as const, contacts: 16, reasons: [] },
    { state: 'failed' as const, contacts: 32, reasons: [] },
  ];

  it('has those who took a call, as those who got a text', () => {
    assert.equal(countIn(states, WENT_TO), 30);
    assert.equal(countIn(states, REACHED), 12);
  });
});
