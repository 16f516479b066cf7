import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { one } from '../../../api/queries.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { RouteTabs } from '../../../parts/route-tabs.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { downloadFile } from '../download.ts';
import { useDraftOf } from '../use-draft-of.ts';
import { drillPageTexts } from './texts.ts';

/** Around the screens of a drill that is published: what it is, and the way to its draft. */
export function DrillPage({ children, slug }: { slug: string; children: ReactNode }) {
  const say = useTexts(drillPageTexts);
  const navigate = useNavigate();
  const { data: drill, error: missing, refetch } = useQuery(one('/v1/drills/{slug}', { path: { slug } }));
  const listed = useQuery(one('/v1/drills', {})).data?.items.find((each) => each.slug === slug);
  const programmes = useQuery(one('/v1/programmes', { query: { limit: 200 } })).data?.items;
  const { begin, error, isBeginning } = useDraftOf(slug);
  const edit = async (): Promise<void> => {
    if (await begin()) void navigate({ to: '/drills/drill/$slug/edit', params: { slug } });
  };
  const names = (listed?.programmes ?? []).map(
    (each) => programmes?.find((programme) => programme.slug === each)?.name ?? each,
  );
  return (
    <Page
      title={drill?.name ?? slug}
      state={
        drill === undefined
          ? ' '
          : [
              say('versionNow', { version: drill.version }),
              say('promptCount', { count: drill.prompts.length }),
              names.length === 0 ? say('inNoProgramme') : say('inProgrammes', { names: names.join(', ') }),
            ].join(' · ')
      }
      action={
        drill !== undefined && (
          <>
            <Action needs="operator" loading={isBeginning} does={() => void edit()}>
              {say('edit')}
            </Action>
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon size="lg" aria-label={say('more', { name: drill.name })}>
                  <IconDots size={16} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconDownload size={16} aria-hidden />}
                  onClick={() => void downloadFile(`/v1/drills/${slug}/file`, `${slug}.yaml`)}
                >
                  {say('exportFile')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )
      }
      tabs={
        <RouteTabs
          label={say('parts')}
          tabs={[
            { to: '/drills/drill/$slug', params: { slug }, text: say('tabReport'), exact: true },
            { to: '/drills/drill/$slug/versions', params: { slug }, text: say('tabVersions') },
          ]}
        />
      }
    >
      {error !== null && <FaultBox error={error} again={() => void edit()} />}
      {missing && drill === undefined ? <FaultBox error={missing} again={() => void refetch()} /> : children}
    </Page>
  );
}
