import assert from 'node:assert/strict';
import type { Problem } from '#shared/api-client/api-types.ts';
import { whyOf } from './why.ts';

const problem = (code: string, detail: string) => ({ code, detail }) as Pick<Problem, 'code' | 'detail'>;

describe('Why a request was refused', () => {
  it('is said by its code in the language of the interface, without the words of the API in another', () => {
    const why = whyOf(problem('not_allowed', 'This takes a key with the role admin.'), 'es');
    assert.deepEqual(why, {
      title: 'Su rol no permite esto',
      hint: 'Pídalo a administración.',
      detail: null,
    });
  });

  it('is said with the words of the API beside it in their own language', () => {
    const detail = 'This takes a key with the role admin.';
    assert.deepEqual(whyOf(problem('not_allowed', detail), 'en'), {
      title: 'Your role does not allow this',
      hint: 'Ask an admin.',
      detail,
    });
  });

  for (const code of ['invalid_request', 'conflict', 'of_a_newer_version']) {
    it(`keeps the words of the API where nothing else says what is wrong: ${code}`, () => {
      assert.equal(whyOf(problem(code, 'The campaign is active.'), 'es').detail, 'The campaign is active.');
    });
  }
});
