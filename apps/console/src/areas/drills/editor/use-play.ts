import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { DrillPlay, DrillSimulation } from '#shared/api-client/api-types.ts';
import { ask } from '../../../api/client.ts';
import type { Working } from './working.ts';

/** A text, or a time in which nobody writes. */
export type Step = NonNullable<DrillSimulation['answers']>[number];

export interface Played {
  draft: Working | null;
  /** null: the first that gives the drill. */
  programme: string | null;
  language: string;
  name: string;
  steps: readonly Step[];
}

/** How long nobody types before the drill is played again as it is by then, in ms. */
const PAUSE_MS = 250;

/**
 * The draft as it is, played by the code that talks with people. It runs in the API: in the page it would take 55 kB of
 * script more (packed), and its ids need a hash that browsers only have as a promise; an answer of the API is there in less than
 * a tenth of a second, also on a busy machine.
 */
export function usePlay({ draft, language, name, programme, steps }: Played) {
  const [settled] = useDebouncedValue(draft, PAUSE_MS);
  const profile = { language, ...(name.trim() === '' ? {} : { name: name.trim() }) };
  return useQuery({
    queryKey: ['/v1/drill-simulations', { settled, programme, profile, steps }],
    queryFn: ({ signal }): Promise<DrillPlay> =>
      ask(
        'post',
        '/v1/drill-simulations',
        {
          body: {
            // Its examples play no part.
            drill: { ...(settled as Working), examples: [] },
            ...(programme === null ? {} : { programme }),
            profile,
            answers: [...steps],
          },
        },
        { signal },
      ),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
