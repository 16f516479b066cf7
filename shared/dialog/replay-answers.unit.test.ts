import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import { executeBatch } from './execute-batch.ts';
import { type ReplayedAnswer, replayAnswers } from './replay-answers.ts';
import { facts, handwashing, id, now, startOf, texted, vaccines, validCode } from './sample-dialog.ts';

/** Batches of a person who registers, is given a drill and answers. */
function answered(answers: readonly string[], drill: Drill = handwashing): readonly DialogEventBatch[] {
  const commands: DialogCommand[] = [
    texted('CLEAN2026', undefined, 1),
    startOf(drill.slug, id(900), 2),
    ...answers.map((answer, index) => texted(answer, undefined, index + 3)),
  ];
  return executeBatch({
    ...{ commands, states: new Map(), versions: new Map(), processed: new Set(), now },
    factsOf: (command) => ({
      ...facts,
      drill: command.type === 'START_DRILL' ? drill : null,
      codeVerdict:
        command.type === 'INBOUND_SMS' && command.payload.body === 'CLEAN2026' ? validCode : { valid: false },
    }),
  }).batches;
}

const rows = (replayed: readonly ReplayedAnswer[]): string[] =>
  replayed.map(({ answer, prompt, was, wouldBe }) => `${prompt}: ${answer}: ${was} -> ${wouldBe}`);

/** The drill with its first prompt changed. */
const withFirst = (change: Partial<Drill['prompts'][number]>): Drill => ({
  ...handwashing,
  version: 2,
  prompts: handwashing.prompts.map((prompt, index) => (index === 0 ? { ...prompt, ...change } : prompt)),
});

describe('the answers of a person, put to another version of a drill', () => {
  it('are what they were where nothing changed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'no', 'yes', '20 seconds', 'home'), { maxLength: 8 }),
        (texts) => {
          for (const { was, wouldBe } of replayAnswers(answered(texts), handwashing))
            assert.equal(wouldBe, was);
        },
      ),
    );
  });

  it('are right where the other version takes them', () => {
    const batches = answered(['5 seconds', '20 seconds']);
    assert.deepEqual(rows(replayAnswers(batches, withFirst({ correctResponse: { en: 'a) 5 seconds' } }))), [
      'how-long: 5 seconds: wrong -> right',
      'how-long: 20 seconds: right -> unasked',
    ]);
  });

  it('are abandoned sooner where there are fewer tries', () => {
    assert.deepEqual(rows(replayAnswers(answered(['a', 'a']), withFirst({ maxFailures: 0 }))), [
      'how-long: a: wrong -> abandoned',
      'how-long: a: abandoned -> unasked',
    ]);
  });

  it('have nothing to be put to where their prompt is gone', () => {
    const drill = { ...handwashing, prompts: handwashing.prompts.slice(1) };
    assert.deepEqual(rows(replayAnswers(answered(['b']), drill)), ['how-long: b: right -> gone']);
  });

  it('are those to this drill alone', () => {
    assert.deepEqual(replayAnswers(answered(['yes'], vaccines), handwashing), []);
  });
});
