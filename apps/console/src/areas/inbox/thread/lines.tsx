import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { type RefObject, useLayoutEffect, useMemo, useRef } from 'react';
import type { Conversation } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Bubbles } from '../../../parts/phone/phone-preview.tsx';
import { exactly, zoneHere } from '../../../parts/time.ts';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import { BubbleNote } from './bubble-note.tsx';
import { Happened } from './happened.tsx';
import classes from './thread.module.css';
import { type Line, timelineOf } from './timeline.ts';
import type { ReadParts } from './use-parts.ts';

/** Near enough to the end to be taken along when something is said, in px. */
const NEAR_END = 120;

/** What was said and what happened, the newest at the bottom. */
export function Lines({ conversation, read }: { conversation: Conversation; read: ReadParts }) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const now = useNow(false);
  const { parts } = read;
  const lines = useMemo(() => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: zoneHere(), dateStyle: 'short' });
    return parts === undefined ? undefined : timelineOf(parts, (at) => day.format(new Date(at)));
  }, [parts]);
  const list = useRef<HTMLOListElement>(null);
  useStayAtEnd(list, lines);
  const campaigns = useCampaignNames(lines ?? []);
  if (read.error && lines === undefined) {
    return (
      <div className={classes.fault}>
        <FaultBox error={read.error} again={read.readAgain} />
      </div>
    );
  }
  if (lines === undefined) {
    return (
      <Stack p="md" gap="md" className={classes.lines} aria-busy>
        <Skeleton height={40} width="60%" radius="md" />
        <Skeleton height={40} width="50%" radius="md" ml="auto" />
      </Stack>
    );
  }
  return (
    <div className={classes.lines}>
      <Bubbles
        ref={list}
        seenBy="us"
        label={say('threadWith', { who: conversation.contact?.name ?? conversation.phoneNumber })}
        bubbles={[
          ...(read.hasEarlier
            ? [
                {
                  id: 'earlier',
                  aside: (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      loading={read.isReadingEarlier}
                      onClick={read.readEarlier}
                    >
                      {say('earlier')}
                    </Button>
                  ),
                },
              ]
            : []),
          ...lines.map((line) => {
            if (line.kind === 'day') {
              return {
                id: line.id,
                aside: (
                  <Text size="xs" c="dimmed" fw={600}>
                    {exactly(line.at, { language, now, zone: zoneHere(), day: true })}
                  </Text>
                ),
              };
            }
            if (line.kind !== 'said' || line.said.outbound?.channel === 'voice') {
              return { id: line.id, aside: <Happened line={line} /> };
            }
            const { body, inbound, mediaUrls, outbound } = line.said;
            return {
              id: line.id,
              from: inbound === null ? ('us' as const) : ('them' as const),
              body,
              media: mediaUrls,
              unsent:
                outbound !== null && !['sent', 'unknown', 'ambiguous', 'posting'].includes(outbound.state),
              note: <BubbleNote said={line.said} campaigns={campaigns} />,
            };
          }),
        ]}
      />
    </div>
  );
}

/** The end stays in sight when something is said, unless somebody reads further up; what is read before pushes nothing away. */
function useStayAtEnd(list: RefObject<HTMLOListElement | null>, lines: readonly Line[] | undefined): void {
  const before = useRef({ height: 0, first: '', wasNear: true });
  const first = lines?.find(({ kind }) => kind === 'said')?.id ?? '';
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || lines === undefined) return;
    const { first: firstBefore, height, wasNear } = before.current;
    if (firstBefore !== '' && firstBefore !== first) element.scrollTop += element.scrollHeight - height;
    else if (wasNear) element.scrollTop = element.scrollHeight;
    before.current = { height: element.scrollHeight, first, wasNear };
    const scrolled = (): void => {
      before.current.wasNear = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    };
    scrolled();
    element.addEventListener('scroll', scrolled);
    return () => element.removeEventListener('scroll', scrolled);
  }, [first, lines, list]);
}

/** Names of the campaigns that wrote some of it. */
function useCampaignNames(lines: readonly Line[]): ReadonlyMap<string, string> {
  const ids = [
    ...new Set(
      lines.flatMap((line) =>
        line.kind === 'said' && line.said.outbound?.campaignId ? [line.said.outbound.campaignId] : [],
      ),
    ),
  ];
  return useQueries({
    queries: ids.map((id) => ({ ...one('/v1/campaigns/{id}', { path: { id } }), staleTime: 300_000 })),
    combine: (found) =>
      new Map(found.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data.name] as const]))),
  });
}
