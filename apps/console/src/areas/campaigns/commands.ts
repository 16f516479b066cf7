import { useNavigate } from '@tanstack/react-router';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useChange } from '../../api/use-change.ts';
import { tellDone, tellFault } from '../../parts/tell.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { wordOf } from '../../words/define.ts';
import { problemWords } from '../../words/problems.ts';
import { commandTexts } from './texts.ts';

/** What is known of a campaign wherever it can be told something. */
export type Told = Pick<Campaign, 'id' | 'name'>;

const touches = ['/v1/campaigns'];

/** Says why something was not done, in plain words. */
export function useTellWhy(): (error: unknown) => void {
  const say = useTexts(commandTexts);
  const language = useLanguage();
  return (error) => {
    if (!(error instanceof ApiProblem)) {
      void tellFault(say('failed'), String(error instanceof Error ? error.message : error));
      return;
    }
    const { code, detail, faults = [] } = error.problem;
    const why = faults.length > 0 ? faults.map((fault) => fault.detail).join(' ') : detail;
    void tellFault(wordOf(problemWords, code, language).says, why);
  };
}

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
    (change: { mutate: typeof pause.mutate }, done: 'paused' | 'resumed' | 'stopped' | 'unscheduled') =>
    ({ id, name }: Told): void =>
      change.mutate({ path: { id } }, { onError, onSuccess: () => void tellDone(say(done, { name })) });
  return {
    isBusy: [pause, resume, stop, unschedule, clone, archive, remove].some(({ isPending }) => isPending),
    pause: tell(pause, 'paused'),
    resume: tell(resume, 'resumed'),
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
