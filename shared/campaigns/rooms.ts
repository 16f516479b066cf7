import type { Channel } from '#shared/compliance/touch.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import { channelOf, channelsOf } from './channel-of.ts';
import { contactStates, countOf } from './counts.ts';
import type { Dispatched } from './dispatch.ts';
import { ladderOf } from './ladder-of.ts';
import { countLessons } from './lessons.ts';
import { allowance, broughtSince, lookAgainMs, paceOf, usedUpTo, withoutRest } from './pace.ts';
import type { Campaign, Progress } from './store.ts';
import type { TurnsLeft } from './turns.ts';

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
  /** As `Pace` has it. */
  isSpread: boolean;
  /** Of one that is: turns a second, of whoever gets nothing too. */
  turnRate: number;
  /** Turns that may be taken now; null: it is not spread, and nobody needs one. */
  turns: number | null;
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
  { batchSize, ...parts }: Omit<Parameters<typeof paceOf>[2], 'contacts'> & { batchSize: number },
  now: Date,
): Promise<Room[]> {
  const queued = await queuedByChannel(tx, campaign);
  const { restedAt } = campaign;
  const contacts = campaign.definition.spreadOverMinutes === null ? 0 : await audienceOf(tx, campaign);
  return channelsOf(campaign).map((channel) => {
    const { ahead, isSpread, rate: wanted } = paceOf(campaign, channel, { ...parts, contacts });
    const most = channel === 'sms' ? (limits.rate ?? wanted) : wanted;
    const part = Math.min(wanted, most) * limits.part;
    const rate = isSpread ? part : Math.max(LEAST_RATE, part);
    const waits = queued.get(channel) ?? 0;
    const pacedAt = withoutRest(campaign[pacedBy(campaign, channel)], restedAt, now);
    const turnRate = wanted * limits.part;
    const { count, ...room } = allowance({ rate, ahead, isSpread, queued: waits, pacedAt, now, batchSize });
    return {
      ...{ channel, rate, turnRate, isSpread, queued: waits },
      ...room,
      count: Math.min(count, limits.room ?? count),
      turns: isSpread ? broughtSince(room.from, now, turnRate) : null,
    };
  });
}

/** Contacts of an audience, as it was put together, whatever has become of them. */
const audienceOf = (db: Queryable, { campaignId }: Pick<Campaign, 'campaignId'>): Promise<number> =>
  countOf(db, campaignId, contactStates);

/**
 * Up to when the pace was used once so many were planned of each channel, and since when nobody of a campaign that is spread over a
 * time could be written to. `dispatched`: null where nobody was looked at, as nothing may go. Pure.
 */
export function pacedAfter(
  campaign: Campaign,
  rooms: readonly Room[],
  dispatched: Pick<Dispatched, 'due' | 'left' | 'passed' | 'planned'> | null,
  now: Date,
): Progress {
  const paced = rooms.map((room) => {
    const { channel, from } = room;
    const used = { planned: dispatched?.planned[channel] ?? 0, passed: dispatched?.passed[channel] ?? 0 };
    return [pacedBy(campaign, channel), usedUpTo(from, used, room)];
  });
  const isResting = rooms.some(({ isSpread }) => isSpread) && !someWait(rooms, dispatched);
  return { ...Object.fromEntries(paced), restedAt: isResting ? now : null };
}

/** Whether somebody may be written to now and waits for a turn; of more than was looked at nobody knows. Pure. */
export const someWait = (
  rooms: readonly Room[],
  dispatched: Pick<Dispatched, 'due' | 'left'> | null,
): boolean => dispatched !== null && (dispatched.left > 0 || dispatched.due >= lookedOf(rooms));

/** Contacts that are looked at. Pure. */
export const lookedOf = (rooms: readonly Room[]): number =>
  rooms.reduce((sum, room) => sum + (isLookedAt(room) ? room.looked : 0), 0);

/**
 * Whether more than was looked at may be looked at in the same moment: a batch is what was too small for it, or all of it has
 * to wait for its hours, and who is behind them may not. Pure.
 */
export const mayLookOn = (
  rooms: readonly Room[],
  dispatched: Dispatched | null,
  batchSize: number,
): boolean =>
  (rooms.some(({ count }) => count > 0) && lookedOf(rooms) >= batchSize) ||
  (rooms.some(({ isSpread }) => isSpread) && dispatched !== null && dispatched.held === dispatched.due);

/** Until one that has nothing queued, and of which somebody waits, is looked at again, in ms; `tickMs`: where it is not spread. Pure. */
export const betweenTurnsMs = (rooms: readonly Room[], tickMs: number): number =>
  Math.min(...rooms.map(({ isSpread, rate }) => (isSpread ? lookAgainMs(rate) : tickMs)));

/** Of what is spread over a time it has to be seen whether somebody may be written to, also between two turns. */
const isLookedAt = ({ count, isSpread }: Room): boolean => count > 0 || isSpread;

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
): Record<'most' | 'looked', Readonly<Record<Channel, number>>> & { turns: TurnsLeft } {
  const roomOf = (channel: Channel): Room | undefined => rooms.find((room) => room.channel === channel);
  const most = (channel: Channel): number => roomOf(channel)?.count ?? 0;
  const looked = (channel: Channel): number => {
    const room = roomOf(channel);
    return room !== undefined && isLookedAt(room) ? room.looked : 0;
  };
  return {
    most: { sms: most('sms'), voice: most('voice') },
    looked: { sms: looked('sms'), voice: looked('voice') },
    turns: { sms: roomOf('sms')?.turns ?? null, voice: roomOf('voice')?.turns ?? null },
  };
}
