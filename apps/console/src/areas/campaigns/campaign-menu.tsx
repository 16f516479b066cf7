import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArchive,
  IconArchiveOff,
  IconCopy,
  IconDots,
  IconDownload,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useMay } from '../../app/me.ts';
import { shellTexts } from '../../app/texts.ts';
import { useTexts } from '../../texts/language.tsx';
import type { Commands } from './commands.ts';
import { commandTexts } from './texts.ts';

type Shown = Pick<Campaign, 'id' | 'name' | 'status' | 'commands' | 'archivedAt'>;

/** Everything that a campaign may be told as it stands. `compact`: without what stands beside it as a button. `isReadable`: by this version; a draft that is not can be deleted. */
export function CampaignMenu({
  askToStop,
  campaign,
  commands,
  compact = false,
  isReadable = true,
}: {
  campaign: Shown;
  commands: Commands;
  askToStop: () => void;
  compact?: boolean;
  isReadable?: boolean;
}) {
  const say = useTexts(commandTexts);
  const shell = useTexts(shellTexts);
  const may = useMay('operator');
  const navigate = useNavigate();
  const { archivedAt, commands: legal, id, name, status } = campaign;
  const isEnded = status === 'completed' || status === 'stopped' || status === 'failed';
  const isDraft = status === 'draft';
  const can = (command: Campaign['commands'][number]): boolean => legal.includes(command);
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon aria-label={say('more', { name })}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!may && <Menu.Label>{shell('takesRole_operator')}</Menu.Label>}
        {isReadable && isDraft && (
          <Menu.Item
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={() => void navigate({ to: '/campaigns/$id/edit', params: { id } })}
          >
            {say('edit')}
          </Menu.Item>
        )}
        {!compact && can('pause') && (
          <Menu.Item
            disabled={!may}
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => commands.pause(campaign)}
          >
            {say('pause')}
          </Menu.Item>
        )}
        {!compact && can('resume') && (
          <Menu.Item
            disabled={!may}
            leftSection={<IconPlayerPlay size={16} aria-hidden />}
            onClick={() => commands.resume(campaign)}
          >
            {say('resume')}
          </Menu.Item>
        )}
        {can('unschedule') && (
          <Menu.Item
            disabled={!may}
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => commands.unschedule(campaign)}
          >
            {say('unschedule')}
          </Menu.Item>
        )}
        {isReadable && (
          <Menu.Item
            disabled={!may}
            leftSection={<IconCopy size={16} aria-hidden />}
            onClick={() => commands.clone(campaign)}
          >
            {say('clone')}
          </Menu.Item>
        )}
        {!isDraft && (
          <Menu.Item
            component="a"
            href={`/v1/campaigns/${id}/contacts/export`}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {say('export')}
          </Menu.Item>
        )}
        {isReadable && (isEnded || isDraft || archivedAt !== null) && (
          <Menu.Item
            disabled={!may}
            leftSection={
              archivedAt === null ? (
                <IconArchive size={16} aria-hidden />
              ) : (
                <IconArchiveOff size={16} aria-hidden />
              )
            }
            onClick={() => commands.archive(campaign)}
          >
            {say(archivedAt === null ? 'archive' : 'takeOut')}
          </Menu.Item>
        )}
        {isDraft && (
          <Menu.Item
            disabled={!may}
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => commands.remove(campaign)}
          >
            {say('remove')}
          </Menu.Item>
        )}
        {can('stop') && (
          <Menu.Item
            disabled={!may}
            color="red"
            leftSection={<IconPlayerStop size={16} aria-hidden />}
            onClick={askToStop}
          >
            {say('stopping')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
