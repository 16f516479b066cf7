import assert from 'node:assert/strict';
import type { ConsentRow, MessageRow } from './records.ts';
import { type ClockMove, withheldFaults } from './withheld.ts';

const NOON = Date.parse('2026-03-04T17:00:00.000Z');
const MINUTE = 60_000;

describe('A confirmation that was held back as late', () => {
  const consent = [{ status: 'opted_out', recorded_at: new Date(NOON) }] as unknown as ConsentRow[];
  const faultsAfter = (minutes: number, clockMoves: ClockMove[] = []): number => {
    const message = {
      ...{
        intent: 'opt_out_confirmation',
        state: 'blocked',
        rule: 'confirmation_late',
        ordinal: 1,
        body: '',
      },
      settled_at: new Date(NOON + minutes * MINUTE),
    } as unknown as MessageRow;
    return withheldFaults({ messages: [message], consent, clockMoves }).length;
  };
  const moved = (atMinute: number, minutes: number): ClockMove => {
    const from = NOON + atMinute * MINUTE;
    return { from, to: from + 1_000, ms: minutes * MINUTE };
  };

  it('had a cause after five minutes, and none before', () => {
    assert.deepEqual([faultsAfter(4), faultsAfter(6)], [1, 0]);
  });

  it('had one before them where clocks were moved on meanwhile by what is missing, and not before or afterwards', () => {
    assert.deepEqual([faultsAfter(1, [moved(0.5, 3)]), faultsAfter(3, [moved(0.5, 3)])], [1, 0]);
    assert.deepEqual([faultsAfter(3, [moved(-1, 3)]), faultsAfter(3, [moved(4, 3)])], [1, 1]);
    assert.equal(faultsAfter(3, [moved(0.5, -2), moved(1, 3)]), 1);
  });

  it('had none where clocks were moved back so far that it confirmed what was still to come: that waits', () => {
    assert.deepEqual([faultsAfter(1, [moved(0.5, -1.5)]), faultsAfter(1, [moved(0.5, -3)])], [1, 1]);
  });
});
