import type { Problem } from '#shared/api-client/api-types.ts';
import type { Language } from '../texts/define.ts';
import { wordOf } from '../words/define.ts';
import { problemWords } from '../words/problems.ts';

/** What the API says in its own words, it says in this language. */
export const API_LANGUAGE: Language = 'en';

/** Of these only what the API says tells what is wrong: words for the code are no more than a heading. */
const toldByDetail: readonly string[] = ['invalid_request', 'conflict'];

/** Why a request was refused. */
export interface Why {
  title: string;
  /** What to do, in the same language; undefined: there are no words for it. */
  hint: string | undefined;
  /** What the API says besides, in `API_LANGUAGE`; null: nothing that the words for the code do not say. */
  detail: string | null;
}

/**
 * By the code of a problem, in the language of the interface. The API's own words stand beside it in their language, and elsewhere
 * where nothing else says what is wrong: of a code that nobody has words for, and of those whose detail is the point. Pure.
 */
export function whyOf({ code, detail }: Pick<Problem, 'code' | 'detail'>, language: Language): Why {
  const { hint, says: title } = wordOf(problemWords, code, language);
  const isSaid = hint !== undefined && !toldByDetail.includes(code);
  return { title, hint, detail: isSaid && language !== API_LANGUAGE ? null : detail };
}
