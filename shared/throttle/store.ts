import type { Clock } from '#shared/clock.ts';
import type { Queryable, Transaction } from '#shared/postgres/pool.ts';
import {
  countsSince,
  FRESH_MS,
  type GroupState,
  type Left,
  type Limit,
  PERIOD_MS,
  type Period,
  sliceEnd,
  type Waiting,
} from './rule.ts';

/** A group and what is known of it, its state locked. */
export interface LockedGroup {
  id: string;
  name: string;
  limit: Limit;
  state: GroupState;
  /** Its own time, in ms: never before that of whoever asked before, whosever clock goes back. */
  now: number;
  /** How far that is ahead of the clock of whoever asks, in ms. */
  aheadMs: number;
}

interface StateRow {
  id: string;
  name: string;
  most: number;
  per: Period;
  evenly: boolean;
  used_to: Date | null;
  clock_at: Date;
  turn: number;
}

/** Asks for a campaign that stopped asking are forgotten after so long, in ms. */
const FORGOTTEN_MS = 86_400_000;
/** What was taken is kept for so long, whatever the period is now: it counts once that is longer, or is again what it was. In ms. */
const KEPT_MS = 2 * PERIOD_MS.day;
/** What is older than so many periods is put together into slices of a day. */
const FINE_PERIODS = 2;
const DAY_SLICE_S = sliceEnd({ per: 'day' }, 0) / 1_000;

/** Up to where slices are put together, in ms: none of those that come of it ends later. */
function fineFrom({ per }: Pick<Limit, 'per'>, now: number): number {
  const slice = DAY_SLICE_S * 1_000;
  return Math.floor((now - FINE_PERIODS * PERIOD_MS[per]) / slice) * slice;
}

/** These groups, in the order of their ids, in which their states are locked, at the time at which they are. One that is not there any more is missing. */
export async function lockGroups(
  tx: Transaction,
  ids: readonly string[],
  clock: Pick<Clock, 'now'>,
): Promise<LockedGroup[]> {
  await tx.query(
    'SELECT FROM throttle_state WHERE throttle_group_id = ANY ($1) ORDER BY throttle_group_id FOR UPDATE',
    [ids],
  );
  // Whoever waited for the locks takes now, and not when it began to wait.
  const now = clock.now();
  // By statements that begin once the locks are had: they see a limit that was changed meanwhile, and all that was taken.
  const { rows } = await tx.query<StateRow>(
    `SELECT throttle_group_id AS id, known.name, known.most, known.per, known.evenly, used_to, clock_at, turn
       FROM throttle_state JOIN throttle_group AS known USING (throttle_group_id)
      WHERE throttle_group_id = ANY ($1) ORDER BY throttle_group_id`,
    [ids],
  );
  const groups = rows.map(({ clock_at, evenly, id, most, name, per, turn, used_to }) => ({
    ...{ id, name, limit: { most, per, evenly }, now: Math.max(now.getTime(), clock_at.getTime()) },
    aheadMs: Math.max(0, clock_at.getTime() - now.getTime()),
    state: { usedTo: used_to?.getTime() ?? null, used: 0, oldest: null, turn },
  }));
  const used = await readUsed(tx, groups);
  return groups.map((group) => ({ ...group, state: { ...group.state, ...used.get(group.id) } }));
}

/** What counts of these groups at their times, by group. */
export async function readUsed(
  db: Queryable,
  groups: readonly { id: string; limit: Pick<Limit, 'per'>; now: number }[],
): Promise<ReadonlyMap<string, Pick<GroupState, 'used' | 'oldest'>>> {
  const { rows } = await db.query<{ id: string; used: number; oldest: Date }>(
    `SELECT id, sum(used)::int AS used, min(until) AS oldest
       FROM unnest($1::uuid[], $2::timestamptz[]) AS asked(id, since)
       JOIN throttle_use ON throttle_group_id = id AND until > since AND used > 0
      GROUP BY id`,
    [groups.map(({ id }) => id), groups.map(({ limit, now }) => new Date(countsSince(limit, now)))],
  );
  return new Map(rows.map(({ id, oldest, used }) => [id, { used, oldest: oldest.getTime() }]));
}

/** A campaign as it has asked; `first`: from when on, also where that is still to come. */
export type Asking = Waiting & Left;

