import assert from 'node:assert/strict';
import fc from 'fast-check';
import { initialState } from '#shared/contracts/dialog-state.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { evolve } from './evolve.ts';
import { drills, handwashing, now, oneStatement, programme, vaccines } from './sample-dialog.ts';
import { type Simulation, type Step, simulate } from './simulate.ts';

const played = (answers: readonly string[], profile: Partial<Profile> = {}): Simulation =>
  simulate({ drill: handwashing, programme, profile, answers, now });
const outcomes = ({ turns }: Simulation): string[] => turns.map(({ outcome }) => outcome);

describe('a drill that is played without sending anything', () => {
  it('says what each answer is taken for, and what the person hears', () => {
    const { state, turns } = played(['a', '20 seconds', 'at work', 'yes']);
    assert.deepEqual(
      turns.map(({ completed, messages, outcome, prompt, said }) => ({
        said,
        prompt,
        outcome,
        completed,
        hears: messages.map(({ body }) => body.split(' ')[0]),
      })),
      [
        { said: null, prompt: null, outcome: 'started', completed: false, hears: ['How'] },
        { said: 'a', prompt: 'how-long', outcome: 'wrong', completed: false, hears: ['Not'] },
        {
          said: '20 seconds',
          prompt: 'how-long',
          outcome: 'right',
          completed: false,
          hears: ['That', 'Where'],
        },
        { said: 'at work', prompt: 'where', outcome: 'noted', completed: false, hears: ['Is'] },
        { said: 'yes', prompt: 'gel', outcome: 'abandoned', completed: true, hears: ['Not', 'Well'] },
      ],
    );
    assert.equal(state.currentDrill, null);
    assert.deepEqual(state.profile.answers, { washingPlace: 'at work' });
  });

  it('grades in the language of the person', () => {
    assert.deepEqual(outcomes(played(['20 segundos'], { language: 'es' })), ['started', 'right']);
    assert.deepEqual(outcomes(played(['20 segundos'])), ['started', 'wrong']);
  });

  it('tells an answer from what is none', () => {
    assert.deepEqual(outcomes(played(['MENU', 'help', 'stop', 'b', 'START'])), [
      'started',
      'other',
      'other',
      'other',
      'nothing',
      'other',
    ]);
  });

  it('starts nothing with whoever has stopped, or has no code where one is needed', () => {
    assert.deepEqual(outcomes(played([], { optedOut: true })), ['nothing']);
    assert.deepEqual(outcomes(played([], { validated: false })), ['nothing']);
  });

  it('reminds of a question once, so long after whatever was done last, where the programme does', () => {
    const reminded = { ...programme, reminders: { afterHours: 4, untilHours: 24 } };
    const through = (answers: readonly Step[], owner: Programme = reminded) =>
      simulate({ drill: handwashing, programme: owner, answers, now }).turns.slice(1);
    const [early, late, again, then] = through([
      { waitHours: 3 },
      { waitHours: 1 },
      { waitHours: 90 },
      '20 seconds',
    ]);
    assert.deepEqual([early?.outcome, early?.waitedHours, early?.messages], ['nothing', 3, []]);
    assert.deepEqual([late?.outcome, late?.said, late?.prompt], ['reminded', null, 'how-long']);
    assert.match(late?.messages[0]?.body ?? '', /\S/);
    assert.deepEqual([again?.outcome, then?.outcome], ['nothing', 'right']);
    // What the person did last counts, and not when it was asked.
    assert.deepEqual(
      through([{ waitHours: 3 }, 'a', { waitHours: 3 }, { waitHours: 1 }]).map(({ outcome }) => outcome),
      ['nothing', 'wrong', 'nothing', 'reminded'],
    );
    assert.deepEqual(
      through([{ waitHours: 99 }], { ...programme, reminders: null }).map(({ outcome }) => outcome),
      ['nothing'],
    );
  });

  it('completes a drill that is nothing but a statement', () => {
    const { turns } = simulate({ drill: oneStatement, programme, answers: [], now });
    assert.deepEqual(
      turns.map(({ completed }) => completed),
      [true],
    );
  });

  it('plays a drill of no programme', () => {
    const { turns } = simulate({ drill: vaccines, programme: null, answers: ['yes', 'a'], now });
    assert.deepEqual(
      turns.map(({ outcome }) => outcome),
      ['started', 'noted', 'right'],
    );
    assert.equal(turns.at(-1)?.completed, true);
  });

  it('counts what each message costs', () => {
    const [start] = simulate({ drill: handwashing, programme, answers: [], now }).turns;
    const [message] = start?.messages ?? [];
    assert.deepEqual(
      [message?.encoding, message?.segments, message?.units],
      ['GSM-7', 1, message?.body.length],
    );
  });

  it('is the same whenever it is played, and its state is the fold of its events', () => {
    const texts = fc.oneof(
      fc.constantFrom('a', 'b', 'no', 'yes', 'MORE', 'STOP', 'START', 'help', 'menu', '20 seconds', ''),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
    );
    const steps = fc.oneof(
      { weight: 4, arbitrary: texts },
      { weight: 1, arbitrary: fc.record({ waitHours: fc.double({ min: 0.1, max: 720, noNaN: true }) }) },
    );
    fc.assert(
      fc.property(fc.constantFrom(...drills), fc.array(steps, { maxLength: 12 }), (drill, answers) => {
        const input = { drill, programme, answers, now };
        const { state, turns } = simulate(input);
        assert.deepEqual(simulate(input), { state, turns });
        assert.equal(turns.length, answers.length + 1);
        const fresh = initialState(state.phoneNumber, programme.defaultLanguage);
        const begun = { ...fresh, profile: { ...fresh.profile, validated: true } };
        const folded = turns.flatMap(({ events }) => events).reduce(evolve, begun);
        assert.deepEqual({ ...folded, version: state.version }, state);
      }),
    );
  });
});
