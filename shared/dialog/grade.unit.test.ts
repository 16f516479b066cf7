import assert from 'node:assert/strict';
import type { Drill } from '#shared/contracts/drill.ts';
import { decide } from './decide.ts';
import { asked, facts, handwashing, instance, oneQuestion, texted, vaccines } from './sample-dialog.ts';

const [howLong, where, gel, goodbye] = handwashing.prompts;
const answer = (body: string, state: ReturnType<typeof asked>) => decide(texted(body), state, facts);
const drillInstanceId = instance;
const { defaultLanguage } = handwashing;

describe('an answer to the waiting prompt', () => {
  it('that is right completes it, trimmed and in its own case, and leads to the next one', () => {
    assert.deepEqual(answer('  20 Seconds ', asked(handwashing, 'how-long')), [
      {
        type: 'COMPLETED_PROMPT',
        drillInstanceId,
        defaultLanguage,
        prompt: howLong,
        response: '20 Seconds',
        graded: true,
      },
      { type: 'ADVANCED_TO_NEXT_PROMPT', drillInstanceId, defaultLanguage, prompt: where },
    ]);
  });

  it('that is wrong is counted, and the prompt goes on waiting', () => {
    assert.deepEqual(answer('5 seconds', asked(handwashing, 'how-long')), [
      {
        type: 'FAILED_PROMPT',
        drillInstanceId,
        defaultLanguage,
        prompt: howLong,
        response: '5 seconds',
        abandoned: false,
      },
    ]);
  });

  it('that is wrong for the last time abandons the prompt and leads to the next one', () => {
    assert.deepEqual(answer('a', asked(handwashing, 'how-long', 1)), [
      {
        type: 'FAILED_PROMPT',
        drillInstanceId,
        defaultLanguage,
        prompt: howLong,
        response: 'a',
        abandoned: true,
      },
      { type: 'ADVANCED_TO_NEXT_PROMPT', drillInstanceId, defaultLanguage, prompt: where },
    ]);
  });

  it('is abandoned at the first mistake when the prompt allows none', () => {
    assert.deepEqual(
      answer('yes', asked(handwashing, 'gel')).map(({ type }) => type),
      ['FAILED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT', 'DRILL_COMPLETED'],
    );
  });

  it('that is blank is a wrong answer without a text', () => {
    assert.deepEqual(answer(' \n ', asked(handwashing, 'how-long')), [
      {
        type: 'FAILED_PROMPT',
        drillInstanceId,
        defaultLanguage,
        prompt: howLong,
        response: null,
        abandoned: false,
      },
    ]);
  });

  it('to a prompt without a correct answer is always taken, and not graded', () => {
    assert.deepEqual(answer('At the sink', asked(handwashing, 'where')), [
      {
        type: 'COMPLETED_PROMPT',
        drillInstanceId,
        defaultLanguage,
        prompt: where,
        response: 'At the sink',
        graded: false,
      },
      { type: 'ADVANCED_TO_NEXT_PROMPT', drillInstanceId, defaultLanguage, prompt: gel },
    ]);
  });

  it('before a closing statement completes the drill together with it', () => {
    assert.deepEqual(answer('No', asked(handwashing, 'gel')), [
      {
        type: 'COMPLETED_PROMPT',
        drillInstanceId,
        defaultLanguage,
        prompt: gel,
        response: 'No',
        graded: true,
      },
      { type: 'ADVANCED_TO_NEXT_PROMPT', drillInstanceId, defaultLanguage, prompt: goodbye },
      { type: 'DRILL_COMPLETED', drillInstanceId, lastPromptResponse: null },
    ]);
  });

  it('before a last prompt that asks something leaves the drill open for its answer', () => {
    assert.deepEqual(
      answer('yes', asked(vaccines, 'ready')).map(({ type }) => type),
      ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT'],
    );
    assert.deepEqual(answer('flu', asked(vaccines, 'last')).at(-1), {
      type: 'DRILL_COMPLETED',
      drillInstanceId,
      lastPromptResponse: 'flu',
    });
  });

  it('that ends the last prompt wrongly completes the drill as well', () => {
    assert.deepEqual(
      answer('none', asked(vaccines, 'last', 1)).map(({ type }) => type),
      ['FAILED_PROMPT', 'DRILL_COMPLETED'],
    );
  });

  it('leads through a statement in the middle, which waits for any answer', () => {
    const [first, ...rest] = vaccines.prompts;
    assert.ok(first);
    const drill: Drill = { ...vaccines, prompts: [first, { ...first, slug: 'aside' }, ...rest] };
    assert.deepEqual(
      answer('yes', asked(drill, 'ready')).map(({ type }) => type),
      ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT'],
    );
  });

  it('completes a drill of one prompt', () => {
    assert.deepEqual(
      answer('a', asked(oneQuestion, 'last')).map(({ type }) => type),
      ['COMPLETED_PROMPT', 'DRILL_COMPLETED'],
    );
  });

  it('follows what the last prompt says about itself: a statement that asks waits', () => {
    const asking: Drill = {
      ...handwashing,
      prompts: handwashing.prompts.map((prompt) =>
        prompt.slug === 'goodbye' ? { ...prompt, asks: true } : prompt,
      ),
    };
    assert.deepEqual(
      answer('no', asked(asking, 'gel')).map(({ type }) => type),
      ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT'],
    );
  });

  it("is compared in the person's language, else in the drill's", () => {
    const types = (body: string, slug: string, language: string) =>
      answer(body, asked(handwashing, slug, 0, { language }))[0]?.type;
    assert.equal(types('veinte', 'how-long', 'es'), 'FAILED_PROMPT');
    assert.equal(types('20 segundos', 'how-long', 'es'), 'COMPLETED_PROMPT');
    assert.equal(types('20 seconds', 'how-long', 'fr'), 'COMPLETED_PROMPT');
    assert.equal(types('no', 'gel', 'es'), 'COMPLETED_PROMPT');
  });

  it('may be one of the further accepted answers', () => {
    assert.equal(
      answer('the birthday song twice', asked(handwashing, 'how-long'))[0]?.type,
      'COMPLETED_PROMPT',
    );
  });
});
