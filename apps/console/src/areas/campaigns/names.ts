import { useMemo } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useLists } from '../../parts/contact-filter/use-lists.ts';
import { useTexts } from '../../texts/language.tsx';
import { audienceTexts } from './texts.ts';

/** Says an audience in a few words: "Clinic North, Clinic South, without Staff". */
export function useAudienceWords(): (audience: Campaign['definition']['audience']) => string {
  const say = useTexts(audienceTexts);
  const lists = useLists();
  return useMemo(() => {
    const names = new Map(lists?.map(({ id, name }) => [id, name]));
    const named = (ids: readonly string[]): string =>
      ids.map((id) => names.get(id) ?? (lists === undefined ? '…' : say('goneList'))).join(', ');
    return ({ exclude, filter, include, respondersOf }) => {
      const who = [
        ...(include.length > 0 ? [named(include)] : []),
        ...(filter === null ? [] : [say(include.length > 0 ? 'whoMatch' : 'allWhoMatch')]),
        ...(respondersOf === null ? [] : [say('whoAnswered')]),
      ];
      if (who.length === 0) return say('nobody');
      return exclude.length === 0
        ? who.join(' · ')
        : say('without', { who: who.join(' · '), lists: named(exclude) });
    };
  }, [lists, say]);
}
