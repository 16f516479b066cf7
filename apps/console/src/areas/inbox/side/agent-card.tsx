import { Select, Text } from '@mantine/core';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { useMay } from '../../../app/me.ts';
import { useTexts } from '../../../texts/language.tsx';
import { agentMode } from '../../../words/conversations.ts';
import { useWord } from '../../../words/use-word.ts';
import { inboxTexts } from '../texts.ts';
import { useDecide } from '../use-decide.ts';
import { Card } from './side.tsx';

const modes = ['off', 'draft', 'automatic'] as const;

/** Whether the agent answers the next text of this person: as its campaign or number says, or as somebody says here. */
export function AgentCard({ conversation }: { conversation: Conversation }) {
  const say = useTexts(inboxTexts);
  const mode = useWord(agentMode);
  const decide = useDecide(conversation);
  const may = useMay('operator');
  const { inForce, own } = conversation.agentMode;
  return (
    <Card title={say('agent')}>
      <Select
        aria-label={say('agent')}
        allowDeselect={false}
        disabled={!may}
        value={own ?? ''}
        data={[
          {
            value: '',
            label: own === null ? say('agentAsNow', { mode: mode(inForce).says }) : say('agentAsElsewhere'),
          },
          ...modes.map((value) => ({ value, label: mode(value).says })),
        ]}
        onChange={(value) => decide.setAgent(modes.find((each) => each === value) ?? null)}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {say(`agent_${inForce}`)}
      </Text>
    </Card>
  );
}
