import { useTexts } from '../../texts/language.tsx';
import { gateRule } from '../../words/gate.ts';
import { useWord } from '../../words/use-word.ts';
import { reasonTexts } from './texts.ts';

const RETRY = /^retry_(.+)$/;
const MISSING = /^missing_(.+)$/;

/** Why a contact is where it is: a rule of the gate, one of campaigns, or a carrier's code; `says` is the API's sentence. */
export function useReason(): (
  rule: string,
  says: string | null,
) => { says: string; hint: string | undefined } {
  const say = useTexts(reasonTexts);
  const word = useWord(gateRule);
  return (rule, said) => {
    const missing = MISSING.exec(rule)?.[1];
    if (missing !== undefined) return { says: say('missing', { field: missing }), hint: undefined };
    const retried = RETRY.exec(rule)?.[1];
    if (retried !== undefined) return { says: say('retry', { code: retried }), hint: said ?? undefined };
    if (isOwn(rule)) return { says: say(rule), hint: undefined };
    if (Object.hasOwn(gateRule, rule)) {
      const { hint, says } = word(rule);
      return { says, hint };
    }
    return { says: said ?? say('code', { code: rule }), hint: undefined };
  };
}

/** Whether it is a reason of ours that is neither a rule of the gate nor a carrier's code. */
export const isOwn = (
  rule: string,
): rule is Exclude<keyof (typeof reasonTexts)['en'], 'missing' | 'retry' | 'code'> =>
  Object.hasOwn(reasonTexts.en, rule) && !['missing', 'retry', 'code'].includes(rule);
