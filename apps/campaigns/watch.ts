import {
  addSamples,
  type BreakerLimits,
  EMPTY_SAMPLE,
  type Sample,
  type Trip,
  tripInWords,
  tripOf,
} from '#shared/breakers/judge.ts';
import { type PartSample, readSamples } from '#shared/breakers/read-samples.ts';
import { isCountedAnew, writeTrip } from '#shared/campaigns/guard.ts';
import { lockCampaign, writeProgress } from '#shared/campaigns/store.ts';
import { tellCampaign } from '#shared/campaigns/tell.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';

export interface WatchParts {
  pool: Pool;
  limits: BreakerLimits;
  /** What went out in the last so many ms (real time) is looked at. */
  windowMs: number;
  /** One of all tasks looks so often, in ms. */
  everyMs: number;
  /** Business time. */
  now: () => Date;
}

/** What was stopped, and why, in words. */
export type Stopped =
  | { kind: 'campaign'; campaignId: string; reason: string }
  | { kind: 'sender'; senderNumber: string; reason: string };

export interface Verdicts {
  campaigns: readonly { campaignId: string; trip: Trip }[];
  senders: readonly { senderNumber: string; trip: Trip }[];
}

/**
 * Whose breakers trip. What a campaign that trips has sent is not held against its numbers: they are judged by the rest. Pure.
 */
export function verdictsOf(parts: readonly PartSample[], limits: BreakerLimits): Verdicts {
  const campaigns = [
    ...summed(
      parts,
      ({ campaignId }) => campaignId,
      ({ ofCampaign }) => ofCampaign,
    ),
  ].flatMap(([campaignId, sample]) => {
    const trip = tripOf(sample, limits);
    return trip === null ? [] : [{ campaignId, trip }];
  });
  const tripped = new Set<string | null>(campaigns.map(({ campaignId }) => campaignId));
  const rest = parts.filter(({ campaignId }) => !tripped.has(campaignId));
  const senders = [
    ...summed(
      rest,
      ({ senderNumber }) => senderNumber,
      ({ ofSender }) => ofSender,
    ),
  ].flatMap(([senderNumber, sample]) => {
    const trip = tripOf(sample, limits);
    return trip === null ? [] : [{ senderNumber, trip }];
  });
  return { campaigns, senders };
}

function summed(
  parts: readonly PartSample[],
  keyOf: (part: PartSample) => string | null,
  sampleOf: (part: PartSample) => Sample,
): Map<string, Sample> {
  const sums = new Map<string, Sample>();
  for (const part of parts) {
    const key = keyOf(part);
    if (key !== null) sums.set(key, addSamples(sums.get(key) ?? EMPTY_SAMPLE, sampleOf(part)));
  }
  return sums;
}

/**
 * Looks at what became of everything that went out lately, and stops campaigns and numbers for which too much went wrong.
 * Every task may call it at any time; one of them looks. Returns what was stopped.
 */
export async function watchBreakers({
  everyMs,
  limits,
  now,
  pool,
  windowMs,
}: WatchParts): Promise<Stopped[]> {
  const look = await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ looked_at: Date }>(
      `UPDATE breaker_watch SET looked_at = clock_timestamp()
        WHERE one IN (SELECT one FROM breaker_watch WHERE looked_at < clock_timestamp() - $1 * interval '1 millisecond'
                         FOR UPDATE SKIP LOCKED)
        RETURNING looked_at`,
      [everyMs],
    );
    const [looked] = rows;
    if (looked === undefined) return null;
    const at = looked.looked_at;
    return { at, parts: await readSamples(tx, new Date(at.getTime() - windowMs)) };
  });
  if (look === null) return [];
  const { campaigns, senders } = verdictsOf(look.parts, limits);
  const stopped: Stopped[] = [];
  for (const { campaignId, trip } of campaigns) {
    const reason = await pauseTripped(pool, { campaignId, trip, lookedAt: look.at }, now());
    if (reason !== null) stopped.push({ kind: 'campaign', campaignId, reason });
  }
  for (const { senderNumber, trip } of senders) {
    const reason = `Halted by its circuit breaker: ${tripInWords(trip)}`;
    if (await haltTripped(pool, { senderNumber, reason, lookedAt: look.at }, now()))
      stopped.push({ kind: 'sender', senderNumber, reason });
  }
  return stopped;
}

/**
 * What is queued is taken back, as when somebody pauses it. Returns why, in words; null: it is not active any more, or what was
 * seen is of before somebody resumed it.
 */
function pauseTripped(
  pool: Pool,
  { campaignId, lookedAt, trip }: { campaignId: string; trip: Trip; lookedAt: Date },
  now: Date,
): Promise<string | null> {
  return inTransaction(pool, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId);
    if (campaign?.status !== 'active' || (await isCountedAnew(tx, campaignId, lookedAt))) return null;
    const told = await tellCampaign(tx, campaignId, 'pause', { now });
    if (told.kind !== 'done' || !told.changed) return null;
    const what = campaign.type === 'voice' ? 'calls' : 'messages';
    const reason = `Paused by its circuit breaker: ${tripInWords(trip, what)}`;
    await writeProgress(tx, campaignId, { reason }, now);
    await writeTrip(tx, campaignId, trip.measure, now);
    return reason;
  });
}

/** Of a number that is known. False: it is not, was halted before, or what was seen is of before somebody let it go on. */
async function haltTripped(
  pool: Pool,
  { lookedAt, reason, senderNumber }: { senderNumber: string; reason: string; lookedAt: Date },
  now: Date,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE sender SET halted_at = $3, halted_reason = $2, halted_by = 'breaker', version = version + 1, updated_at = $3
      WHERE sender_number = $1 AND halted_at IS NULL AND watched_from <= $4`,
    [senderNumber, reason, now, lookedAt],
  );
  return rowCount === 1;
}
