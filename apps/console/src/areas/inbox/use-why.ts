import { clockAt, placeOf } from '../../parts/place.ts';
import { reasonTexts } from '../../parts/reason/texts.ts';
import { isOwn } from '../../parts/reason/use-reason.ts';
import { zoneHere } from '../../parts/time.ts';
import { useNow } from '../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { gateRule } from '../../words/gate.ts';
import { useWord } from '../../words/use-word.ts';
import { inboxTexts } from './texts.ts';

/** A rule, what the API says of it, and when it ends. */
interface Ruled {
  rule: string | null;
  says: string | null;
  heldUntil: string | null;
}

/** Why something does not go, in the reader's words where there are some, else in the API's own. */
export function useWhy() {
  const say = useTexts(inboxTexts);
  const own = useTexts(reasonTexts);
  const word = useWord(gateRule);
  const language = useLanguage();
  const now = useNow(false);
  const reason = ({ rule, says }: Omit<Ruled, 'heldUntil'>): string => {
    if (rule === null) return says ?? say('noReason');
    if (isOwn(rule)) return own(rule);
    return Object.hasOwn(gateRule, rule) ? word(rule).says : (says ?? rule);
  };
  const lower = (ruled: Omit<Ruled, 'heldUntil'>): string => {
    const text = reason(ruled);
    return `${text[0]?.toLocaleLowerCase() ?? ''}${text.slice(1)}`;
  };
  return {
    reason,
    lower,
    /** What follows from it, or what to do. */
    hint: (rule: string): string | undefined => (Object.hasOwn(gateRule, rule) ? word(rule).hint : undefined),
    /** Until when, where that is known, and why. `zone`: of the person; left out: of whoever reads. */
    held: ({ heldUntil, ...ruled }: Ruled, zone = zoneHere()): string =>
      heldUntil === null
        ? say('held', { why: lower(ruled) })
        : say('heldUntil', {
            time: clockAt(heldUntil, { language, now, zone }),
            place: placeOf(zone),
            why: lower(ruled),
          }),
  };
}
