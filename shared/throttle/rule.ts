/**
 * Throttle groups: limits that campaigns share. At most so many texts and calls are planned in a period, wherever the period
 * begins: of what is planned at any moment, with all that was planned in the period before it, there is never more than the
 * limit. Pure: times are business times, in ms, and what is known of a group is given. docs/decisions/0042.
 */

export const periods = ['minute', 'hour', 'day'] as const;
export type Period = (typeof periods)[number];

/** In ms. A day has 24 hours. */
export const PERIOD_MS: Readonly<Record<Period, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

export interface Limit {
  most: number;
  per: Period;
  /** Whether it comes one after another at even distances; else as many at once as there is room for. */
  evenly: boolean;
}

/** What was taken is counted in slices: as long after the end of its slice as the period lasts. */
const SLICES = 60;
/** An even pace that was not used is kept for so long, and no longer than this part of its period. */
const KEPT_MS = 15_000;
const KEPT_PART = 1 / 30;
/** Of a group with an even pace so much of it is queued ahead of the senders, in ms. */
const AHEAD_MS = 60_000;
/** A campaign that has not asked for so long waits for nothing any more, in ms: those that wait ask every few seconds. */
export const FRESH_MS = 15_000;
/** For what division leaves behind. */
const MARGIN = 1e-6;

/** In ms. */
const sliceOf = ({ per }: Pick<Limit, 'per'>): number => PERIOD_MS[per] / SLICES;

/** Over what time as many as the limit go, in ms, where people wait all the time: slices make it a little longer than its period. */
export const periodFor = (limit: Pick<Limit, 'per'>): number => PERIOD_MS[limit.per] + sliceOf(limit);

/** From one to the next of an even pace, in ms: it does not outrun the limit and then stand still. */
const distanceOf = (limit: Limit): number => periodFor(limit) / limit.most;

/** End of the slice in which something is taken. */
export function sliceEnd(limit: Pick<Limit, 'per'>, now: number): number {
  const slice = sliceOf(limit);
  return (Math.floor(now / slice) + 1) * slice;
}

/** What was taken in slices that end after this counts at `now`. */
export const countsSince = ({ per }: Pick<Limit, 'per'>, now: number): number => now - PERIOD_MS[per];

/** What is known of a group when somebody takes of it. */
export interface GroupState {
  /** Up to when its even pace is used, never further than now; null: nothing was taken at one yet. */
  usedTo: number | null;
  /** What counts, and when the first of it ceases to; null: nothing counts. */
  used: number;
  oldest: number | null;
  /** Of whom it was last, in the order of turns. */
  turn: number;
}

/** What an even pace brought before is not kept. */
const keptSince = (limit: Limit, now: number): number =>
  now - distanceOf(limit) - Math.min(KEPT_MS, PERIOD_MS[limit.per] * KEPT_PART);

/**
 * Since when an even pace has brought what nobody took. What is used up to a later time than that of its next one was taken when there was no
 * pace, by a version that counted it as one: of four an hour that went at once it said so for the whole hour, whatever the limit became.
 */
const paceFrom = (limit: Limit, { usedTo }: Pick<GroupState, 'usedTo'>, now: number): number =>
  usedTo === null || usedTo > now + distanceOf(limit)
    ? keptSince(limit, now)
    : Math.max(usedTo, keptSince(limit, now));

/** How many may be planned now, whoever they are of. */
export function freeOf(limit: Limit, state: GroupState, now: number): number {
  const left = limit.most - state.used;
  const brought = limit.evenly
    ? Math.floor((now - paceFrom(limit, state, now)) / distanceOf(limit) + MARGIN)
    : Infinity;
  return Math.max(0, Math.min(left, brought));
}

/** Up to when its even pace is used once so many are taken: in whole ms, and never ahead of it. What has no pace uses none. */
export const usedToAfter = (
  limit: Limit,
  state: GroupState,
  { now, taken }: { taken: number; now: number },
): number | null =>
  taken === 0 || !limit.evenly
    ? state.usedTo
    : inWholeMs(paceFrom(limit, state, now) + taken * distanceOf(limit));

/** What a share took of an even pace, in ms. */
export interface Paced {
  /** What the pace had brought since. */
  from: number;
  /** So much for each; 0: it has no pace. */
  each: number;
  /** Up to when it was used before, and with the share. */
  before: number | null;
  after: number | null;
}

