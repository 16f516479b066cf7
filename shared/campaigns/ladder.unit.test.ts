import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Fate, type OraclePerson, oracle, type Tried } from '#test/ladders/oracle.ts';
import { runs } from '#test/properties/runs.ts';
import {
  type Climb,
  callEndings,
  type Ending,
  endings,
  endingsOf,
  ladderFaults,
  mostTries,
  nextStep,
  type Place,
  pathTo,
  type StepRule,
  stepAfter,
  textEndings,
} from './ladder.ts';

const NOW = new Date('2026-11-26T12:00:00Z');
const inMinutes = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);
const step = (
  channel: StepRule['channel'],
  after: Ending[] = [],
  more: Partial<StepRule> = {},
): StepRule => ({
  channel,
  follows: null,
  after,
  answerWithinMinutes: after.includes('no_reply') ? 60 : null,
  tries: 1,
  ...more,
});

/** A text; a call where it did not arrive or nobody answered; a text once more after a call that was answered. */
const recap: StepRule[] = [
  step('sms'),
  step('voice', ['undelivered', 'unreachable', 'no_reply']),
  step('sms', ['answered']),
];
const climb: Climb = { steps: recap, maxAttempts: 3, endAt: null, isUnderWay: true };
const sent: Place = { step: 0, attempts: 1, tries: 1, hasReplied: false, hasOptedOut: false };

describe('The step after a step', () => {
  for (const [what, place, ending, limits, expected] of [
    ['is a call at once, where the text did not arrive', {}, 'undelivered', {}, { step: 1, at: NOW }],
    ['is a call at once, where the number takes no texts', {}, 'unreachable', {}, { step: 1, at: NOW }],
    ['is a call when nobody has answered in time', {}, 'no_reply', {}, { step: 1, at: inMinutes(60) }],
    ['is a text after the call', { step: 1, attempts: 2 }, 'answered', {}, { step: 2, at: NOW }],
    ['is none after an ending that no step takes', { step: 1, attempts: 2 }, 'busy', {}, null],
    ['is none after the last', { step: 2, attempts: 3 }, 'undelivered', { maxAttempts: 9 }, null],
    ['is none when the attempts are used up', { attempts: 3 }, 'undelivered', {}, null],
    ['is none for whoever has answered', { hasReplied: true }, 'undelivered', {}, null],
    ['is none for whoever has opted out', { hasOptedOut: true }, 'unreachable', {}, null],
    ['is none once the campaign is over', {}, 'undelivered', { isUnderWay: false }, null],
    ['is none that would begin at the end', {}, 'no_reply', { endAt: inMinutes(60) }, null],
    [
      'is one that begins before the end',
      {},
      'no_reply',
      { endAt: inMinutes(61) },
      { step: 1, at: inMinutes(60) },
    ],
  ] as [string, Partial<Place>, Ending, Partial<Climb>, { step: number; at: Date } | null][]) {
    it(what, () => {
      assert.deepEqual(nextStep({ ...sent, ...place }, ending, { ...climb, ...limits }, NOW), expected);
    });
  }

  it('may be one for each ending of the same step', () => {
    const steps = [
      step('voice'),
      step('sms', ['busy', 'no_answer', 'machine']),
      step('sms', ['answered'], { follows: 0 }),
    ];
    assert.equal(stepAfter(steps, 0, 'no_answer'), 1);
    assert.equal(stepAfter(steps, 0, 'answered'), 2);
    assert.equal(stepAfter(steps, 0, 'failed'), null);
    assert.deepEqual(pathTo(steps, 2), [0, 2]);
  });
});

describe('A step', () => {
  it('is tried as often as it says, within the attempts that are left', () => {
    const limits = { ...climb, steps: [step('sms', [], { tries: 3 }), step('voice', ['undelivered'])] };
    assert.equal(mostTries(sent, limits), 3);
    assert.equal(mostTries({ ...sent, attempts: 2, tries: 1 }, limits), 2);
    assert.equal(mostTries({ ...sent, attempts: 3, tries: 2 }, limits), 2);
  });
});

describe('What is wrong with a ladder', () => {
  const faultsOf = (steps: StepRule[], maxAttempts = 3): string[] =>
    ladderFaults(steps, maxAttempts).map(({ message, pointer }) => `${pointer}: ${message}`);

  it('is nothing, where every step can be come to', () => {
    assert.deepEqual(faultsOf(recap), []);
    assert.deepEqual(faultsOf([step('voice'), step('sms', ['busy', 'no_answer'])]), []);
  });

  for (const [what, steps, expected] of [
    ['one step alone', [step('sms')], ': must have two steps or more'],
    ['texts alone', [step('sms'), step('sms', ['no_reply'])], ': must have a text and a call'],
    [
      'a first step that follows an ending',
      [step('sms', ['undelivered']), step('voice', ['undelivered'])],
      '/0/after: must be empty: it is the first step',
    ],
    [
      'a step that nothing leads to',
      [step('sms'), step('voice')],
      '/1/after: must name an ending of the step before',
    ],
    [
      'an ending of a call after a text',
      [step('sms'), step('voice', ['busy'])],
      '/1/after/0: is no ending of a text: those are undelivered, unreachable, no_reply',
    ],
    [
      'an ending that leads to two steps',
      [step('sms'), step('voice', ['undelivered']), step('voice', ['undelivered'], { follows: 0 })],
      '/2/after/0: leads to step 1 already: it can lead to one',
    ],
    [
      'an ending twice',
      [step('sms'), step('voice', ['undelivered', 'undelivered'])],
      '/1/after/1: is given twice',
    ],
    [
      'an answer that is waited for without an end',
      [step('sms'), step('voice', ['no_reply'], { answerWithinMinutes: null })],
      '/1/answerWithinMinutes: must say how long an answer is waited for',
    ],
    [
      'a wait for an answer that nothing follows',
      [step('sms'), step('voice', ['undelivered'], { answerWithinMinutes: 5 })],
      '/1/answerWithinMinutes: is of steps after no_reply',
    ],
    [
      'a step that follows itself, or a later one',
      [step('sms'), step('voice', ['undelivered'], { follows: 1 })],
      '/1/follows: must be a step before it',
    ],
  ] as [string, StepRule[], string][]) {
    it(`is ${what}`, () => assert.ok(faultsOf(steps).includes(expected), faultsOf(steps).join('\n')));
  }

  it('is a step that the attempts do not reach', () => {
    assert.deepEqual(faultsOf(recap, 2), [
      '/2/after: can never be come to: it takes 3 attempts, and maxAttempts is 2',
    ]);
  });
});

