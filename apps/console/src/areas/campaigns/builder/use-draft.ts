import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useRef } from 'react';
import type { Campaign, CampaignCheck } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { refresh } from '../../../api/touch.ts';
import { type Change, useChange } from '../../../api/use-change.ts';
import type { Fields } from '../../../parts/kept-fields.ts';
import { tellDone } from '../../../parts/tell.ts';
import { useKeptFields, useKeptPlaces } from '../../../parts/use-kept-fields.ts';
import { useTexts } from '../../../texts/language.tsx';
import { type Section, sections } from './sections.ts';
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
  // What follows is done also where they look at another section by then.
  const follows = useRef(new WeakMap<object, () => void>());
  const save = useChange('patch', '/v1/campaigns/{id}', {
    touches: ['/v1/campaigns'],
    onDone: (_, change) => {
      void tellDone(say('saved'));
      follows.current.get(change)?.();
    },
  });
  const given = { path: { id: campaign.id } };
  return {
    isSaving: save.isPending,
    error: save.error,
    readAgain: () => {
      save.reset();
      void refresh(cache, { queryKey: one('/v1/campaigns/{id}', given).queryKey, exact: true });
    },
    save: ({ definition, ...change }: SectionChange, done: () => void): void => {
      const sent: Change<'patch', '/v1/campaigns/{id}'> = {
        ...given,
        body: {
          ...change,
          ...(definition === undefined ? {} : { definition: { ...campaign.definition, ...definition } }),
        },
        seen: campaign,
      };
      follows.current.set(sent, done);
      save.mutate(sent);
    },
  };
}

/** What somebody fills in of a section: kept in this browser until it is saved, whatever they look at meanwhile. */
export function useFilled<Value extends Fields>(section: Section, from: Value) {
  const { campaign } = useDraft();
  return useKeptFields(placeOf(campaign.id, section), from);
}

/** Sections with something that is not saved yet. */
export function useUnsaved(campaign: string): ReadonlySet<Section> {
  return useKeptPlaces(sections, (section) => placeOf(campaign, section));
}

const placeOf = (campaign: string, section: Section): string[] => ['campaign', campaign, section];
