import { Button, Skeleton, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Import } from '#shared/api-client/api-types.ts';
import { useLive } from '../../../api/live/live.tsx';
import { one } from '../../../api/queries.ts';
import { touch } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { WorkProgress } from '../../../parts/work-progress.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { importKind, importStatus } from '../../../words/people.ts';
import { ContactTabs } from '../tabs.tsx';
import { Checked } from './checked.tsx';
import { Columns } from './columns.tsx';
import { Ended } from './ended.tsx';
import { workOf } from './progress.ts';
import { type Step, Steps } from './steps.tsx';
import { importTexts } from './texts.ts';
import { Uploading } from './uploading.tsx';

const route = getRouteApi('/contacts/imports/$importId');

const stepOf: Readonly<Record<Import['status'], Step>> = {
  uploading: 'file',
  uploaded: 'columns',
  checking: 'check',
  checked: 'commit',
  committing: 'commit',
  committed: 'report',
  failed: 'report',
  cancelled: 'report',
};
const open = new Set<Import['status']>(['uploading', 'uploaded', 'checking', 'checked']);
/** In case nobody hears its events, in ms. */
const LOOK_AGAIN_MS = 5_000;

/** An import where it stands: the next thing to do, how far the service is, or what became of it. */
export function ImportPage() {
  const say = useTexts(importTexts);
  const { importId: id } = route.useParams();
  const { data, error, refetch } = useQuery({
    ...one('/v1/imports/{id}', { path: { id } }),
    refetchInterval: ({ state }) => (state.data && workOf(state.data) !== null ? LOOK_AGAIN_MS : false),
  });
  useProgress(id);
  if (data === undefined) {
    return (
      <Page title={say('import')} tabs={<ContactTabs />}>
        {error ? (
          <FaultBox error={error} again={() => void refetch()} />
        ) : (
          <Skeleton height={240} aria-busy />
        )}
      </Page>
    );
  }
  const work = workOf(data);
  return (
    <Page
      title={data.fileName}
      state={
        <>
          <Status words={importStatus} of={data.status} /> <Status words={importKind} of={data.kind} plain />{' '}
          · {data.createdBy}, <Time at={data.createdAt} as="ago" />
        </>
      }
      action={open.has(data.status) && <Drop id={id} />}
      tabs={<ContactTabs />}
    >
      <Stack gap="lg">
        <Steps at={stepOf[data.status]} />
        {data.status === 'uploading' && <Uploading import={data} />}
        {data.status === 'uploaded' && <Columns import={data} />}
        {work !== null && (
          <Stack gap="xs" maw={640}>
            <WorkProgress
              label={say(`now_${data.status === 'checking' ? 'checking' : 'committing'}`)}
              {...work}
            />
            <p style={{ margin: 0 }}>{say('mayLeave')}</p>
          </Stack>
        )}
        {data.status === 'checked' && <Checked import={data} />}
        {data.endedAt !== null && <Ended import={data} />}
      </Stack>
    </Page>
  );
}

/** Puts what live events say of an import where it is shown, as it happens. */
function useProgress(id: string): void {
  const cache = useQueryClient();
  const { queryKey } = one('/v1/imports/{id}', { path: { id } });
  useLive('imports', ({ payload }) => {
    const news = payload as Partial<Import> | null;
    if (news?.id !== id) return;
    const before = cache.getQueryData<Import>(queryKey);
    if (before === undefined || before.status !== news.status) void touch(cache, ['/v1/imports']);
    else cache.setQueryData<Import>(queryKey, { ...before, ...news });
  });
}

/** Until something is committed, nothing has changed: it can be dropped without being asked. */
function Drop({ id }: { id: string }) {
  const say = useTexts(importTexts);
  const may = useMay('operator');
  const tellWhy = useTellWhy();
  const cancel = useChange('post', '/v1/imports/{id}/cancel', {
    touches: ['/v1/imports'],
    onDone: () => void tellDone(say('dropped')),
  });
  return (
    <Button
      variant="default"
      disabled={!may}
      loading={cancel.isPending}
      leftSection={<IconX size={16} aria-hidden />}
      onClick={() => cancel.mutate({ path: { id } }, { onError: tellWhy })}
    >
      {say('drop')}
    </Button>
  );
}
