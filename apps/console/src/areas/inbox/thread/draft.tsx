import { Group, Text } from '@mantine/core';
import { IconRobot } from '@tabler/icons-react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { handOverReason } from '../../../words/conversations.ts';
import { useWord } from '../../../words/use-word.ts';
import { inboxTexts } from '../texts.ts';
import { useDecide } from '../use-decide.ts';
import classes from './thread.module.css';
import { useTellSent } from './use-tell-sent.ts';

/** What the agent makes of their newest text: a draft that waits for a person, that it is at it, or why it gave it to people. */
export function Draft({
  agent,
  conversation,
  edit,
  isEdited,
}: {
  conversation: Conversation;
  agent: NonNullable<Conversation['agent']>;
  /** Takes its words up. */
  edit: (draft: { textId: string; body: string }) => void;
  isEdited: boolean;
}) {
  const say = useTexts(inboxTexts);
  const reason = useWord(handOverReason);
  const decide = useDecide(conversation);
  const onError = useTellWhy();
  const tellSent = useTellSent();
  const touches = ['/v1/conversations', '/v1/conversation-counts', '/v1/agent-answers'];
  const send = useChange('post', '/v1/agent-answers/{id}/send', { touches, onDone: tellSent });
  const reject = useChange('post', '/v1/agent-answers/{id}/reject', {
    touches,
    onDone: () => void tellDone(say('draftRejected')),
  });
  const path = { id: agent.textId };
  if (agent.state === 'due') {
    return (
      <div className={classes.agent} role="status">
        <AgentSays>{say('agentDue')}</AgentSays>
        <Action needs="operator" variant="default" does={decide.open} loading={decide.isBusy}>
          {say('takeOver')}
        </Action>
      </div>
    );
  }
  if (agent.state === 'handed_over' && conversation.needsReply) {
    return (
      <div className={classes.agent}>
        <AgentSays>
          {agent.reason === null ? say('agentGave') : say('agentGaveWhy', { why: reason(agent.reason).says })}
        </AgentSays>
      </div>
    );
  }
  // While its words are changed they stand in the composer.
  const { draft: body, textId } = agent;
  if (body === null || isEdited) return null;
  return (
    <section className={classes.draft} aria-label={say('draft')}>
      <AgentSays>{say('draft')}</AgentSays>
      <Text className={classes.draftWords}>{body}</Text>
      <Group gap="xs">
        <Action
          needs="operator"
          loading={send.isPending}
          does={() => send.mutate({ path, body: {} }, { onError })}
        >
          {say('draftSend')}
        </Action>
        <Action needs="operator" variant="default" does={() => edit({ textId, body })}>
          {say('draftEdit')}
        </Action>
        <Action
          needs="operator"
          variant="subtle"
          color="gray"
          loading={reject.isPending}
          does={() => reject.mutate({ path, body: {} }, { onError })}
        >
          {say('draftDiscard')}
        </Action>
      </Group>
    </section>
  );
}

const AgentSays = ({ children }: { children: string }) => (
  <Text size="xs" component="div" className={classes.event}>
    <IconRobot size={14} aria-hidden />
    <span>{children}</span>
  </Text>
);
