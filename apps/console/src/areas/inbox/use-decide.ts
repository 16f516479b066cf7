import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import type { Conversation, ConversationChange } from '#shared/api-client/api-types.ts';
import { type Change, useChange } from '../../api/use-change.ts';
import { tellDone } from '../../parts/tell.ts';
import { useTellWhy } from '../../parts/use-tell-why.ts';
import { useTexts } from '../../texts/language.tsx';
import { inboxTexts } from './texts.ts';

const touches = ['/v1/conversations', '/v1/conversation-counts'];

/** What somebody decides about a conversation, as they have seen it, and can undo for as long as it is said. */
export function useDecide(conversation: Conversation) {
  const { id } = conversation;
  const path = { id };
  const say = useTexts(inboxTexts);
  const navigate = useNavigate();
  const onFault = useTellWhy();
  /** What is said of a change once it is done: they may be elsewhere by then. */
  const saysThen = useRef(new WeakMap<object, (now: Conversation) => void>());
  const change = useChange('patch', '/v1/conversations/{id}', {
    touches,
    onFault,
    onDone: (now, given) => saysThen.current.get(given)?.(now),
  });
  const reopen = useChange('post', '/v1/conversations/{id}/reopen', { touches, onFault });
  const read = useChange('post', '/v1/conversations/{id}/read', { touches, onFault });
  const unread = useChange('post', '/v1/conversations/{id}/unread', {
    touches,
    onFault,
    onDone: () => void tellDone(say('unreadNow'), () => read.mutate({ path, body: {} })),
  });
  const decide = (body: ConversationChange, then?: (now: Conversation) => void): void => {
    const given: Change<'patch', '/v1/conversations/{id}'> = { path, body, seen: conversation };
    if (then !== undefined) saysThen.current.set(given, then);
    change.mutate(given);
  };
  /** Says what was done, and lets it be decided again as it was. */
  const undoable =
    (done: string, back: ConversationChange) =>
    (now: Conversation): void =>
      void tellDone(done, () => change.mutate({ path, body: back, seen: now }));
  return {
    isBusy: change.isPending || reopen.isPending,
    assign: (assignee: string | null): void => {
      const done = assignee === null ? say('assignedNobody') : say('assignedNow', { who: assignee });
      decide({ assignee }, undoable(done, { assignee: conversation.assignee }));
    },
    setAgent: (agentMode: 'off' | 'draft' | 'automatic' | null): void => decide({ agentMode }),
    tag: (tags: string[]): void => decide({ tags }),
    /** Nothing in it wants an answer any more, of what they have seen: a text that came since keeps it open. */
    close: (seen: { upTo?: string }): void =>
      decide(
        { state: 'closed', ...seen },
        (now) => void tellDone(say('closed'), () => reopen.mutate({ path, seen: now })),
      ),
    open: (): void => decide({ state: 'open' }),
    snooze: (until: Date): void =>
      decide(
        { state: 'snoozed', snoozedUntil: until.toISOString() },
        undoable(say('snoozed'), asIs(conversation)),
      ),
    /** As if nobody had looked at the newest text: whoever leaves it for later goes back to the list. */
    unread: (): void => {
      void navigate({ to: '/inbox', search: (before) => before });
      unread.mutate({ path });
    },
  };
}

/** What decides again that it is as it is now. The agent, which lost it, is not given it back. */
const asIs = ({ snoozedUntil, state }: Conversation): ConversationChange =>
  state === 'snoozed' && snoozedUntil !== null
    ? { state, snoozedUntil }
    : { state: state === 'pending' ? 'open' : state };
