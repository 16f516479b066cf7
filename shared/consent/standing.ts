import { type ConsentChange, type ConsentGrant, type ConsentStatus, WHOLE_SENDER } from './change.ts';

/** Consent that was given and is in force: what one change granted, or what a revocation since has left of it. */
export interface ConsentInForce {
  changeId: string;
  granted: readonly ConsentGrant[];
  givenAt: Date;
}

/** Where a phone stands in one scope. */
export interface Standing {
  status: ConsentStatus;
  /** Oldest first. It counts only while nothing blocks. */
  consents: readonly ConsentInForce[];
  /** The change that the status follows from. */
  changeId: string;
  /** Of that change. */
  requestedAt: Date;
  /** The newest request to stop, whether or not it was lifted since. */
  revokedAt: Date | null;
  /** Of a pending request: the last day to honour it. */
  deadline: string | null;
}

/** By scope. A scope without an entry has no history of its own. */
export type Standings = ReadonlyMap<string, Standing>;

/** What of a change its effect depends on. */
export type Effect = Pick<
  ConsentChange,
  | 'changeId'
  | 'status'
  | 'method'
  | 'scope'
  | 'granted'
  | 'requestedAt'
  | 'deadline'
  | 'foundLate'
  | 'reverses'
>;

/** A request that is not yet carried through blocks already. */
export const blocks = (standing: Standing | undefined): boolean =>
  standing !== undefined && standing.status !== 'opted_in';

/** Whether this scope is stopped, by a stop of its own or by one for everything. */
export const blocksScope = (standings: Standings, scope: string): boolean =>
  blocks(standings.get(WHOLE_SENDER)) || blocks(standings.get(scope));

/** Whether nothing of this topic may be sent (null: of no topic in particular). A stop for everything is one for it. */
export function isBlocked(standings: Standings, topic: string | null): boolean {
  if (blocks(standings.get(WHOLE_SENDER))) return true;
  return topic === null ? [...standings.values()].some(blocks) : blocks(standings.get(topic));
}

/** Whether all of this has been granted in a scope. What is granted counts only while nothing blocks. */
export const hasGranted = (standings: Standings, scope: string, wanted: readonly ConsentGrant[]): boolean => {
  const granted = standings.get(scope)?.consents.flatMap((consent) => consent.granted) ?? [];
  return wanted.every((grant) => granted.includes(grant));
};

/**
 * Where a phone stands after one more change. Pure. `fold` over the history is what a standing means; this is how it is
 * kept without reading the history again. A reversal cannot be added to a standing: it takes the history apart.
 *
 * - A revocation always applies, however late it is heard. A pending one changes nothing for somebody who is opted out
 *   already, or whose earlier request is due before.
 * - An opt-in for everything lifts every scope; one for a topic lifts that topic, and not a stop for everything.
 * - An import lifts nothing. Nor does an opt-in lift what was asked for after it: two texts may be recorded in the other
 *   order. One that was found late does not lift what was asked for at the same time either.
 * - START does not bring back what a revocation took away: of every consent from before, only that the service goes on
 *   (informational) is left.
 */
export function evolveStanding(standings: Standings, change: Effect): Standings {
  if (change.reverses !== null) throw new Error('a reversal is folded with the whole history');
  return change.status === 'opted_in' ? optIn(standings, change) : revoke(standings, change);
}

/** The standing that a history gives, in the order of its positions; what was reversed counts as never said. */
export function foldStandings(history: readonly Effect[]): Standings {
  const reversed = new Set(history.flatMap(({ reverses }) => (reverses === null ? [] : [reverses.changeId])));
  return history
    .filter(({ changeId, reverses }) => reverses === null && !reversed.has(changeId))
    .reduce<Standings>(evolveStanding, new Map());
}

/** Whether a change of a history, when it was made, let anything through that had been blocked. */
export function hasLifted(history: readonly Effect[], changeId: string): boolean {
  const at = history.findIndex((effect) => effect.changeId === changeId);
  if (at < 0) return false;
  const before = foldStandings(history.slice(0, at));
  const after = foldStandings(history.slice(0, at + 1));
  return [...before].some(([scope, standing]) => blocks(standing) && !blocks(after.get(scope)));
}

