import type { CampaignFault, Definition } from '#shared/campaigns/definition.ts';
import { headFault, mediaFault } from '#shared/campaigns/media.ts';
import type { AskHead } from './head.ts';

/** What servers of the files that go with texts say against them, by the places of their addresses. Each is asked once. */
export async function mediaFaults(
  { variants }: Pick<Definition, 'variants'>,
  ask: AskHead,
): Promise<CampaignFault[]> {
  const places = variants.flatMap(({ mediaUrls }, variant) =>
    mediaUrls.map((url, index) => ({ url, pointer: `/variants/${variant}/mediaUrls/${index}` })),
  );
  // What its address says against it is said already.
  const urls = [...new Set(places.map(({ url }) => url))].filter((url) => mediaFault(url) === null);
  const faults = new Map(
    await Promise.all(
      urls.map(async (url): Promise<[string, string | null]> => {
        const asked = await ask(url);
        return [url, asked.kind === 'none' ? asked.reason : headFault(asked.head)];
      }),
    ),
  );
  return places.flatMap(({ pointer, url }) => {
    const message = faults.get(url) ?? null;
    return message === null ? [] : [{ pointer, message }];
  });
}
