import assert from 'node:assert/strict';
import type { DialogEventType } from '#shared/contracts/dialog-events.ts';
import { sampleBatch } from '#shared/dialog-events/sample-batch.ts';
import { countsForCampaign, isForPeople, isReply, mayTurnOut, verdictOf, wantsAnswer } from './taken-as.ts';

/** A batch with events of these types; what else they say nobody asks. */
const batchOf = (types: readonly DialogEventType[], origin: 'reply' | 'planned' = 'reply') => {
  const batch = sampleBatch('+14155550101', 1);
  const [event] = batch.events;
  assert.ok(event);
  return {
    ...batch,
    origin:
      origin === 'reply'
        ? batch.origin
        : ({ kind: 'planned', senderNumber: null, intent: 'transactional' } as const),
    events: types.map((type) => ({ ...event, type }) as (typeof batch.events)[number]),
  };
};

describe('What became of a text', () => {
  const cases: [string, DialogEventType[], ReturnType<typeof verdictOf>][] = [
    ['the answer to a question', ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT'], 'lesson'],
    ['a wrong answer to a question', ['FAILED_PROMPT'], 'lesson'],
    ['the answer to the last question', ['COMPLETED_PROMPT', 'DRILL_COMPLETED'], 'lesson'],
    ['a word that the dialog knows', ['MENU_REQUESTED'], 'dialog'],
    ['a wish for the next lesson', ['NEXT_DRILL_REQUESTED'], 'dialog'],
    ['a code', ['USER_VALIDATED'], 'dialog'],
    ['thanks', ['THANK_YOU_RECEIVED'], 'dialog'],
    ['what nobody but people can answer', ['UNHANDLED_MESSAGE_RECEIVED'], 'people'],
    ['a STOP, which is known already', ['OPTED_OUT'], null],
    ['a START, which is known already', ['OPTED_BACK_IN', 'NEXT_DRILL_REQUESTED'], null],
    ['a HELP, which is known already', ['HELP_REQUESTED'], null],
    ['no text: a lesson that starts because of one', ['DRILL_STARTED'], null],
    ['no text: a lesson of one statement', ['DRILL_STARTED', 'DRILL_COMPLETED'], null],
    ['no text: a message by hand', ['AD_HOC_MESSAGE_SENT'], null],
    ['no text: a change of the profile', ['USER_UPDATED'], null],
  ];
  for (const [what, types, verdict] of cases) {
    it(`is ${verdict ?? 'nothing'} for ${what}`, () => {
      assert.equal(verdictOf(batchOf(types)), verdict);
    });
  }

  it('is nothing for what was planned', () => {
    assert.equal(verdictOf(batchOf(['UNHANDLED_MESSAGE_RECEIVED'], 'planned')), null);
  });

  it('decides who has to look at it, who has to answer, and what it counts for', () => {
    const of = (is: (taken: Parameters<typeof isReply>[0]) => boolean) =>
      (['consent', 'stopped', 'lesson', 'dialog', 'people', 'untold', null] as const).filter(is);
    assert.deepEqual(of(isReply), ['stopped', 'lesson', 'dialog', 'people', 'untold', null]);
    assert.deepEqual(of(isForPeople), ['stopped', 'people', 'untold']);
    assert.deepEqual(of(wantsAnswer), ['people', 'untold']);
    assert.deepEqual(of(mayTurnOut), ['stopped', 'untold', null]);
    assert.deepEqual(
      of((taken) => countsForCampaign(taken, false)),
      ['dialog', 'people'],
    );
    assert.deepEqual(
      of((taken) => countsForCampaign(taken, true)),
      ['lesson', 'dialog', 'people'],
    );
  });
});
