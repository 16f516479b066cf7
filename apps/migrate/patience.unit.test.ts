import assert from 'node:assert/strict';
import { ManualClock } from '#test/manual-clock.ts';
import { Patience } from './patience.ts';

describe('The patience of the migration task', () => {
  it('ends when nothing has gone on for so long, and is whole again for each migration that is reached', async () => {
    const clock = new ManualClock(new Date('2026-03-05T15:30:00Z'));
    const patience = new Patience(clock, 90_000);
    patience.hear('### MIGRATION 0107_calls_by_outcome (UP) ###');
    await clock.advance(89_000);
    patience.hear('### MIGRATION 0110_ladders (UP) ###');
    await clock.advance(89_000);
    patience.hear('> - 0111_due_by_step');
    patience.hear('### MIGRATION 0110_ladders (UP) ###');
    assert.equal(patience.isOver, false);
    await clock.advance(1_001);
    assert.equal(patience.isOver, true);
  });
});
