import { ApiProblem } from '../api/problem.ts';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { tellFault } from './tell.ts';
import { partTexts } from './texts.ts';
import { whyOf } from './why.ts';

/** Says at the edge of the screen why something was not done, in plain words. */
export function useTellWhy(): (error: unknown) => void {
  const say = useTexts(partTexts);
  const language = useLanguage();
  return (error) => {
    if (!(error instanceof ApiProblem)) {
      void tellFault(say('notKnown'), say('notKnownHint'));
      return;
    }
    const { detail, hint = '', title } = whyOf(error.problem, language);
    const { faults = [] } = error.problem;
    const why = faults.length > 0 ? faults.map((fault) => fault.detail).join(' ') : (detail ?? hint);
    void tellFault(title, why);
  };
}
