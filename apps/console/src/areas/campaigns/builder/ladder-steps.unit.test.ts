import assert from 'node:assert/strict';
import { ladderFaults } from '#shared/campaigns/ladder.ts';
import {
  addStep,
  changeStep,
  endingsFor,
  mayAdd,
  removeStep,
  saysCampaigns,
  usualLadder,
} from './ladder-steps.ts';

const told = (steps: ReturnType<typeof usualLadder>): unknown[] =>
  steps.map((step) => [step.channel, step.follows, step.after]);

describe('Steps of a ladder that is being built', () => {
  it('begin with a text and a call to whoever it did not reach, which may start as it is', () => {
    assert.deepEqual(ladderFaults(usualLadder(), 3), []);
    assert.equal(saysCampaigns(usualLadder(), 'voice'), true);
  });

  it('are offered the endings of what they come after, and told which another step has', () => {
    const steps = changeStep(addStep(usualLadder()), 2, { follows: 0 });
    assert.deepEqual(
      endingsFor(steps, 2).map(({ ending, isTaken }) => [ending, isTaken]),
      [
        ['undelivered', true],
        ['unreachable', true],
        ['no_reply', true],
      ],
    );
    assert.deepEqual(
      endingsFor(changeStep(steps, 2, { follows: null }), 2).map(({ ending }) => ending),
      ['answered', 'machine', 'busy', 'no_answer', 'failed'],
    );
    assert.deepEqual(endingsFor(steps, 0), []);
  });

  it('lose what can happen no more when a channel changes, and the words of the other channel', () => {
    const steps = changeStep(usualLadder(), 0, { bodies: { en: 'Hi' } });
    const calls = changeStep(steps, 0, { channel: 'voice' });
    assert.deepEqual(told(calls), [
      ['voice', null, []],
      ['voice', null, []],
    ]);
    assert.deepEqual([calls[0]?.bodies, calls[1]?.answerWithinMinutes], [{}, null]);
  });

  it('wait for an answer when they follow upon none, and only then', () => {
    const [, call] = changeStep(usualLadder(), 1, { after: ['undelivered'] });
    assert.equal(call?.answerWithinMinutes, null);
    const [, again] = changeStep(usualLadder(), 1, { after: ['no_reply'], answerWithinMinutes: 60 });
    assert.equal(again?.answerWithinMinutes, 60);
  });

  it('close up when one is taken away: what came after it comes after the one before', () => {
    const four = changeStep(addStep(changeStep(addStep(usualLadder()), 2, { after: ['answered'] })), 3, {
      follows: 1,
      after: ['machine'],
    });
    assert.equal(mayAdd(four), false);
    assert.deepEqual(told(removeStep(four, 2)), [
      ['sms', null, []],
      ['voice', null, ['undelivered', 'unreachable', 'no_reply']],
      ['sms', null, ['machine']],
    ]);
    // Without the call, texts follow upon the text: endings of calls do not happen there.
    assert.deepEqual(told(removeStep(four, 1)), [
      ['sms', null, []],
      ['sms', null, []],
      ['sms', 0, []],
    ]);
    assert.deepEqual(told(removeStep(four, 0))[0], ['voice', null, []]);
  });
});