function revoke(standings: Standings, change: Effect): Standings {
  const before = standings.get(change.scope);
  const scopes = change.scope === WHOLE_SENDER ? [...standings.keys(), WHOLE_SENDER] : [change.scope];
  const after = new Map(standings);
  // A stop for everything also ends what was granted for single topics.
  for (const scope of new Set(scopes)) {
    const standing = standings.get(scope);
    if (standing !== undefined) after.set(scope, { ...standing, consents: left(standing.consents) });
  }
  const revokedAt = later(before?.revokedAt ?? null, change.requestedAt);
  const consents = left(before?.consents ?? []);
  if (before !== undefined && change.status === 'pending_opt_out' && isSooner(before, change.deadline)) {
    return after.set(change.scope, { ...before, consents, revokedAt });
  }
  const { status, changeId, requestedAt, deadline } = change;
  return after.set(change.scope, { status, consents, changeId, requestedAt, revokedAt, deadline });
}

/** Whether somebody is opted out already, or has a pending request that is due before another one. */
const isSooner = ({ status, deadline }: Standing, other: string | null): boolean =>
  status === 'opted_out' || (deadline !== null && other !== null && deadline <= other);

function optIn(standings: Standings, change: Effect): Standings {
  if (liftsNothing(standings, change)) {
    const isOlder = change.method !== 'import' || change.foundLate;
    return isOlder ? keptForLater(standings, change) : standings;
  }
  const after = new Map(standings);
  const lifted = { status: 'opted_in', changeId: change.changeId, requestedAt: change.requestedAt } as const;
  if (change.scope === WHOLE_SENDER) {
    for (const [scope, standing] of standings) {
      if (blocks(standing)) after.set(scope, { ...standing, ...lifted, deadline: null });
    }
  }
  const before = standings.get(change.scope);
  return after.set(change.scope, {
    ...lifted,
    consents: withConsent(before?.consents ?? [], asFarAsInForce(standings, change)),
    revokedAt: before?.revokedAt ?? null,
    deadline: null,
  });
}

/** A consent that was given before a revocation and is heard of after it: what a START brings back of it, later. */
function keptForLater(standings: Standings, change: Effect): Standings {
  const before = standings.get(change.scope);
  if (before === undefined) return standings;
  const consents = withConsent(before.consents, asFarAsInForce(standings, change));
  return new Map(standings).set(change.scope, { ...before, consents });
}

/**
 * What a consent still grants: of one that was given before the newest revocation, as of those that were known then, no
 * more than the service, however it comes in and whatever was lifted since.
 */
function asFarAsInForce(standings: Standings, change: Effect): Effect {
  const revoked = [standings.get(WHOLE_SENDER), standings.get(change.scope)].some(
    (standing) => standing?.revokedAt != null && standing.revokedAt >= change.requestedAt,
  );
  if (!revoked) return change;
  return { ...change, granted: change.granted.length === 0 ? [] : ['informational'] };
}

/** Whether an opt-in has no effect: it stands against a revocation that it may not, or came too late to, lift. */
function liftsNothing(standings: Standings, { scope, method, foundLate, requestedAt }: Effect): boolean {
  const concerned =
    scope === WHOLE_SENDER
      ? [...standings.values()]
      : [standings.get(WHOLE_SENDER), standings.get(scope)].flatMap((standing) => standing ?? []);
  if (method === 'import') return concerned.some(blocks);
  return concerned.some(
    ({ revokedAt }) => revokedAt !== null && (foundLate ? revokedAt >= requestedAt : revokedAt > requestedAt),
  );
}

/** One more consent; it takes the place of those that say nothing beyond it. */
function withConsent(consents: readonly ConsentInForce[], change: Effect): readonly ConsentInForce[] {
  if (change.granted.length === 0) return consents;
  const { changeId, granted, requestedAt: givenAt } = change;
  const others = consents.filter((consent) => consent.granted.some((grant) => !granted.includes(grant)));
  return [...others, { changeId, granted, givenAt }];
}

/** What a revocation leaves of consents, for the day on which it is lifted: the newest, as far as the service goes. */
function left(consents: readonly ConsentInForce[]): readonly ConsentInForce[] {
  const newest = consents.at(-1);
  return newest === undefined ? [] : [{ ...newest, granted: ['informational'] }];
}

const later = (a: Date | null, b: Date): Date => (a !== null && a > b ? a : b);