export const pacedBy = (
  limit: Limit,
  state: GroupState,
  { now, after }: { now: number; after: number | null },
): Paced => ({
  from: paceFrom(limit, state, now),
  each: limit.evenly ? distanceOf(limit) : 0,
  before: state.usedTo,
  after,
});

/**
 * Up to when an even pace is used once `back` of a share of `count` are given back. What would not have been kept up to now, had they not
 * been taken, nobody gets: who took since then has lost it as well. Where nobody did, and all of it comes back, it is as it was: a limit that is
 * slower by now does not count it.
 */
export function usedToBefore(
  limit: Limit,
  usedTo: number | null,
  {
    back,
    count,
    now,
    paced: { after, before, each, from },
  }: { back: number; count: number; paced: Paced; now: number },
): number | null {
  if (usedTo === null) return null;
  if (back === count && usedTo === after) return before;
  const lost = Math.max(0, keptSince(limit, now) - (from + (count - back) * each));
  return inWholeMs(usedTo - Math.max(0, back * each - lost));
}

const inWholeMs = (at: number): number => Math.ceil(at - MARGIN);

/** When there may be room for another, at the earliest. `state`: after what was taken now. */
export function freeAt(limit: Limit, state: GroupState, now: number): number {
  const paced = limit.evenly ? paceFrom(limit, state, now) + distanceOf(limit) : now;
  const lapses =
    state.used >= limit.most && state.oldest !== null ? state.oldest + PERIOD_MS[limit.per] : now;
  return Math.max(paced, lapses);
}

/**
 * Most messages of one campaign that are queued at the same time: what is planned now is to be sent now, and not heaped up while
 * senders are away.
 */
export const mostAhead = (limit: Limit): number =>
  limit.evenly ? Math.max(1, Math.ceil(AHEAD_MS / distanceOf(limit))) : limit.most;

/** What was planned so long ago, in ms, and has not gone, something else keeps than senders that are busy. */
export const LONG_QUEUED_MS = 120_000;
/** So many of those do not keep a campaign: one that nobody can send would stop it, where one is all that is queued ahead. */
const LEAST_STOPPED = 20;

/** What is queued of a campaign that no sender has taken. */
export interface Queued {
  /** However long ago it was planned. */
  queued: number;
  /** What was planned in the last `LONG_QUEUED_MS`. */
  recent: number;
}

/** How many more of a campaign with these groups may be queued now. */
export function roomAhead(limits: readonly Limit[], { queued, recent }: Queued): number {
  const ahead = Math.min(...limits.map(mostAhead));
  return Math.max(0, Math.min(ahead - recent, Math.max(ahead, LEAST_STOPPED) - queued));
}

/** Whether that is none as too many were queued for long. */
export const isStopped = (limits: readonly Limit[], { queued, recent }: Queued): boolean =>
  roomAhead(limits, { queued, recent }) === 0 && roomAhead(limits, { queued: recent, recent }) > 0;

/** A campaign that has people who wait for a group. */
export interface Waiting {
  campaignId: string;
  /** Where it stands in the order of turns: whoever has had the least is next. */
  turn: number;
  /** How many of the group are kept for it at most, as far as there are. */
  unmet: number;
  /** Goes before all others, whatever their turns, and before those that do since later; null: by its turn. */
  first: number | null;
}

/** How a campaign that asks again was left. */
export interface Left {
  turn: number;
  /** People of it wait, whichever of its groups keeps them. */
  waits: boolean;
  /** This group keeps them. */
  isKept: boolean;
}

/**
 * Where a campaign stands that asks again: where it stood, as long as the group kept it; as long as another of its groups did, behind
 * those that it finds by no more than is queued ahead; else no further back than they are. So nobody saves up a share, a share that nobody
 * wants is everybody's, and whoever waits for two groups does not begin anew in the one whenever the other keeps it.
 */
export function turnOf(own: Left | null, { turn }: Pick<GroupState, 'turn'>, limit: Limit): number {
  if (own === null) return Math.max(0, turn);
  if (own.isKept) return own.turn;
  return Math.max(own.turn, own.waits ? turn - mostAhead(limit) : turn);
}

/**
 * For how long, in ms, what a campaign is to have of a group is kept for it while another of its groups has no room yet: no longer than
 * until the group has more.
 */
const keptFor = (limit: Limit): number => (limit.evenly ? distanceOf(limit) : periodFor(limit));

