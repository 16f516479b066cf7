import { Select } from '@mantine/core';
import {
  IconHelpCircle,
  IconInbox,
  IconMessages,
  IconShieldQuestion,
  IconUser,
  IconUserOff,
  IconUserShare,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ConversationCounts } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { useMe } from '../../app/me.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { type Folder, folderNames } from './folders.ts';
import classes from './inbox.module.css';
import { inboxTexts } from './texts.ts';

const route = getRouteApi('/inbox');

const icons: Readonly<Record<Folder, typeof IconInbox>> = {
  reply: IconInbox,
  mine: IconUser,
  unassigned: IconUserOff,
  review: IconShieldQuestion,
  unknown: IconHelpCircle,
  of: IconUserShare,
  all: IconMessages,
};

interface Entry {
  folder: Folder;
  of?: string;
  name: string;
  count: number | undefined;
}

/** Folders with how many they have; those of colleagues while they look after something. */
function useFolders(): { entries: Entry[]; countOf: (entry: Entry) => string; atMost: number } {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const me = useMe().name;
  const { folder, of } = route.useSearch();
  const { data } = useQuery(one('/v1/conversation-counts', {}));
  const colleagues = (data?.assignees ?? []).filter(({ name }) => name !== me);
  // Whoever is in the folder of somebody stays in it when that is empty.
  const isGone = folder === 'of' && of !== undefined && !colleagues.some(({ name }) => name === of);
  const atMost = data?.atMost ?? Number.POSITIVE_INFINITY;
  return {
    atMost,
    entries: folderNames.flatMap((each): Entry[] =>
      each === 'of'
        ? [...colleagues, ...(isGone ? [{ name: of, conversations: 0 }] : [])].map((colleague) => ({
            folder: each,
            of: colleague.name,
            name: colleague.name,
            count: colleague.conversations,
          }))
        : [{ folder: each, name: say(`folder_${each}`), count: data && countIn(data, each) }],
    ),
    countOf: ({ count }) =>
      count === undefined ? '' : `${count.toLocaleString(language)}${count >= atMost ? '+' : ''}`,
  };
}

const countIn = (counts: ConversationCounts, folder: Exclude<Folder, 'of'>): number =>
  folder === 'reply' ? counts.needsReply : counts[folder];

/** Folders, one below the other. */
export function FolderList() {
  const say = useTexts(inboxTexts);
  const { folder = 'reply', of } = route.useSearch();
  const { countOf, entries } = useFolders();
  return (
    <nav aria-label={say('folders')}>
      <ul className={classes.folderList}>
        {entries.map((entry) => {
          const Icon = icons[entry.folder];
          const isHere = entry.folder === folder && (entry.folder !== 'of' || entry.of === of);
          return (
            <li key={`${entry.folder} ${entry.of ?? ''}`}>
              <Link
                to="/inbox"
                search={{ folder: entry.folder, ...(entry.of === undefined ? {} : { of: entry.of }) }}
                className={classes.folder}
                data-here={isHere || undefined}
                aria-current={isHere ? 'page' : undefined}
                title={
                  entry.folder === 'of'
                    ? say('ofColleague', { name: entry.name })
                    : say(`hint_${entry.folder}`)
                }
              >
                <Icon size={16} stroke={1.75} aria-hidden />
                <span className={classes.folderName}>{entry.name}</span>
                <span className={classes.folderCount}>{countOf(entry)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

const keyOf = ({ folder, of }: Pick<Entry, 'folder' | 'of'>): string =>
  of === undefined ? folder : `${folder} ${of}`;

/** The same where there is no room: to choose from. */
export function FolderChoice() {
  const say = useTexts(inboxTexts);
  const { folder = 'reply', of } = route.useSearch();
  const navigate = route.useNavigate();
  const { countOf, entries } = useFolders();
  return (
    <Select
      aria-label={say('folders')}
      allowDeselect={false}
      value={keyOf({ folder, ...(of === undefined ? {} : { of }) })}
      data={entries.map((entry) => ({
        value: keyOf(entry),
        label: entry.count === undefined ? entry.name : `${entry.name} · ${countOf(entry)}`,
      }))}
      onChange={(key) => {
        const entry = entries.find((each) => keyOf(each) === key);
        if (entry) void navigate({ search: { folder: entry.folder, of: entry.of } });
      }}
    />
  );
}
