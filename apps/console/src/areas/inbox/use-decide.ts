import type { Conversation, ConversationChange } from '#shared/api-client/api-types.ts';
import { useChange } from '../../api/use-change.ts';
import { tellDone } from '../../parts/tell.ts';
import { useTellWhy } from '../../parts/use-tell-why.ts';
import { useTexts } from '../../texts/language.tsx';
import { inboxTexts } from './texts.ts';

/** What somebody decides about a conversation, as they have seen it. */
export function useDecide(conversation: Conversation) {
  const { id } = conversation;
  const say = useTexts(inboxTexts);
  const onError = useTellWhy();
  const change = useChange('patch', '/v1/conversations/{id}', {
    touches: ['/v1/conversations', '/v1/conversation-counts'],
  });
  const decide = (body: ConversationChange, done?: string): void =>
    change.mutate(
      { path: { id }, body, seen: conversation },
      { onError, onSuccess: () => void (done !== undefined && tellDone(done)) },
    );
  return {
    isBusy: change.isPending,
    assign: (assignee: string | null): void => decide({ assignee }),
    setAgent: (agentMode: 'off' | 'draft' | 'automatic' | null): void => decide({ agentMode }),
    tag: (tags: string[]): void => decide({ tags }),
    /** Nothing in it wants an answer any more, of what they have seen: a text that came since keeps it open. */
    close: (seen: { upTo?: string }): void => decide({ state: 'closed', ...seen }, say('closed')),
    open: (): void => decide({ state: 'open' }),
    snooze: (until: Date): void =>
      decide({ state: 'snoozed', snoozedUntil: until.toISOString() }, say('snoozed')),
  };
}
