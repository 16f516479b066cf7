import { Tooltip } from '@mantine/core';
import type { SaidInConversation } from '#shared/api-client/api-types.ts';
import { Status } from '../../../parts/status.tsx';
import { exactly, zoneHere } from '../../../parts/time.ts';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { takenAs } from '../../../words/conversations.ts';
import { deliveryStatus, messageChannel, messageState } from '../../../words/messages.ts';
import { inboxTexts } from '../texts.ts';
import { useWhy } from '../use-why.ts';
import classes from './thread.module.css';

/** What an answer that only people can give is, needs no word here: it stands in the thread for all to see. */
const UNSAID: readonly string[] = ['people', 'dialog'];

/** Under a bubble: when, by whom, and what became of it. */
export function BubbleNote({
  campaigns,
  said: { at, channel, inbound, outbound },
}: {
  said: SaidInConversation;
  campaigns: ReadonlyMap<string, string>;
}) {
  const say = useTexts(inboxTexts);
  const why = useWhy();
  const who =
    outbound === null
      ? null
      : (outbound.answeredBy ??
        (outbound.campaignId === null
          ? say('programme')
          : (campaigns.get(outbound.campaignId) ?? say('aCampaign'))));
  return (
    <span className={classes.note}>
      <Clock at={at} />
      {channel === 'whatsapp' && <Status words={messageChannel} of={channel} plain />}
      {who !== null && <span>{who === 'agent' ? say('theAgent') : who}</span>}
      {inbound?.takenAs && !UNSAID.includes(inbound.takenAs) && (
        <Status words={takenAs} of={inbound.takenAs} plain />
      )}
      {outbound !== null &&
        (outbound.state === 'sent' && outbound.status !== null ? (
          <Status words={deliveryStatus} of={outbound.status} plain />
        ) : outbound.state === 'held' ? (
          <TonedText tone="held">{why.held(outbound)}</TonedText>
        ) : outbound.state === 'blocked' || outbound.state === 'failed' ? (
          <TonedText tone="bad">{say('notSent', { why: why.lower(outbound) })}</TonedText>
        ) : outbound.state === 'cancelled' && outbound.rule !== null ? (
          <TonedText tone="quiet">{say('notSent', { why: why.lower(outbound) })}</TonedText>
        ) : (
          <Status words={messageState} of={outbound.state} plain />
        ))}
    </span>
  );
}

/** The time of day; all of it, with its zone, on hover. The day stands above. */
function Clock({ at }: { at: string }) {
  const language = useLanguage();
  const now = useNow(false);
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (
    <Tooltip label={exactly(at, { language, now, zone: zoneHere() })}>
      <time dateTime={at}>{clock.format(new Date(at))}</time>
    </Tooltip>
  );
}
