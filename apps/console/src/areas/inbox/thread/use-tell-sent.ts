import type { JudgedMessage } from '#shared/api-client/api-types.ts';
import { tellDone, tellFault } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import { useWhy } from '../use-why.ts';

/** Says what became of an answer, where it is not what one expects: the thread shows those that go. */
export function useTellSent(): (judged: JudgedMessage) => void {
  const say = useTexts(inboxTexts);
  const why = useWhy();
  return (judged) => {
    if (judged.verdict === 'held') void tellDone(why.held(judged));
    if (judged.verdict === 'blocked') void tellFault(say('blockedTitle'), why.reason(judged));
  };
}
