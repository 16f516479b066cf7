import assert from 'node:assert/strict';
import { chosenOf, funnelOf, hardestOf, type LanguageReport, type PromptReport } from './report-rows.ts';

const prompt = (name: string, more: Partial<PromptReport> = {}): PromptReport => ({
  ...{ prompt: name, place: 0, reached: 0, passed: 0, passedFirst: 0, noted: 0, abandoned: 0, closed: 0 },
  ...{ waiting: 0, dropped: { replaced: 0, optedOut: 0, left: 0, reset: 0, erased: 0 }, completed: 0 },
  ...{ reminded: 0, answers: 0, wrong: 0, passRate: null, firstPassRate: null, dropOffRate: null },
  answerTime: { medianSeconds: null, p90Seconds: null, sample: 0 },
  ...{ wrongAnswers: [], otherWrongAnswers: 0 },
  ...more,
});
const report = (more: Partial<LanguageReport> = {}): LanguageReport => ({
  ...{ programme: 'clean-hands', language: 'en', started: 0, completed: 0, prompts: [] },
  ...more,
});

describe('The report of a drill', () => {
  it('is shown of whom most began with, or of whom was asked for', () => {
    const items = [
      report({ started: 3 }),
      report({ language: 'es', started: 9 }),
      report({ programme: null, started: 1 }),
    ];
    assert.equal(chosenOf(items, {})?.language, 'es');
    assert.equal(chosenOf(items, { language: 'en' })?.started, 3);
    assert.equal(chosenOf(items, { programme: '-' })?.started, 1);
    assert.equal(chosenOf(items, { language: 'fr' }), null);
  });

  it('has a bar for each prompt, whose parts add up to who reached it', () => {
    const reached = prompt('how-long', {
      ...{ reached: 10, passed: 4, noted: 0, closed: 0, abandoned: 2, waiting: 1 },
      dropped: { replaced: 0, optedOut: 2, left: 1, reset: 0, erased: 0 },
    });
    const [bar] = funnelOf(report({ prompts: [reached] }));
    assert.deepEqual(bar, { prompt: '1 how-long', answered: 4, abandoned: 2, waiting: 1, dropped: 3 });
  });

  it('names the hardest question once enough have answered it', () => {
    const asked = (name: string, passed: number, abandoned: number): PromptReport =>
      prompt(name, { passed, abandoned, passRate: passed / (passed + abandoned) });
    const prompts = [asked('easy', 9, 1), asked('hard', 4, 6), asked('new', 0, 2), prompt('open')];
    assert.equal(hardestOf(report({ prompts }))?.prompt, 'hard');
    assert.equal(hardestOf(report({ prompts: [asked('new', 0, 2)] })), null);
  });
});
