import assert from 'node:assert/strict';
import { notMet } from './trial.ts';

describe('A scenario', () => {
  const stops = 'STOPs with something behind them';
  const unreached = 'people not reached when the window closed';
  const met = { [stops]: 1, [unreached]: 1, calls: 5, 'key 9 answered': 1 };

  it('fails in which no STOP met anything, or whose window closed when everybody had been written to', () => {
    assert.deepEqual(notMet(met), []);
    assert.deepEqual(notMet({ ...met, [stops]: 0 }), [`there were no ${stops}`]);
    const { [unreached]: _, ...others } = met;
    assert.deepEqual(notMet(others), [`there were no ${unreached}`]);
  });

  it('fails in which nobody was called, or no key 9 was answered', () => {
    assert.deepEqual(notMet({ ...met, calls: 0, 'key 9 answered': 0 }), [
      'there were no calls',
      'there were no key 9 answered',
    ]);
  });
});
