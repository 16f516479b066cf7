import assert from 'node:assert/strict';
import type { ConsentRow, MessageRow } from './records.ts';
import { withheldFaults } from './withheld.ts';

const NOON = Date.parse('2026-03-04T17:00:00.000Z');
const MINUTE = 60_000;

describe('A confirmation that was held back as late', () => {
  const consent = [{ status: 'opted_out', recorded_at: new Date(NOON) }] as unknown as ConsentRow[];
  const faultsAfter = (minutes: number, clocksMovedMs?: number): number => {
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
    return withheldFaults({
      messages: [message],
      consent,
      ...(clocksMovedMs === undefined ? {} : { clocksMovedMs }),
    }).length;
  };

  it('had a cause after five minutes, and none before', () => {
    assert.deepEqual([faultsAfter(4), faultsAfter(6)], [1, 0]);
  });

  it('had one before them where clocks of services were moved on by what is missing', () => {
    assert.deepEqual([faultsAfter(1, 3 * MINUTE), faultsAfter(3, 3 * MINUTE)], [1, 0]);
  });
});
