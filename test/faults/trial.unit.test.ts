import assert from 'node:assert/strict';
import { notMet } from './trial.ts';

describe('A scenario', () => {
  it('fails in which no STOP met anything, or whose window closed when everybody had been written to', () => {
    const stops = 'STOPs with something behind them';
    const unreached = 'people not reached when the window closed';
    assert.deepEqual(notMet({ [stops]: 1, [unreached]: 1 }), []);
    assert.deepEqual(notMet({ [stops]: 0, [unreached]: 2 }), [`there were no ${stops}`]);
    assert.deepEqual(notMet({ [stops]: 3 }), [`there were no ${unreached}`]);
  });
});
