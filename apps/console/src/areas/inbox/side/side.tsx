import { TagsInput, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { useMay } from '../../../app/me.ts';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import { useDecide } from '../use-decide.ts';
import { AgentCard } from './agent-card.tsx';
import { CampaignsCard } from './campaigns-card.tsx';
import { ConsentCard } from './consent-card.tsx';
import { ContactCard } from './contact-card.tsx';
import { ProgressCard } from './progress-card.tsx';
import classes from './side.module.css';

/** The API's own limits. */
const MOST_TAGS = 20;
const LONGEST_TAG = 50;

/** Whoever the conversation is with: what is known of them, what they agreed to, how far they are, who else wrote to them. */
export function Side({ conversation }: { conversation: Conversation }) {
  return (
    <div className={classes.side}>
      <ContactCard conversation={conversation} />
      <ConsentCard phone={conversation.phoneNumber} />
      <ProgressCard phone={conversation.phoneNumber} />
      <CampaignsCard phone={conversation.phoneNumber} />
      <AgentCard conversation={conversation} />
      <Tags conversation={conversation} />
    </div>
  );
}

/** The same where there is no room for it beside. */
export function SideAtTheEdge({ close, conversation }: { conversation: Conversation; close: () => void }) {
  const say = useTexts(inboxTexts);
  return (
    <SideDrawer
      title={say('about', { who: conversation.contact?.name ?? conversation.phoneNumber })}
      close={close}
      size={380}
    >
      <div className={classes.atTheEdge}>
        <Side conversation={conversation} />
      </div>
    </SideDrawer>
  );
}

export const Card = ({
  aside,
  children,
  title,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) => (
  <section className={classes.card} aria-label={title}>
    <header className={classes.cardHead}>
      <Title order={3}>{title}</Title>
      {aside}
    </header>
    {children}
  </section>
);

export const Nothing = ({ children }: { children: string }) => (
  <Text size="sm" c="dimmed">
    {children}
  </Text>
);

function Tags({ conversation }: { conversation: Conversation }) {
  const say = useTexts(inboxTexts);
  const decide = useDecide(conversation);
  const may = useMay('operator');
  return (
    <Card title={say('tags')}>
      <TagsInput
        size="xs"
        aria-label={say('tags')}
        placeholder={conversation.tags.length === 0 ? say('tagsHint') : ''}
        readOnly={!may}
        maxTags={MOST_TAGS}
        clearable={false}
        value={conversation.tags}
        onChange={(tags) => decide.tag(tags.map((tag) => tag.trim().slice(0, LONGEST_TAG)).filter(Boolean))}
      />
    </Card>
  );
}
