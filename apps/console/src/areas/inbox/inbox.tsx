import { Title } from '@mantine/core';
import { Outlet, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { useTexts } from '../../texts/language.tsx';
import { BELONGING } from './belonging.ts';
import { ConversationList } from './conversation-list.tsx';
import { FolderList } from './folder-list.tsx';
import classes from './inbox.module.css';
import { NothingOpen } from './nothing-open.tsx';
import { inboxTexts } from './texts.ts';

/** What says that something happened in a conversation; counts are read again by the rail. */
const HEADS = ['/v1/conversations', '/v1/conversations/{id}'];
/** What belongs to the open conversation is read again when that changes (thread/thread.tsx), and now and then for what it does not say. */
const LEAST_BETWEEN_BELONGING_MS = 20_000;

/** Who has written, and what is said to them: folders, their conversations, and the one that is open, side by side. */
export function Inbox() {
  const say = useTexts(inboxTexts);
  const { id } = useParams({ strict: false });
  useLiveRefresh('conversations', HEADS, { exactly: true });
  useLiveRefresh('conversations', BELONGING, { leastMs: LEAST_BETWEEN_BELONGING_MS });
  useEffect(() => {
    document.title = `${say('title')} · Carillon`;
  }, [say]);
  return (
    <div className={classes.whole}>
      <div className={classes.inbox} data-open={id !== undefined || undefined}>
        <div className={classes.folders}>
          <Title order={1} className={classes.title}>
            {say('title')}
          </Title>
          <FolderList />
        </div>
        <ConversationList opened={id} />
        <div className={classes.rest}>{id === undefined ? <NothingOpen /> : <Outlet />}</div>
      </div>
    </div>
  );
}
