import type { Clock } from '#shared/clock.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import {
  freeAt,
  freeOf,
  type GroupState,
  heldFor,
  isStopped,
  type Limit,
  type Paced,
  type Place,
  pacedBy,
  patienceFor,
  type Queued,
  roomAhead,
  shareOf,
  sliceEnd,
  turnAfter,
  turnOf,
  usedToAfter,
  usedToBefore,
} from './rule.ts';
import {
  type Asking,
  type LockedGroup,
  lockGroups,
  readWaiting,
  type Taken,
  waitsForNone,
  writeReturned,
  writeTaken,
} from './store.ts';
import { throttleInWords } from './words.ts';

/** What a campaign may plan now, as far as its throttle groups are concerned: taken of all of them, whatever becomes of whoever asked. */
export interface Share {
  /** Messages and calls. */
  count: number;
  /** Why not more; null: they do not keep it. */
  reason: string | null;
  /** When there may be more, at the earliest; null: they do not keep it. */
  until: Date | null;
  taken: readonly TakenOf[];
}

interface TakenOf {
  id: string;
  until: number;
  waits: boolean;
  firstBefore: number | null;
  paced: Paced;
}

/** A group of its definition that is not there any more lets nothing through: nobody knows what it was to let through. */
const GONE = 'Waits for a throttle group that is not there any more.';
const GONE_AGAIN_MS = 15_000;

export interface Asked extends Queued {
  campaignId: string;
  groups: readonly string[];
  /** What it could plan now but for its groups. */
  wants: number;
}

/**
 * Takes what a campaign may plan now of its throttle groups, as much of each, in a short transaction of its own: groups are locked
 * for these few statements, and not while it plans. So campaigns of a group plan at the same time, none of them more than it took.
 * Whoever dies with it in hand has used it: never more is planned than the limit, at most less. It counts from the instant at which the
 * groups are locked.
 */
export async function takeShare(pool: Pool, asked: Asked, clock: Pick<Clock, 'now'>): Promise<Share> {
  const { campaignId, groups: ids, wants } = asked;
  if (wants <= 0) {
    await waitsForNone(pool, campaignId);
    return { count: 0, reason: null, until: null, taken: [] };
  }
  return inTransaction(pool, async (tx) => {
    const groups = await lockGroups(tx, [...new Set(ids)], clock);
    if (groups.length < new Set(ids).size) {
      return { count: 0, reason: GONE, until: new Date(clock.now().getTime() + GONE_AGAIN_MS), taken: [] };
    }
    const takings = takingsOf(asked, groups, await readWaiting(tx, groups, campaignId));
    await writeTaken(tx, campaignId, takings);
    return shareFrom(takings, asked);
  });
}

/** What a campaign takes of its groups, given who else waits for each. Pure. */
export function takingsOf(
  { campaignId, wants, ...queued }: Asked,
  groups: readonly LockedGroup[],
  waiting: ReadonlyMap<string, readonly Asking[]>,
): Taken[] {
  const limits = groups.map(({ limit }) => limit);
  const wanted = Math.min(wants, roomAhead(limits, queued));
  const at = Math.max(...groups.map(({ now }) => now));
  const own = [...waiting.values()].flat().filter((each) => each.campaignId === campaignId && each.waits);
  const since = own.flatMap(({ first }) => first ?? []);
  const firstFrom = since.length === 0 ? null : Math.min(...since);
  const places = groups.map((group): Place & { group: LockedGroup } => {
    const { limit, now, state } = group;
    const all = (waiting.get(group.id) ?? []).map((each) => ({ ...each, first: begun(each.first, at) }));
    const before = all.find((each) => each.campaignId === campaignId) ?? null;
    const turn = turnOf(before, state, limit);
    const place = {
      own: { campaignId, turn, unmet: wanted, first: begun(firstFrom, at) },
      others: all.filter((each) => each.campaignId !== campaignId),
      free: freeOf(limit, state, now),
    };
    return { ...{ group, limit, state, now }, ...place, share: shareOf(place.free, place.own, place.others) };
  });
  const taken = Math.min(...places.map(({ share }) => share));
  const waits = taken < wanted;
  const keeping = places.filter(({ share }) => waits && share === taken);
  // Whoever has got something waits by turns again.
  const goesFirst = waits && taken === 0 && groups.length > 1;
  return places.map((place) => {
    const { group, limit, now, own: asks, state } = place;
    const isKept = keeping.includes(place);
    return {
      group,
      taken,
      usedTo: usedToAfter(limit, state, { now, taken }),
      turn: turnAfter(state, asks.turn, taken),
      ownTurn: asks.turn + taken,
      unmet: isKept ? wanted - taken : 0,
      // Of a group that would have given more, what it did not take is the others', unless it is to be had so soon.
      held: waits && taken === 0 && !isKept ? heldFor(place, keeping) : 0,
      waits,
      firstFrom: goesFirst ? (firstFrom ?? at + patienceFor(places)) : null,
      firstBefore: firstFrom,
    };
  });
}

