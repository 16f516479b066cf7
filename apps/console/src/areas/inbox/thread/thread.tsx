import { Skeleton, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { touch } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { useMay } from '../../../app/me.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { BELONGING } from '../belonging.ts';
import { Side, SideAtTheEdge } from '../side/side.tsx';
import { inboxTexts } from '../texts.ts';
import { Composer } from './composer.tsx';
import { Draft } from './draft.tsx';
import { Lines } from './lines.tsx';
import { ReviewBox } from './review-box.tsx';
import { seenUpTo } from './seen-up-to.ts';
import classes from './thread.module.css';
import { ThreadHead } from './thread-head.tsx';
import { type ReadParts, useParts } from './use-parts.ts';
import { useWriting } from './use-writing.ts';
import { editedDraft, takenUp } from './writing.ts';

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
  const { change, writing } = useWriting(conversation.id);
  const read = useParts(conversation);
  const seen = seenUpTo(conversation.upTo, read.parts?.said);
  useReadUntilSeen(conversation, seen, read);
  useRead(conversation, seen);
  useFollow(conversation);
  const who = conversation.contact?.name ?? conversation.phoneNumber;
  const { agent } = conversation;
  const edited = editedDraft(writing, agent);
  return (
    <>
      <section className={classes.thread} aria-label={say('threadWith', { who })}>
        <ThreadHead conversation={conversation} seen={seen} showAbout={() => setAbout(true)} />
        {conversation.review !== null && <ReviewBox review={conversation.review} />}
        <Lines conversation={conversation} read={read} />
        {agent !== null && (
          <Draft
            conversation={conversation}
            agent={agent}
            isEdited={edited !== null}
            edit={(draft) => change((before) => takenUp(before, draft))}
          />
        )}
        <Composer id={conversation.id} edited={edited} seen={seen} />
      </section>
      <section className={classes.side} aria-label={say('about', { who })}>
        <Side conversation={conversation} />
      </section>
      {isAbout && <SideAtTheEdge conversation={conversation} close={() => setAbout(false)} />}
    </>
  );
}

/** What somebody has seen of a conversation, as `seenUpTo` says. */
export type Seen = ReturnType<typeof seenUpTo>;

/** Whoever has a conversation before them has seen its texts, up to the last that is drawn. */
function useRead({ id, unread }: Conversation, seen: Seen): void {
  const { mutate } = useChange('post', '/v1/conversations/{id}/read', {
    touches: ['/v1/conversations', '/v1/conversation-counts'],
  });
  const may = useMay('operator');
  const told = useRef<string | null>(null);
  const upTo = seen?.upTo;
  useEffect(() => {
    if (!may || unread === 0 || upTo === undefined || told.current === upTo) return;
    told.current = upTo;
    mutate({ path: { id }, body: { upTo } });
  }, [id, may, mutate, unread, upTo]);
}

/** What belongs to a conversation is read again when the conversation is another than it was: most of what happens is in others. */
function useFollow(conversation: Conversation): void {
  const cache = useQueryClient();
  const before = useRef(conversation);
  useEffect(() => {
    if (before.current === conversation) return;
    before.current = conversation;
    void touch(cache, BELONGING, { cancels: false });
  }, [cache, conversation]);
}

/** Their newest text is read where the lines do not have it: once more, for it came since, or further back. */
function useReadUntilSeen(
  { upTo }: Conversation,
  seen: Seen,
  { hasEarlier, isReadingEarlier, parts, readAgain, readEarlier }: ReadParts,
): void {
  const looked = useRef<string | null>(null);
  const isRead = parts !== undefined;
  const isMissed = isRead && seen?.upTo !== upTo && upTo !== null;
  useEffect(() => {
    if (isMissed && looked.current !== upTo) {
      looked.current = upTo;
      readAgain();
    } else if (isRead && seen === null && hasEarlier && !isReadingEarlier) readEarlier();
  });
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
