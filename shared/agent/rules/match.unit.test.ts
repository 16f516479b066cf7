import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyCodePoint } from '#test/code-points.ts';
import { compileRules, matchRule } from './match.ts';
import type { AgentRule } from './rule.ts';

const rule = (topic: string, phrases: string[], parts: Partial<AgentRule> = {}): AgentRule => ({
  topic,
  action: 'answer',
  phrases: { en: phrases },
  unless: {},
  answers: { en: topic },
  campaignId: null,
  ourNumber: null,
  ...parts,
});

const rules = compileRules([
  rule('hours', ['what time open', 'hours']),
  rule('appointment', ['make appointment', 'appointment'], { unless: { en: ['flu shot'] } }),
  rule('flu', ['flu shot*', 'flu shot appointment']),
  rule('urgent', ['chest pain', 'fever'], { action: 'hand_over', answers: {} }),
  rule('nothing at all', ['...', '*']),
]);

const topicOf = (text: string): string | null => {
  const matched = matchRule(text, rules);
  return matched.kind === 'matched' ? matched.rule.topic : null;
};

describe('A rule', () => {
  const rows: readonly [string, string, string | null][] = [
    ['finds its words in their order', 'What time do you open?', 'hours'],
    ['finds them whatever their case, accents and signs', 'WHAT -- t\u00edme, open!', 'hours'],
    ['does not find them in another order', 'open at what time', null],
    ['does not find words that stand far apart', 'what is the best time of the whole day to open it', null],
    ['finds words, never parts of them', 'after hoursglass', null],
    ['finds what begins so, where its word ends in *', 'two flu shotsss', 'flu'],
    ['finds a longer word with one letter wrong', 'I need an apointment', 'appointment'],
    ['says nothing where a phrase makes it another topic', 'appointment for a flu shot', 'flu'],
    ['with the phrase that says most wins', 'flu shot appointment hours', 'flu'],
    ['that says as much as another leaves it to people', 'hours, appointment', null],
    ['of people comes before every answer', 'flu shot appointment? I have a fever', 'urgent'],
    ['says nothing of a story', `hours ${'and so on '.repeat(20)}`, null],
    ['of people hears also a story', `fever ${'and so on '.repeat(20)}`, 'urgent'],
    ['with no word in it finds nothing', '...', null],
  ];
  for (const [name, text, topic] of rows) it(name, () => assert.equal(topicOf(text), topic));

  it('finds its own phrase with up to three words between any two, and never throws', () => {
    const word = fc.constantFrom('open', 'clinic', 'a', 'where', 'vacuna', 'w2', 'schedule');
    const phrases = fc.array(fc.tuple(word, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(phrases, fc.string({ unit: anyCodePoint }), (parts, text) => {
        const compiled = compileRules([rule('x', [parts.map(([each]) => each).join(' ')])]);
        const said = parts.map(([each, between]) => `${each} ${'zz '.repeat(between)}`).join('');
        assert.equal(matchRule(said, compiled).kind, 'matched', said);
        matchRule(text, compileRules([rule('x', [text])]));
      }),
    );
  });

  it('reads a long text of the same words in time', () => {
    const compiled = compileRules([rule('x', ['a '.repeat(40)])]);
    assert.equal(matchRule('a '.repeat(4_000), compiled).kind, 'unsure');
  });
});