const begun = (first: number | null, now: number): number | null =>
  first !== null && first <= now ? first : null;

/** Pure. */
function shareFrom(takings: readonly Taken[], queued: Queued): Share {
  const limits = takings.map(({ group }) => group.limit);
  const keeping = takings.filter(({ unmet }) => unmet > 0);
  const ats = keeping.map(({ group: { limit, now, state }, taken, usedTo }) => {
    const after: GroupState = {
      ...state,
      usedTo,
      used: state.used + taken,
      oldest: state.oldest ?? sliceEnd(limit, now),
    };
    return freeAt(limit, after, now);
  });
  return {
    count: takings[0]?.taken ?? 0,
    reason: isStopped(limits, queued)
      ? stoppedBy(queued)
      : keeping.length === 0
        ? null
        : reasonOf(keeping.map(({ group }) => ({ ...group, ...group.limit }))) +
          keeping.map(({ group }) => wrongClock(group)).join(''),
    until: ats.length === 0 ? null : new Date(Math.max(...ats)),
    taken: takings.map(({ firstBefore, group, usedTo, waits }) => ({
      id: group.id,
      until: sliceEnd(group.limit, group.now),
      waits,
      firstBefore,
      paced: pacedBy(group.limit, group.state, { now: group.now, after: usedTo }),
    })),
  };
}

/** Clocks of tasks that are told of: a limit of a minute stands still for as long. In ms. */
const CLOCK_AHEAD_MS = 60_000;

const wrongClock = ({ aheadMs, name }: Pick<LockedGroup, 'aheadMs' | 'name'>): string =>
  aheadMs < CLOCK_AHEAD_MS
    ? ''
    : ` The clock of a task that took of ${name} was ${Math.round(aheadMs / 60_000)} minutes ahead of others, which have to wait until they are there.`;

const stoppedBy = ({ queued, recent }: Queued): string =>
  `${queued - recent} messages of it have been queued for long and do not go: its throttle groups let no more be queued ahead.`;

/** What a campaign waits for, for people. Pure. */
export const reasonOf = (groups: readonly (Pick<Limit, 'most' | 'per'> & { name: string })[]): string =>
  `Waits for throttle group ${groups.map(throttleInWords).join(', and for ')}.`;

/**
 * Gives back what was not used of a share, in a short transaction of its own, and says whether people of the campaign still wait. To
 * be called before what was planned with it is committed: should that fail, what it used stays used. `isUndone`: all of it comes back, as
 * nothing that was planned stands; where the campaign was to go before all others it still is.
 */
export async function returnShare(
  pool: Pool,
  { campaignId, count, taken }: Pick<Share, 'count' | 'taken'> & { campaignId: string },
  { back, isUndone = false, waits }: { back: number; waits: boolean; isUndone?: boolean },
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  if (taken.length === 0 || (back === 0 && (waits || !taken.some((each) => each.waits)))) return;
  await inTransaction(pool, async (tx) => {
    const ids = taken.map(({ id }) => id);
    const groups = new Map((await lockGroups(tx, ids, clock)).map((group) => [group.id, group]));
    const returned = taken.flatMap(({ firstBefore, id, paced, until }) => {
      const group = groups.get(id);
      if (group === undefined) return [];
      const { limit, now, state } = group;
      const usedTo = usedToBefore(limit, state.usedTo, { back, count, paced, now });
      return [{ id, until, back, usedTo, waits, undone: isUndone ? { firstFrom: firstBefore } : null }];
    });
    await writeReturned(tx, campaignId, returned);
  });
}
