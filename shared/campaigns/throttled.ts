import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import type { InHand } from '#shared/throttle/in-hand.ts';
import { LONG_QUEUED_MS, type Queued } from '#shared/throttle/rule.ts';
import type { Share } from '#shared/throttle/take.ts';
import type { Choice } from './choice.ts';
import { AWAITING_REPLY } from './climbing.ts';
import type { Dispatched } from './dispatch.ts';
import { ladderOf } from './ladder-of.ts';
import { lookedAtFor } from './pace.ts';
import { lookedOf, type Room } from './rooms.ts';
import type { Campaign } from './store.ts';

/** What the throttle groups of a campaign leave of its rooms. */
export interface Throttled {
  rooms: readonly Room[];
  /** Most messages and calls together; null: it has no groups. */
  most: number | null;
  /**
   * Gives back what was not used, once something was planned, or nothing. To be called before that is committed. `dispatched`: null
   * where nobody was looked at.
   */
  planned(dispatched: Dispatched | null): Promise<Kept>;
}

/** How throttle groups keep a campaign. */
export interface Kept {
  /** For people; null: they do not. */
  reason: string | null;
  /** When it goes on, at the earliest; null: at its pace. */
  until: Date | null;
  /** They would have let more through than there was of those that were looked at, and there are more. */
  mayGoOn: boolean;
}

const NOT_KEPT: Kept = { reason: null, until: null, mayGoOn: false };

/** Throttle groups are asked again after so long at the latest, in ms: somebody may have changed them, or others wait no more. */
const LATEST_MS = 5_000;

/**
 * Takes what a campaign may plan now of its throttle groups: as many as its pace leaves room for and as are due. One without groups
 * asks nothing. The campaign's row is locked; the groups are for a moment, in another transaction than this one.
 */
export async function throttle(
  tx: Transaction,
  campaign: Campaign,
  rooms: readonly Room[],
  {
    choice,
    hand,
    mayPlan,
    now,
    room,
  }: {
    /** Most messages, whatever its pace; null: as that has it. */
    room: number | null;
    /** False: nothing goes now for another reason. */
    mayPlan: boolean;
    choice: Choice;
    /** With what the turn has of them. */
    hand: InHand;
    now: Date;
  },
): Promise<Throttled> {
  const { campaignId, definition } = campaign;
  const groups = definition.throttleGroups;
  if (groups.length === 0) return { rooms, most: null, planned: async () => NOT_KEPT };
  const paced = rooms.reduce((sum, { count }) => sum + count, 0);
  const wanted = mayPlan ? Math.min(paced, room ?? paced) : 0;
  const wants = wanted > 0 ? Math.min(wanted, await countWanted(tx, campaign, rooms, choice, now)) : 0;
  const isQueued = wants > 0 && rooms.some((each) => each.queued > 0);
  const queued = isQueued ? await countQueued(tx, campaignId, now) : { queued: 0, recent: 0 };
  const share = await hand.take({ campaignId, groups, wants, ...queued });
  return {
    // Where nobody is due the groups keep nobody.
    rooms: wants > 0 ? rooms.map((each) => withShare(each, share)) : rooms,
    most: share.count,
    planned: async (dispatched) => {
      const used = dispatched?.queued ?? 0;
      // Whoever it would have let through and was not planned for is kept by something else.
      const waits = used === share.count && (dispatched === null || someAreLeft(rooms, share, dispatched));
      await hand.keep(used, { waits });
      if (waits && share.reason !== null) {
        return { reason: share.reason, until: soonest(share.until, now), mayGoOn: false };
      }
      const { due = 0, left = 0 } = dispatched ?? {};
      return { ...NOT_KEPT, mayGoOn: used < share.count && left === 0 && due > 0 && wants > due };
    },
  };
}

function withShare(room: Room, { count: most }: Share): Room {
  const count = Math.min(room.count, most);
  return { ...room, count, looked: Math.min(room.looked, lookedAtFor(count)) };
}

const someAreLeft = (
  rooms: readonly Room[],
  share: Share,
  { due, left }: Pick<Dispatched, 'due' | 'left'>,
): boolean => left > 0 || due >= lookedOf(rooms.map((each) => withShare(each, share)));

const soonest = (until: Date | null, now: Date): Date =>
  new Date(Math.min(until?.getTime() ?? Infinity, now.getTime() + LATEST_MS));

/** What no sender has taken: what is at the carrier, or may be, does not wait for one. A lesson waits until the dialog has begun it. */
async function countQueued(db: Queryable, campaignId: string, now: Date): Promise<Queued> {
  const { rows } = await db.query<Queued>(
    `SELECT count(*)::int AS queued,
            (count(*) FILTER (WHERE coalesce(message.created_at, each.due_at) > $2))::int AS recent
       FROM campaign_contact AS each LEFT JOIN message ON message.message_id = each.message_id
      WHERE each.campaign_id = $1 AND each.state = 'queued'
        AND (message.message_id IS NULL OR message.state IN ('queued', 'held'))`,
    [campaignId, new Date(now.getTime() - LONG_QUEUED_MS)],
  );
  return rows[0] ?? { queued: 0, recent: 0 };
}

/** How many are due that there is room for: those who are to be called do not wait for room for texts, and the other way round. */
async function countWanted(
  db: Queryable,
  campaign: Campaign,
  rooms: readonly Room[],
  choice: Choice,
  now: Date,
): Promise<number> {
  const { campaignId } = campaign;
  const ladder = ladderOf(campaign);
  let wanted = 0;
  for (const { channel, count } of rooms) {
    const steps = ladder?.flatMap((each, step) => (each.channel === channel ? [step] : [])) ?? null;
    if (count > 0) wanted += await countDue(db, campaignId, choice, { most: count, now, steps });
  }
  return wanted;
}

/** How many are due, no more than `most`; of a ladder those who are on these of its steps. */
async function countDue(
  db: Queryable,
  campaignId: string,
  { room }: Choice,
  { most, now, steps }: { most: number; now: Date; steps: readonly number[] | null },
): Promise<number> {
  // An experiment that has its sample keeps everybody but those who are written to again.
  const isOpen = room === null || room.some((left) => left > 0);
  const due = (ofStep: string): string =>
    `SELECT FROM campaign_contact AS each
      WHERE each.campaign_id = $1 AND each.state IN ('pending', 'held') AND each.due_at <= $2
        AND each.rule IS DISTINCT FROM $4 ${isOpen ? '' : 'AND each.attempts > 0'} ${ofStep}
      ORDER BY each.due_at, each.contact_id LIMIT $3`;
  const { rows } = await db.query<{ due: number }>(
    steps === null
      ? `SELECT count(*)::int AS due FROM (${due('')}) AS found`
      : `SELECT count(*)::int AS due
           FROM unnest($5::smallint[]) AS steps(step) CROSS JOIN LATERAL (${due('AND each.step = steps.step')}) AS found`,
    [campaignId, now, most, AWAITING_REPLY, ...(steps === null ? [] : [steps])],
  );
  return Math.min(most, rows[0]?.due ?? 0);
}
