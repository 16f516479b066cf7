import { useNavigate } from '@tanstack/react-router';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useChange } from '../../api/use-change.ts';
import { tellDone } from '../../parts/tell.ts';
import { useTellWhy } from '../../parts/use-tell-why.ts';
import { useTexts } from '../../texts/language.tsx';
import { commandTexts } from './texts.ts';

/** What is known of a campaign wherever it can be told something. */
export type Told = Pick<Campaign, 'id' | 'name'>;

const touches = ['/v1/campaigns'];

/** What campaigns are told to do, each with what is said when it is done. */
export function useCommands() {
  const say = useTexts(commandTexts);
  const navigate = useNavigate();
  const onError = useTellWhy();
  const pause = useChange('post', '/v1/campaigns/{id}/pause', { touches });
  const resume = useChange('post', '/v1/campaigns/{id}/resume', { touches });
  const stop = useChange('post', '/v1/campaigns/{id}/stop', { touches });
  const unschedule = useChange('post', '/v1/campaigns/{id}/unschedule', { touches });
  const clone = useChange('post', '/v1/campaigns/{id}/clone', { touches });
  const archive = useChange('post', '/v1/campaigns/{id}/archive', { touches });
  const remove = useChange('delete', '/v1/campaigns/{id}', { touches });
  const tell =
    (
      change: { mutate: typeof pause.mutate },
      done: 'paused' | 'resumed' | 'stopped' | 'unscheduled',
      undo?: (campaign: Told) => void,
    ) =>
    (campaign: Told): void =>
      change.mutate(
        { path: { id: campaign.id } },
        {
          onError,
          onSuccess: () => void tellDone(say(done, { name: campaign.name }), undo && (() => undo(campaign))),
        },
      );
  const pauseIt = tell(pause, 'paused');
  return {
    isBusy: [pause, resume, stop, unschedule, clone, archive, remove].some(({ isPending }) => isPending),
    pause: pauseIt,
    // Who was to be reached was typed when it was started.
    resume: tell(resume, 'resumed', pauseIt),
    stop: tell(stop, 'stopped'),
    unschedule: tell(unschedule, 'unscheduled'),
    clone: ({ id }: Told): void =>
      clone.mutate(
        { path: { id }, body: {} },
        {
          onError,
          onSuccess: (copy) => {
            void tellDone(say('cloned'));
            void navigate({ to: '/campaigns/$id/edit', params: { id: copy.id } });
          },
        },
      ),
    archive: ({ archivedAt, id, name }: Told & Pick<Campaign, 'archivedAt'>): void =>
      archive.mutate(
        { path: { id }, body: { archived: archivedAt === null } },
        {
          onError,
          onSuccess: () => void tellDone(say(archivedAt === null ? 'archived' : 'tookOut', { name })),
        },
      ),
    remove: ({ id, name }: Told): void =>
      remove.mutate(
        { path: { id } },
        {
          onError,
          onSuccess: () => {
            void tellDone(say('removed', { name }));
            void navigate({ to: '/campaigns' });
          },
        },
      ),
  };
}

export type Commands = ReturnType<typeof useCommands>;
