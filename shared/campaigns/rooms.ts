import type { Channel } from '#shared/compliance/touch.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { channelOf, channelsOf } from './channel-of.ts';
import { countOf } from './counts.ts';
import { ladderOf } from './ladder-of.ts';
import { countLessons } from './lessons.ts';
import { allowance, paceOf } from './pace.ts';
import type { Campaign, Progress } from './store.ts';

/** How much of one channel may be planned now. */
export interface Room {
  channel: Channel;
  /** Messages, or calls, a second. */
  rate: number;
  /** How many are queued already. */
  queued: number;
  count: number;
  /** Contacts that are looked at for them. */
  looked: number;
  /** Since when the pace counts. */
  from: Date;
}

/** Slowest pace, in messages per second: of a careful start at a slow number. */
const LEAST_RATE = 0.01;

/** What else has a say in how fast a campaign goes. */
export interface Limits {
  /** Most texts a second that its numbers send together; null: as many as it likes. */
  rate: number | null;
  /** Part of its pace. */
  part: number;
  /** Most messages now; null: as its pace has it. */
  room: number | null;
}

/**
 * How much of each channel a campaign may plan now: texts and calls of a ladder each go at a pace of their own, with a runway
 * of their own. The campaign's row is locked.
 */
export async function roomsOf(
  tx: Transaction,
  campaign: Campaign,
  limits: Limits,
  { batchSize, ...parts }: Parameters<typeof paceOf>[2] & { batchSize: number },
  now: Date,
): Promise<Room[]> {
  const queued = await queuedByChannel(tx, campaign);
  return channelsOf(campaign).map((channel) => {
    const { ahead, rate: wanted } = paceOf(campaign, channel, parts);
    const most = channel === 'sms' ? (limits.rate ?? wanted) : wanted;
    const rate = Math.max(LEAST_RATE, Math.min(wanted, most) * limits.part);
    const waits = queued.get(channel) ?? 0;
    const pacedAt = campaign[pacedBy(campaign, channel)];
    const { count, ...room } = allowance({ rate, ahead, queued: waits, pacedAt, now, batchSize });
    return { ...{ channel, rate, queued: waits }, ...room, count: Math.min(count, limits.room ?? count) };
  });
}

/** Up to when the pace was used once so many were planned of each channel. Pure. */
export const pacedAfter = (
  campaign: Campaign,
  rooms: readonly Room[],
  planned: Readonly<Record<Channel, number>>,
): Progress =>
  Object.fromEntries(
    rooms.map(({ channel, from, rate }) => [
      pacedBy(campaign, channel),
      new Date(from.getTime() + (planned[channel] / rate) * 1_000),
    ]),
  );

/** What a campaign of one channel has is that channel's. */
const pacedBy = (campaign: Campaign, channel: Channel): 'pacedAt' | 'callsPacedAt' =>
  channel === 'voice' && ladderOf(campaign) !== null ? 'callsPacedAt' : 'pacedAt';

async function queuedByChannel(tx: Transaction, campaign: Campaign): Promise<Map<Channel, number>> {
  const { campaignId } = campaign;
  const [only] = channelsOf(campaign);
  if (ladderOf(campaign) === null) {
    const queued = await countOf(tx, campaignId, ['queued']);
    // A lesson that has begun is ahead of its numbers until its texts have gone, however many they are.
    const lessons = campaign.type === 'drill' ? (await countLessons(tx, campaignId)).onTheWay : 0;
    return new Map([[only, queued + lessons]]);
  }
  const { rows } = await tx.query<{ step: number | null; queued: number }>(
    `SELECT step, count(*)::int AS queued FROM campaign_contact
      WHERE campaign_id = $1 AND state = 'queued' GROUP BY step`,
    [campaignId],
  );
  const queued = new Map<Channel, number>();
  for (const row of rows) {
    const channel = channelOf(campaign, row);
    queued.set(channel, (queued.get(channel) ?? 0) + row.queued);
  }
  return queued;
}

/** As whoever plans is told. A channel without room is not looked at. Pure. */
export function ofChannels(
  rooms: readonly Room[],
): Record<'most' | 'looked', Readonly<Record<Channel, number>>> {
  const roomOf = (channel: Channel): Room | undefined => rooms.find((room) => room.channel === channel);
  const most = (channel: Channel): number => roomOf(channel)?.count ?? 0;
  const looked = (channel: Channel): number => (most(channel) > 0 ? (roomOf(channel)?.looked ?? 0) : 0);
  return {
    most: { sms: most('sms'), voice: most('voice') },
    looked: { sms: looked('sms'), voice: looked('voice') },
  };
}
