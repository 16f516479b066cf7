import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DrillDraft } from '#shared/api-client/api-types.ts';
import { newIdempotencyKey } from '#shared/api-client/client.ts';
import { ask, versionOf } from '../../api/client.ts';
import { codeOf } from '../../api/problem.ts';
import { touch } from '../../api/touch.ts';

type Draft = DrillDraft['draft'];

/** The draft of a drill, begun from what is published where nobody works on it yet. */
export async function draftOf(slug: string): Promise<DrillDraft> {
  try {
    return await ask('get', '/v1/drill-drafts/{slug}', { path: { slug } });
  } catch (error) {
    if (codeOf(error) !== 'not_found') throw error;
  }
  const { version } = await ask('get', '/v1/drills/{slug}', { path: { slug } });
  const published = await ask('get', '/v1/drills/{slug}/versions/{version}', { path: { slug, version } });
  const { version: _, ...drill } = published.drill;
  const body: Draft = { ...drill, examples: published.examples };
  return ask('post', '/v1/drill-drafts', { body }, { headers: { 'idempotency-key': newIdempotencyKey() } });
}

/** Changes the draft of a drill, from the version that was read just before. */
async function changed(slug: string, how: (draft: Draft) => Draft): Promise<void> {
  const kept = await draftOf(slug);
  const version = versionOf(kept);
  await ask(
    'put',
    '/v1/drill-drafts/{slug}',
    { path: { slug }, body: how(kept.draft) },
    {
      headers: {
        'idempotency-key': newIdempotencyKey(),
        ...(version === null ? {} : { 'if-match': version }),
      },
    },
  );
}

/** Begins a draft, or changes the one that there is, from outside of the editor. Both say whether it was done. */
export function useDraftOf(slug: string) {
  const cache = useQueryClient();
  const [isBeginning, setBeginning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const doing = async (what: () => Promise<unknown>): Promise<boolean> => {
    setBeginning(true);
    setError(null);
    try {
      await what();
      await touch(cache, ['/v1/drill-drafts']);
      return true;
    } catch (failed) {
      setError(failed);
      return false;
    } finally {
      setBeginning(false);
    }
  };
  return {
    isBeginning,
    error,
    begin: () => doing(() => draftOf(slug)),
    change: (how: (draft: Draft) => Draft) => doing(() => changed(slug, how)),
  };
}
