import assert from 'node:assert/strict';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { nextChangeOfClocks } from './calendar.ts';
import { COURSE, type Language, type Said } from './course.ts';
import { type HeardText, judge, type Texted } from './ledger.ts';
import type { Member } from './people.ts';

const LESSONS = 3;
const member: Member = {
  phone: phoneNumber('+17165550101'),
  conduct: 'learns',
  zone: 'America/New_York',
  numberZone: 'America/New_York',
  language: 'en',
  time: null,
  registersOn: 0,
};
// A Thursday; on the Sunday behind it clocks go forward.
const steps = [
  '2027-03-11T15:01:00Z',
  '2027-03-12T15:31:00Z',
  '2027-03-12T20:00:00Z',
  '2027-03-12T21:00:00Z',
  '2027-03-13T15:31:00Z',
  '2027-03-15T14:31:00Z',
].map((at) => Date.parse(at));

type Entry = readonly [at: string, text: string] | readonly [at: string, said: Said, language?: Language];

const question = (lesson: number): Said => ({ kind: 'question', lesson });
const end = (lesson: number): Said => ({ kind: 'end', lesson });

/** Registers, is asked, reminded, learns, and is asked the next question on Monday. */
const right: readonly Entry[] = [
  ['2027-03-11T15:01:01Z', COURSE.code],
  ['2027-03-11T15:01:02Z', { kind: 'settle', prompt: 'language' }],
  ['2027-03-11T15:01:03Z', 'English'],
  ['2027-03-11T15:01:04Z', { kind: 'settle', prompt: 'zone' }],
  ['2027-03-11T15:01:05Z', 'America/New_York'],
  ['2027-03-11T15:01:06Z', { kind: 'settle', prompt: 'time' }],
  ['2027-03-11T15:01:07Z', 'any time'],
  ['2027-03-11T15:01:08Z', { kind: 'settle', prompt: 'done' }],
  ['2027-03-12T15:31:01Z', question(1)],
  ['2027-03-12T20:00:01Z', { kind: 'reminder' }],
  ['2027-03-12T21:00:01Z', 'b'],
  ['2027-03-12T21:00:02Z', { kind: 'tryAgain' }],
  ['2027-03-12T21:00:03Z', 'soap'],
  ['2027-03-12T21:00:04Z', { kind: 'right' }],
  ['2027-03-12T21:00:05Z', end(1)],
  ['2027-03-15T14:31:01Z', question(2)],
];

function faultsOf(entries: readonly Entry[]): string[] {
  const texts: Texted[] = [];
  const heard: HeardText[] = [];
  for (const [time, what, language = 'en'] of entries) {
    const at = Date.parse(time);
    if (typeof what === 'string') texts.push({ body: what, at, answeredAt: at + 500 });
    else heard.push({ body: JSON.stringify(what), at, heard: { said: what, language } });
  }
  return judge({ member, texts, heard }, steps, LESSONS).faults;
}

const without = (...gone: readonly number[]) => right.filter((_, place) => !gone.includes(place));
const withMore = (...more: readonly Entry[]) => [...right, ...more];

describe('The ledger of a month', () => {
  it('finds nothing where everything went as it should', () => {
    assert.deepEqual(faultsOf(right), []);
    const { lessons, reminders, scheduled } = judge({ member, texts: [], heard: [] }, steps, LESSONS);
    assert.deepEqual([lessons, reminders, scheduled], [0, 0, 0]);
  });

  for (const [label, entries, fault] of [
    ['a lesson that did not come', right.slice(0, 8), /did not get lesson 1/],
    ['the second lesson that did not come', without(15), /did not get lesson 2/],
    ['a lesson twice', withMore(['2027-03-15T14:31:09Z', question(2)]), /got question 2 twice/],
    [
      'a lesson before its turn',
      [...without(15), ['2027-03-15T14:31:01Z', question(3)]],
      /got lesson 3 after 1/,
    ],
    [
      'a lesson on a day without',
      [...without(15), ['2027-03-13T15:31:01Z', question(2)]],
      /question 2, which was not due/,
    ],
    [
      'a lesson before its time',
      [...without(15), ['2027-03-15T13:40:00Z', question(2)]],
      /question 2, which was not due/,
    ],
    [
      'a lesson at night',
      [...without(15), ['2027-03-15T11:00:00Z', question(2)]],
      /question 2 outside the hours/,
    ],
    ['a reminder that did not come', without(9), /was not reminded of question 1/],
    [
      'a second reminder',
      withMore(['2027-03-12T20:00:09Z', { kind: 'reminder' }]),
      /reminded of question 1 twice/,
    ],
    [
      'a reminder too early',
      [...without(9), ['2027-03-12T17:00:00Z', { kind: 'reminder' }]],
      /reminded of question 1 too early/,
    ],
    [
      'a reminder of nothing',
      withMore(['2027-03-13T15:31:09Z', { kind: 'reminder' }]),
      /reminded of nothing/,
    ],
    ['an answer that did not come', without(11), /wrote soap before tryAgain came|never got tryAgain/],
    ['the last answer that did not come', without(14), /never got end 1/],
    [
      'an answer that nobody asked for',
      withMore(['2027-03-15T14:31:09Z', { kind: 'right' }]),
      /got right, expected nothing/,
    ],
    ['another language', [...without(15), ['2027-03-15T14:31:01Z', question(2), 'es']], /in es, not en/],
    [
      'anything after a STOP but its confirmation',
      [
        ...without(15),
        ['2027-03-13T15:31:01Z', 'STOP'],
        ['2027-03-13T15:31:02Z', { kind: 'optOutConfirmation' }],
        ['2027-03-15T14:31:01Z', question(2)],
      ],
      /got question 2 after STOP/,
    ],
    [
      'a second confirmation',
      [
        ...without(15),
        ['2027-03-13T15:31:01Z', 'STOP'],
        ['2027-03-13T15:31:02Z', { kind: 'optOutConfirmation' }],
        ['2027-03-13T15:31:03Z', { kind: 'optOutConfirmation' }],
      ],
      /got optOutConfirmation, expected nothing/,
    ],
  ] satisfies [string, readonly Entry[], RegExp][]) {
    it(`finds ${label}`, () => {
      const faults = faultsOf(entries);
      assert.ok(
        faults.some((line) => fault.test(line)),
        faults.join('\n') || 'nothing was found',
      );
    });
  }

  it('finds a text that is none of ours', () => {
    const at = Date.parse('2027-03-15T14:31:01Z');
    const { faults } = judge(
      { member, texts: [], heard: [{ body: 'Buy now', at, heard: null }] },
      steps,
      LESSONS,
    );
    assert.match(faults.join('\n'), /got "Buy now", which nobody wrote/);
  });

  it('is kept over a change of clocks', () => {
    assert.equal(nextChangeOfClocks('America/New_York', Date.parse('2026-11-27T12:00:00Z'), 5), '2027-03-14');
    assert.equal(nextChangeOfClocks('America/New_York', Date.parse('2027-03-12T12:00:00Z'), 5), '2027-11-07');
  });
});
