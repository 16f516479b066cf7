import assert from 'node:assert/strict';
import { weekday, weekdays } from './days.ts';

describe('Days of the week', () => {
  it('begin on Monday, and are said in the language of the reader', () => {
    assert.deepEqual([weekday(1, 'en'), weekday(7, 'en'), weekday(1, 'es')], ['Mon', 'Sun', 'lun']);
    assert.equal(weekdays([5, 1, 3], 'en'), 'Mon, Wed, Fri');
  });
});
