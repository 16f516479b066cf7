import { ActionIcon, Group, Menu, Skeleton, Stack, Text } from '@mantine/core';
import { IconArchive, IconDots, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Programme } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { shellTexts } from '../../../app/texts.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Page } from '../../../parts/page.tsx';
import { RouteTabs } from '../../../parts/route-tabs.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { registrationBy } from '../../../words/drills.ts';
import { useWord } from '../../../words/use-word.ts';
import { downloadFile } from '../download.ts';
import { programmeTexts } from './texts.ts';

/** Around the screens of a programme. `children` are drawn once it is known. */
export function ProgrammePage({
  action,
  children,
  slug,
}: {
  slug: string;
  /** The primary action of the screen. */
  action?: ReactNode;
  children: (programme: Programme) => ReactNode;
}) {
  const say = useTexts(programmeTexts);
  const word = useWord(registrationBy);
  const { data, error, refetch } = useQuery(one('/v1/programmes/{slug}', { path: { slug } }));
  if (data === undefined) {
    return (
      <Page title={slug} state=" ">
        {error ? (
          <FaultBox error={error} again={() => void refetch()} />
        ) : (
          <Skeleton height={320} aria-busy />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={data.name}
      state={[data.company, word(data.registration).says].join(' · ')}
      action={
        <>
          {data.archivedAt === null && action}
          <More programme={data} />
        </>
      }
      tabs={
        <RouteTabs
          label={say('parts')}
          tabs={[
            { to: '/drills/programmes/$slug', params: { slug }, text: say('tabProgress'), exact: true },
            { to: '/drills/programmes/$slug/participants', params: { slug }, text: say('tabParticipants') },
            { to: '/drills/programmes/$slug/codes', params: { slug }, text: say('tabCodes') },
            { to: '/drills/programmes/$slug/settings', params: { slug }, text: say('tabSettings') },
          ]}
        />
      }
    >
      <Stack gap="md">
        {data.archivedAt !== null && <Archived programme={data} />}
        {children(data)}
      </Stack>
    </Page>
  );
}

const TOUCHED = ['/v1/programmes', '/v1/drills'];

function Archived({ programme }: { programme: Programme }) {
  const say = useTexts(programmeTexts);
  const { name, slug } = programme;
  const onFault = useTellWhy();
  const archiveAgain = useChange('post', '/v1/programmes/{slug}/archive', { touches: TOUCHED, onFault });
  const restore = useChange('post', '/v1/programmes/{slug}/restore', {
    touches: TOUCHED,
    onDone: (now) =>
      void tellDone(say('restoredNow', { name }), () => archiveAgain.mutate({ path: { slug }, seen: now })),
  });
  return (
    <Notice tone="held" title={say('isArchived')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{say('isArchivedHint')}</Text>
        {restore.error && <FaultBox error={restore.error} />}
        <Action
          needs="admin"
          variant="default"
          loading={restore.isPending}
          does={() => restore.mutate({ path: { slug }, seen: programme })}
        >
          {say('restore')}
        </Action>
      </Stack>
    </Notice>
  );
}

function More({ programme }: { programme: Programme }) {
  const say = useTexts(programmeTexts);
  const shell = useTexts(shellTexts);
  const mayArchive = useMay('admin');
  const mayExport = useMay('operator');
  const { archivedAt, name, slug } = programme;
  const onFault = useTellWhy();
  const restore = useChange('post', '/v1/programmes/{slug}/restore', { touches: TOUCHED, onFault });
  const archive = useChange('post', '/v1/programmes/{slug}/archive', {
    touches: TOUCHED,
    onDone: (now) =>
      void tellDone(say('archivedNow', { name }), () => restore.mutate({ path: { slug }, seen: now })),
  });
  return (
    <Group gap="xs">
      {archive.error && <FaultBox error={archive.error} />}
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={say('more', { name })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!mayExport && <Menu.Label>{shell('takesRole_operator')}</Menu.Label>}
          <Menu.Item
            disabled={!mayExport}
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() => void downloadFile(`/v1/programmes/${slug}/file`, `${slug}.yaml`)}
          >
            {say('exportFile')}
            <Text size="xs" c="dimmed">
              {say('exportHint')}
            </Text>
          </Menu.Item>
          {archivedAt === null && !mayArchive && <Menu.Label>{shell('takesRole_admin')}</Menu.Label>}
          {archivedAt === null && (
            <Menu.Item
              disabled={!mayArchive}
              color="red"
              leftSection={<IconArchive size={16} aria-hidden />}
              onClick={() => archive.mutate({ path: { slug }, seen: programme })}
            >
              {say('archive')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