/** Campaigns that wait for these groups, by group, whose states are locked; the one that asks among them, whatever it does. */
export async function readWaiting(
  tx: Transaction,
  groups: readonly LockedGroup[],
  campaignId: string,
): Promise<ReadonlyMap<string, readonly Asking[]>> {
  const { rows } = await tx.query<Omit<Asking, 'first'> & { id: string; first: Date | null }>(
    `SELECT id, campaign_id AS "campaignId", turn, CASE WHEN asked_at > since THEN unmet + held ELSE 0 END AS unmet,
            asked_at > since AND unmet > 0 AS "isKept", asked_at > since AND (waits OR unmet > 0) AS waits,
            CASE WHEN asked_at > since THEN first_from END AS first
       FROM unnest($1::uuid[], $2::timestamptz[]) AS asked(id, since)
       JOIN campaign_throttle ON throttle_group_id = id
      WHERE campaign_id = $3
         OR unmet + held > 0 AND asked_at > since
            AND EXISTS (SELECT FROM campaign WHERE campaign.campaign_id = campaign_throttle.campaign_id AND status = 'active')`,
    [groups.map(({ id }) => id), groups.map(({ now }) => new Date(now - FRESH_MS)), campaignId],
  );
  return Map.groupBy(
    rows.map((row) => ({ ...row, first: row.first?.getTime() ?? null })),
    ({ id }) => id,
  );
}

/** What a campaign takes of a group, and where it and the group stand then. */
export interface Taken {
  group: LockedGroup;
  taken: number;
  usedTo: number | null;
  /** Of the group. */
  turn: number;
  /** Of the campaign. */
  ownTurn: number;
  /** People whom this group keeps. */
  unmet: number;
  /** How many of this group are kept for them while another keeps them. */
  held: number;
  /** Whether people wait, whichever group keeps them. */
  waits: boolean;
  /** From when on they go before all others, in ms; null: by turns. */
  firstFrom: number | null;
  /** The same as it was before they took this. */
  firstBefore: number | null;
}

/**
 * Writes what a campaign takes of groups, whose states are locked, and forgets what is over. Slices that end later than the one of now
 * are of a period that was longer: what is in them was taken by now.
 */
export async function writeTaken(
  tx: Transaction,
  campaignId: string,
  takings: readonly Taken[],
): Promise<void> {
  const dates = (of: (taken: Taken) => number | null): (Date | null)[] =>
    takings.map((each) => {
      const at = of(each);
      return at === null ? null : new Date(at);
    });
  await tx.query(
    `WITH given AS (
       SELECT * FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::bigint[], $6::timestamptz[],
                            $7::integer[], $8::timestamptz[], $9::bigint[], $10::integer[], $11::timestamptz[],
                            $12::boolean[], $13::integer[], $14::timestamptz[], $15::timestamptz[])
              AS given(id, used_to, clock_at, turn, until, taken, forgets, own_turn, unmet, asked_before, waits, held,
                       first_from, fine_from)),
     state AS (
       UPDATE throttle_state AS known SET used_to = given.used_to, clock_at = given.clock_at, turn = given.turn
         FROM given WHERE known.throttle_group_id = given.id),
     moved AS (
       DELETE FROM throttle_use AS known USING given
        WHERE throttle_group_id = given.id
          AND (known.until < forgets OR known.until > given.until
               OR known.until < fine_from AND extract(epoch FROM known.until)::bigint % ${DAY_SLICE_S} <> 0)
       RETURNING id, known.until AS ended, given.until, campaign_id, used, forgets),
     used AS (
       INSERT INTO throttle_use AS known (throttle_group_id, until, campaign_id, used)
       SELECT id, until, campaign_id, sum(used)
         FROM (SELECT id, until, $1::uuid AS campaign_id, taken AS used FROM given
                UNION ALL
               SELECT id, least(until, to_timestamp(ceil(extract(epoch FROM ended) / ${DAY_SLICE_S}) * ${DAY_SLICE_S})),
                      campaign_id, used
                 FROM moved WHERE ended >= forgets) AS each
        WHERE used > 0 GROUP BY id, until, campaign_id
       ON CONFLICT (throttle_group_id, until, campaign_id) DO UPDATE SET used = known.used + excluded.used),
     gone AS (
       DELETE FROM campaign_throttle USING given
        WHERE throttle_group_id = given.id AND asked_at < asked_before AND campaign_id <> $1)
     INSERT INTO campaign_throttle (throttle_group_id, campaign_id, turn, unmet, asked_at, waits, held, first_from)
     SELECT id, $1, own_turn, unmet, clock_at, waits, held, first_from FROM given
     ON CONFLICT (throttle_group_id, campaign_id) DO UPDATE
        SET turn = excluded.turn, unmet = excluded.unmet, asked_at = excluded.asked_at, waits = excluded.waits,
            held = excluded.held, first_from = excluded.first_from`,
    [
      campaignId,
      takings.map(({ group }) => group.id),
      dates(({ usedTo }) => usedTo),
      dates(({ group }) => group.now),
      takings.map(({ turn }) => turn),
      dates(({ group }) => sliceEnd(group.limit, group.now)),
      takings.map(({ taken }) => taken),
      dates(({ group }) => group.now - KEPT_MS),
      takings.map(({ ownTurn }) => ownTurn),
      takings.map(({ unmet }) => unmet),
      dates(({ group }) => group.now - FORGOTTEN_MS),
      takings.map(({ waits }) => waits),
      takings.map(({ held }) => held),
      dates(({ firstFrom }) => firstFrom),
      dates(({ group }) => fineFrom(group.limit, group.now)),
    ],
  );
}