/** Most of a group that are free at once, after nothing of it was taken for long. */
const mostAtOnce = (limit: Limit): number =>
  limit.evenly
    ? Math.floor(1 + Math.min(KEPT_MS, PERIOD_MS[limit.per] * KEPT_PART) / distanceOf(limit) + MARGIN)
    : limit.most;

/** How a campaign stands in one of its groups. */
export interface Place {
  limit: Limit;
  state: GroupState;
  now: number;
  free: number;
  own: Waiting;
  others: readonly Waiting[];
  /** How many it may take, as far as this group is concerned. */
  share: number;
}

/**
 * How many of a group are kept for a campaign that takes none, as others of its groups keep it: only where each of these is at least as
 * fast, and whatever is free there next is its own, and is so soon. So the slower waits for the faster until both have room, and little
 * of it is lost; without that whoever names one of them takes what is free there before the other has room, for ever.
 */
export function heldFor({ limit, share }: Place, keeping: readonly Place[]): number {
  const isSoon = keeping.every(
    (each) =>
      each.free === 0 &&
      keptFor(each.limit) <= keptFor(limit) &&
      shareOf(1, each.own, each.others) === 1 &&
      freeAt(each.limit, each.state, each.now) - each.now <= keptFor(limit),
  );
  return isSoon ? Math.min(share, ...keeping.map((each) => mostAtOnce(each.limit))) : 0;
}

/**
 * After how long, in ms, a campaign of several groups that got nothing goes before all others, in all of them: about twice as long as
 * its turn takes beside so many. Those that do so go in the order in which it came to that, which is the same in every group: so
 * none of them waits for one that waits for it.
 */
export const patienceFor = (places: readonly Pick<Place, 'limit' | 'others'>[]): number =>
  FRESH_MS +
  2 *
    Math.max(
      ...places.map(
        ({ limit, others }) => keptFor(limit) * Math.ceil((others.length + 1) / mostAtOnce(limit)),
      ),
    );

/**
 * How many of those that are free a campaign may take: as many as it gets when they are dealt one by one, each to whoever of those that
 * wait has had the least. The others find theirs when they ask.
 */
export function shareOf(free: number, own: Waiting, others: readonly Waiting[]): number {
  if (free <= 0) return 0;
  const all = [own, ...others];
  if (all.reduce((sum, { unmet }) => sum + unmet, 0) <= free) return own.unmet;
  const first = all
    .filter((each) => each.first !== null && each.unmet > 0)
    .sort((a, b) => (a.first ?? 0) - (b.first ?? 0) || (a.campaignId < b.campaignId ? -1 : 1))
    .slice(0, free);
  if (first.length === 0) return dealt(free, own, others);
  // One each, and the rest by turns.
  const after = (each: Waiting): Waiting =>
    first.includes(each) ? { ...each, turn: each.turn + 1, unmet: each.unmet - 1 } : each;
  return (first.includes(own) ? 1 : 0) + dealt(free - first.length, after(own), others.map(after));
}

/** How many come to a campaign, dealt by turns; there is not enough for all. */
function dealt(free: number, own: Waiting, others: readonly Waiting[]): number {
  if (free <= 0) return 0;
  const all = [own, ...others];
  const upTo = ({ turn, unmet }: Waiting, level: number): number =>
    Math.min(unmet, Math.max(0, level - turn));
  const upToAll = (level: number): number => all.reduce((sum, each) => sum + upTo(each, level), 0);
  // The highest level to which there is enough for everybody.
  const turns = all.map(({ turn }) => turn);
  let [low, high] = [Math.min(...turns), Math.max(...turns) + free + 1];
  while (high - low > 1) {
    const level = Math.floor((low + high) / 2);
    if (upToAll(level) <= free) low = level;
    else high = level;
  }
  // What is left goes to as many of those who would be next, in one order.
  const next = all
    .filter((each) => upTo(each, low + 1) > upTo(each, low))
    .sort((a, b) => (a.campaignId < b.campaignId ? -1 : 1))
    .slice(0, free - upToAll(low));
  return upTo(own, low) + (next.includes(own) ? 1 : 0);
}

/** Of whom a group was last, once a campaign at `turn` has taken so many. */
export const turnAfter = ({ turn: before }: Pick<GroupState, 'turn'>, turn: number, taken: number): number =>
  taken === 0 ? before : Math.max(before, turn + taken - 1);
