import { Badge } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { Time } from '../../parts/time.tsx';
import { useTexts } from '../../texts/language.tsx';
import classes from './inbox.module.css';
import { shownNumber } from './shown-number.ts';
import { inboxTexts } from './texts.ts';

/** One conversation in the list: who, what they wrote last, how long ago, and what is to be known at a glance. */
export function ConversationRow({
  conversation,
  inReply,
  isOpen,
}: {
  conversation: Conversation;
  /** Whether all that are shown need a reply. */
  inReply: boolean;
  isOpen: boolean;
}) {
  const say = useTexts(inboxTexts);
  const {
    activityAt,
    agent,
    assignee,
    campaignName,
    contact,
    id,
    lastText,
    phoneNumber,
    review,
    unread,
    waiting,
  } = conversation;
  const isWaiting = waiting > 0 && !inReply;
  const hasChips =
    review !== null || Boolean(agent?.draft) || isWaiting || campaignName !== null || assignee !== null;
  return (
    <Link
      to="/inbox/$id"
      params={{ id }}
      search={(before) => before}
      className={classes.row}
      data-here={isOpen || undefined}
      data-unread={unread > 0 || undefined}
      aria-current={isOpen ? 'true' : undefined}
    >
      <span className={classes.rowLine}>
        <span className={classes.who}>{contact?.name ?? shownNumber(phoneNumber)}</span>
        {unread > 0 && (
          <span className={classes.unread} role="img" aria-label={say('unread', { count: unread })} />
        )}
        <span className={classes.age}>
          <Time at={conversation.lastTextAt ?? activityAt} as="ago" />
        </span>
      </span>
      <span className={classes.lastText}>{lastText === '' ? say('picture') : lastText}</span>
      {hasChips && (
        <span className={classes.chips}>
          {review !== null && <Chip tone="bad">{say('chipReview')}</Chip>}
          {agent?.draft && <Chip tone="info">{say('chipDraft')}</Chip>}
          {isWaiting && <Chip tone="held">{say('chipWaiting')}</Chip>}
          {campaignName !== null && <Chip tone="quiet">{campaignName}</Chip>}
          {assignee !== null && <span className={classes.assignee}>{assignee}</span>}
        </span>
      )}
    </Link>
  );
}

const Chip = ({ children, tone }: { tone: 'bad' | 'info' | 'held' | 'quiet'; children: string }) => (
  <Badge size="sm" variant="default" className={classes.chip} data-tone={tone}>
    {children}
  </Badge>
);