/** What becomes of what a campaign has taken of a group, once it was planned with. */
export interface Returned {
  id: string;
  /** Slice that it was taken in, in ms. */
  until: number;
  back: number;
  usedTo: number | null;
  /** Whether people still wait. */
  waits: boolean;
  /** Nothing of what was planned stands: its people wait as before, those who go before all others do so again since then (in ms). */
  undone: { firstFrom: number | null } | null;
}

/** Gives back what was taken and is not used, and says who still waits; states of the groups are locked. */
export async function writeReturned(
  tx: Transaction,
  campaignId: string,
  returned: readonly Returned[],
): Promise<void> {
  await tx.query(
    `WITH given AS (
       SELECT * FROM unnest($2::uuid[], $3::timestamptz[], $4::integer[], $5::timestamptz[], $6::boolean[], $7::boolean[],
                            $8::timestamptz[])
              AS given(id, until, back, used_to, still, is_undone, first_before)),
     state AS (
       UPDATE throttle_state AS known SET used_to = given.used_to
         FROM given WHERE known.throttle_group_id = given.id AND back > 0),
     used AS (
       UPDATE throttle_use AS known SET used = used - back
         FROM given
        WHERE known.throttle_group_id = given.id AND known.until = given.until AND campaign_id = $1 AND back > 0)
     UPDATE campaign_throttle AS known
        SET turn = turn - back, unmet = CASE WHEN still THEN unmet ELSE 0 END, held = CASE WHEN still THEN held ELSE 0 END,
            waits = is_undone OR waits AND still,
            first_from = CASE WHEN is_undone THEN first_before WHEN still THEN first_from END
       FROM given WHERE known.throttle_group_id = given.id AND campaign_id = $1`,
    [
      campaignId,
      returned.map(({ id }) => id),
      returned.map(({ until }) => new Date(until)),
      returned.map(({ back }) => back),
      returned.map(({ usedTo }) => (usedTo === null ? null : new Date(usedTo))),
      returned.map(({ waits }) => waits),
      returned.map(({ undone }) => undone !== null),
      returned.map(({ undone }) => (undone?.firstFrom == null ? null : new Date(undone.firstFrom))),
    ],
  );
}

/** A campaign of which nobody waits. Its rows are locked in the order of its groups, as whoever takes of them locks rows. */
export async function waitsForNone(db: Queryable, campaignId: string): Promise<void> {
  await db.query(
    `WITH waiting AS MATERIALIZED (
       SELECT throttle_group_id AS id FROM campaign_throttle
        WHERE campaign_id = $1 AND (waits OR unmet > 0) ORDER BY throttle_group_id FOR UPDATE)
     UPDATE campaign_throttle SET unmet = 0, held = 0, waits = false, first_from = NULL
       FROM waiting WHERE throttle_group_id = waiting.id AND campaign_id = $1`,
    [campaignId],
  );
}