/** Any ladder without faults: each step takes endings of an earlier one that lead nowhere yet. */
const anySteps: fc.Arbitrary<StepRule[]> = fc
  .tuple(
    fc.array(fc.constantFrom('sms' as const, 'voice' as const), { minLength: 2, maxLength: 4 }),
    fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
  )
  .map(([channels, drawn, tries]) => {
    const left = [...drawn];
    const draw = (most: number): number => (left.pop() ?? 0) % most;
    const taken = new Set<string>();
    return channels.map((channel, place): StepRule => {
      if (place === 0) return step(channel, [], { tries: tries[0] ?? 1 });
      const follows = draw(place);
      const free = endingsOf[channels[follows] ?? 'sms'].filter(
        (ending) => !taken.has(`${follows} ${ending}`),
      );
      const after = free.filter(() => draw(2) === 0);
      if (after.length === 0 && free[0] !== undefined) after.push(free[0]);
      for (const ending of after) taken.add(`${follows} ${ending}`);
      return step(channel, after, {
        follows: follows === place - 1 && draw(2) === 0 ? null : follows,
        tries: tries[place] ?? 1,
        answerWithinMinutes: after.includes('no_reply') ? 1 + draw(600) : null,
      });
    });
  })
  .filter((steps) => ladderFaults(steps, 10).length === 0);

const anyFate = (of: readonly Ending[]): fc.Arbitrary<Fate> =>
  fc.record({
    ending: fc.option(fc.constantFrom(...of)),
    again: fc.boolean(),
    leaves: fc.nat(5).map((n) => n === 0),
  });
const anyPerson: fc.Arbitrary<OraclePerson> = fc.record({
  isLandline: fc.boolean(),
  texts: fc.array(anyFate(textEndings), { minLength: 1, maxLength: 6 }),
  calls: fc.array(anyFate(callEndings), { minLength: 1, maxLength: 6 }),
});

/** What the rules have tried for somebody, asked after every attempt as the service asks them. */
function climbed(limits: Climb, person: OraclePerson): Tried[] {
  const tried: Tried[] = [];
  let place: Place = { step: 0, attempts: 0, tries: 0, hasReplied: false, hasOptedOut: false };
  let via: Ending | null = null;
  let now = NOW;
  for (;;) {
    const { channel } = limits.steps[place.step] as StepRule;
    const known =
      channel === 'sms' && person.isLandline ? stepAfter(limits.steps, place.step, 'unreachable') : null;
    let ending: Ending | null = null;
    if (known !== null) ending = 'unreachable';
    else {
      const all = channel === 'sms' ? person.texts : person.calls;
      const before = tried.filter((each) => each.channel === channel).length;
      const fate = all[Math.min(before, all.length - 1)] as Fate;
      tried.push({ step: place.step, channel, via });
      place = {
        ...place,
        attempts: place.attempts + 1,
        tries: place.tries + 1,
        hasReplied: place.hasReplied || fate.leaves,
      };
      ending = endings.find((each) => each === fate.ending) ?? null;
      if (fate.again && !place.hasReplied && place.tries < mostTries(place, limits)) continue;
    }
    const next = ending === null ? null : nextStep(place, ending, limits, now);
    if (next === null) return tried;
    assert.ok(next.at >= now, 'a step began before the one before it ended');
    [now, via, place] = [next.at, ending, { ...place, step: next.step, tries: 0 }];
  }
}

describe('Any ladder', () => {
  it('leads everybody as an oracle says, whatever becomes of each attempt', () => {
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 1, max: 8 }), anyPerson, (steps, maxAttempts, person) => {
        const limits = { steps, maxAttempts, endAt: null, isUnderWay: true };
        const tried = climbed(limits, person);
        assert.deepEqual(tried, oracle(steps, maxAttempts, person));
        assert.ok(tried.length <= maxAttempts);
        for (const { step: place } of tried) {
          const times = tried.filter((each) => each.step === place).length;
          assert.ok(times <= (steps[place]?.tries ?? 0), 'a step was tried too often');
        }
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('leads nobody back, and each ending to one step at the most', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        for (const [place] of steps.entries()) {
          for (const ending of endings) {
            const next = stepAfter(steps, place, ending);
            assert.ok(next === null || next > place);
          }
        }
      }),
    );
  });
});
