import type { Channel } from '#shared/compliance/touch.ts';
import type { ShortLink } from '#shared/links/write.ts';
import { adoptRestored, type PlannedAgain } from '#shared/messages/restored.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { firstOf, type SendsFrom } from '#shared/senders/campaign-senders.ts';
import type { Routes } from '#shared/senders/routes.ts';
import type { Member } from './audience-member.ts';
import { channelOf } from './channel-of.ts';
import type { Choice } from './choice.ts';
import { composerOf, linksOf, variantOf } from './content.ts';
import { ladderOf } from './ladder-of.ts';
import type { Prices } from './prices.ts';
import {
  countEarlier,
  freePlan,
  paidBefore,
  plannedAgain,
  readSentBefore,
  type SentBefore,
  takenOverNow,
} from './sent-before-restore.ts';
import { addSpend, type Purse } from './spend.ts';
import type { Campaign } from './store.ts';

/** Somebody who is due, and how they are reached. */
export interface Touched {
  member: Member;
  channel: Channel;
}

export const touchedOf = (campaign: Campaign, member: Member): Touched => ({
  member,
  channel: channelOf(campaign, member),
});

/** Somebody who had been written to, or called, before a restore of the database. */
export interface Written extends Touched {
  /** What of it is taken over, in the order in which it went. */
  sent: readonly [SentBefore, ...SentBefore[]];
}

/** Tells apart whoever had been written to before a restore from whoever something is to be planned for. */
export async function toldApart(
  tx: Transaction,
  campaign: Campaign,
  members: readonly Member[],
): Promise<{ touched: Touched[]; written: Written[] }> {
  const isLadder = ladderOf(campaign) !== null;
  const found = await readSentBefore(tx, campaign.campaignId, members);
  const touched: Touched[] = [];
  const written: Written[] = [];
  for (const member of members) {
    const { channel } = touchedOf(campaign, member);
    const theirs = found.get(member.contactId) ?? [];
    const [first, ...more] = takenOverNow(theirs, { channel, isLadder });
    if (first === undefined)
      touched.push({ channel, member: { ...member, plans: freePlan(member.plans, theirs) } });
    else written.push({ channel, member, sent: [first, ...more] });
  }
  return { touched, written };
}

export interface TakenOver {
  messages: PlannedAgain[];
  links: ShortLink[];
  /** Who is queued with the last message that went to them. Their `plans`: before that. */
  outcomes: {
    member: Member;
    variant: number;
    state: 'queued';
    rule: null;
    dueAt: null;
    messageId: string;
  }[];
  /** Messages that went before the last of the same person. */
  earlier: { contactId: string; messageId: string }[];
}

/**
 * What is taken over of those who had been written to: they are queued with it, and settled as all others are. Where it came from
 * takes nothing of pace or turns; what it cost is paid. Pure.
 */
export function takeOver(
  campaign: Campaign,
  written: readonly Written[],
  { choice, purse, routes }: { choice: Choice; purse: Purse; routes: Routes },
  parts: Parameters<typeof composerOf>[1] & SendsFrom,
): TakenOver {
  const taken: TakenOver = { messages: [], links: [], outcomes: [], earlier: [] };
  if (written.length === 0) return taken;
  const compose = composerOf(campaign, parts);
  const { campaignId, intent } = campaign;
  const of = { campaignId, intent, topic: campaign.definition.topic };
  for (const { channel, member, sent } of written) {
    const { contactId, phoneNumber, plans } = member;
    const variant = variantOf(member, choice);
    const composed = compose({ ...member, variant }, channel);
    const content = composed.kind === 'skipped' ? null : composed;
    const paid = paidBefore(content, channel);
    const segments = paid.kind === 'text' ? paid.segments : 0;
    for (const each of sent) {
      const route = each.senderNumber === null ? routes.take(phoneNumber, { channel, segments }) : null;
      const senderNumber = route?.kind === 'from' ? route.senderNumber : each.senderNumber;
      purse.pay(paid, each.carrier ?? firstOf(parts.carriers));
      const { messageId } = each;
      taken.messages.push(plannedAgain(of, member, { content, sent: { messageId, senderNumber }, variant }));
      taken.links.push(...linksOf(campaign, member, { content, messageId, variant }));
    }
    const last = sent.at(-1) ?? sent[0];
    taken.earlier.push(...sent.slice(0, -1).map(({ messageId }) => ({ contactId, messageId })));
    const at = { ...member, plans: Math.max(plans - 1, last.plan) };
    taken.outcomes.push({
      member: at,
      variant,
      state: 'queued',
      rule: null,
      dueAt: null,
      messageId: last.messageId,
    });
  }
  return taken;
}

/** The campaign's row is locked, and those of the contacts. */
export async function keepTakenOver(
  tx: Transaction,
  campaignId: string,
  { earlier, messages }: Pick<TakenOver, 'earlier' | 'messages'>,
  prices: Prices,
): Promise<void> {
  await adoptRestored(tx, messages);
  const byContact = Map.groupBy(earlier, ({ contactId }) => contactId);
  const attempts = [...byContact].map(([contactId, { length }]) => ({ contactId, attempts: length }));
  await countEarlier(tx, campaignId, attempts);
  // The last of each is paid for when its contact is settled.
  await addSpend(
    tx,
    campaignId,
    earlier.map(({ messageId }) => messageId),
    prices,
  );
}
