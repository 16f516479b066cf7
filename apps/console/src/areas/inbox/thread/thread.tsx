import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { Side, SideAtTheEdge } from '../side/side.tsx';
import { inboxTexts } from '../texts.ts';
import { Composer } from './composer.tsx';
import { Draft } from './draft.tsx';
import { Lines } from './lines.tsx';
import { ReviewBox } from './review-box.tsx';
import classes from './thread.module.css';
import { ThreadHead } from './thread-head.tsx';
import { useParts } from './use-parts.ts';

const route = getRouteApi('/inbox/$id');

/** The conversation of an address. */
export function Thread() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(one('/v1/conversations/{id}', { path: { id } }));
  if (error && data === undefined) {
    return (
      <div className={classes.fault}>
        <FaultBox error={error} again={() => void refetch()} />
      </div>
    );
  }
  if (data === undefined) return <Waiting />;
  // Another conversation is another place to write.
  return <Open key={data.id} conversation={data} />;
}

function Open({ conversation }: { conversation: Conversation }) {
  const say = useTexts(inboxTexts);
  const [isAbout, setAbout] = useState(false);
  const [editing, setEditing] = useState(false);
  const read = useParts(conversation);
  useRead(conversation);
  const who = conversation.contact?.name ?? conversation.phoneNumber;
  const { agent } = conversation;
  const draft = agent?.draft ?? null;
  return (
    <>
      <section className={classes.thread} aria-label={say('threadWith', { who })}>
        <ThreadHead conversation={conversation} showAbout={() => setAbout(true)} />
        {conversation.review !== null && <ReviewBox review={conversation.review} />}
        <Lines conversation={conversation} read={read} />
        {agent !== null && (
          <Draft conversation={conversation} agent={agent} isEdited={editing} edit={() => setEditing(true)} />
        )}
        <Composer
          conversation={conversation}
          draft={editing && agent !== null && draft !== null ? { textId: agent.textId, body: draft } : null}
          leaveDraft={() => setEditing(false)}
        />
      </section>
      <section className={classes.side} aria-label={say('about', { who })}>
        <Side conversation={conversation} />
      </section>
      {isAbout && <SideAtTheEdge conversation={conversation} close={() => setAbout(false)} />}
    </>
  );
}

/** Whoever has a conversation before them has seen its texts, up to the one that came last. */
function useRead({ id, unread, upTo }: Conversation): void {
  const { mutate } = useChange('post', '/v1/conversations/{id}/read', {
    touches: ['/v1/conversations', '/v1/conversation-counts'],
  });
  const may = useMay('operator');
  const told = useRef<string | null>(null);
  useEffect(() => {
    if (!may || unread === 0 || upTo === null || told.current === upTo) return;
    told.current = upTo;
    mutate({ path: { id }, body: { upTo } });
  }, [id, may, mutate, unread, upTo]);
}

const Waiting = () => (
  <section className={classes.thread} aria-busy>
    <Stack p="md" gap="md">
      <Skeleton height={20} width="40%" radius="sm" />
      <Skeleton height={40} width="60%" radius="md" />
      <Skeleton height={40} width="50%" radius="md" ml="auto" />
      <Skeleton height={40} width="55%" radius="md" />
    </Stack>
  </section>
);
