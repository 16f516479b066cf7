import { IconInbox } from '@tabler/icons-react';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useTexts } from '../../texts/language.tsx';
import classes from './inbox.module.css';
import { inboxTexts } from './texts.ts';

/** Where a conversation would be. */
export function NothingOpen() {
  const say = useTexts(inboxTexts);
  return (
    <div className={classes.nothing}>
      <EmptyState icon={<IconInbox size={32} />} title={say('nothingOpen')} hint={say('nothingOpenHint')} />
    </div>
  );
}
