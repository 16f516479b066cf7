import assert from 'node:assert/strict';
import { faultsBySection, sectionOf } from './sections.ts';

describe('Sections of the builder', () => {
  it('are where what the check finds is mended', () => {
    assert.deepEqual(
      [
        '/name',
        '/definition/audience/include/0',
        '/definition/variants/0/bodies/en',
        '/definition/drill',
        '/definition/senderPool',
        '/definition/throttleGroups/1',
        '/definition/windows',
        '/endAt',
        '/definition/ladder/1/after',
      ].map((pointer) => sectionOf(pointer, 'sms')),
      ['basics', 'audience', 'message', 'message', 'senders', 'senders', 'schedule', 'schedule', 'message'],
    );
  });

  it('have the one budget of attempts of a ladder beside its steps', () => {
    assert.equal(sectionOf('/definition/maxAttempts', 'sms'), 'senders');
    assert.equal(sectionOf('/definition/maxAttempts', 'hybrid'), 'message');
  });

  it('have all faults, each once', () => {
    const faults = ['/name', '/type', '/definition/audience'].map((pointer) => ({ pointer, detail: 'x' }));
    const found = faultsBySection(faults, 'sms');
    assert.deepEqual(
      [found.get('basics')?.length, found.get('audience')?.length, found.get('review')],
      [2, 1, undefined],
    );
  });
});
