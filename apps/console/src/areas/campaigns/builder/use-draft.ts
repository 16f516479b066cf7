import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useState } from 'react';
import type { Campaign, CampaignCheck } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { tellDone } from '../../../parts/tell.ts';
import { useTexts } from '../../../texts/language.tsx';
import { builderTexts } from './texts.ts';

/** The draft that is being built: as it was read, and what keeps it from starting. */
export interface Draft {
  campaign: Campaign;
  check: CampaignCheck | undefined;
}
export const DraftContext = createContext<Draft | null>(null);

export function useDraft(): Draft {
  const draft = useContext(DraftContext);
  if (draft === null) throw new Error('a section of the builder is drawn outside of it');
  return draft;
}

type Definition = Campaign['definition'];
export interface SectionChange {
  name?: string;
  intent?: Campaign['intent'];
  endAt?: string | null;
  definition?: Partial<Definition>;
}

/** Saves one section, if nobody else has changed the draft since it was read. */
export function useSave() {
  const say = useTexts(builderTexts);
  const cache = useQueryClient();
  const { campaign } = useDraft();
  const save = useChange('patch', '/v1/campaigns/{id}', { touches: ['/v1/campaigns'] });
  const given = { path: { id: campaign.id } };
  return {
    isSaving: save.isPending,
    error: save.error,
    readAgain: () => {
      save.reset();
      void cache.invalidateQueries({ queryKey: one('/v1/campaigns/{id}', given).queryKey, exact: true });
    },
    save: ({ definition, ...change }: SectionChange, done?: () => void) =>
      save.mutate(
        {
          ...given,
          body: {
            ...change,
            ...(definition === undefined ? {} : { definition: { ...campaign.definition, ...definition } }),
          },
          seen: campaign,
        },
        {
          onSuccess: () => {
            void tellDone(say('saved'));
            done?.();
          },
        },
      ),
  };
}

/** What somebody fills in, begun from the draft, and begun anew when the draft has become another. */
export function useFilled<Value>(from: Value): [Value, (change: Partial<Value>) => void, boolean] {
  const begun = JSON.stringify(from);
  const [kept, setKept] = useState({ begun, value: from });
  const current = kept.begun === begun ? kept.value : from;
  return [
    current,
    (change) => setKept({ begun, value: { ...current, ...change } }),
    JSON.stringify(current) !== begun,
  ];
}
