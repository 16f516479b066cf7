import { Title } from '@mantine/core';
import { Outlet, useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useLiveRefresh } from '../../api/live/live.tsx';
import { useTexts } from '../../texts/language.tsx';
import { ConversationList } from './conversation-list.tsx';
import { FolderList } from './folder-list.tsx';
import classes from './inbox.module.css';
import { NothingOpen } from './nothing-open.tsx';
import { inboxTexts } from './texts.ts';

/** Everything of a person that a text, or a decision about them, may change. */
const TOUCHED = [
  '/v1/conversations',
  '/v1/conversation-counts',
  '/v1/agent-answers',
  '/v1/consents',
  '/v1/people',
];

/** Who has written, and what is said to them: folders, their conversations, and the one that is open, side by side. */
export function Inbox() {
  const say = useTexts(inboxTexts);
  const { id } = useParams({ strict: false });
  useLiveRefresh('conversations', TOUCHED);
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
