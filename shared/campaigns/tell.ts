import { shareFence } from '#shared/erasure/fence.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { isApprovedFor } from './approval.ts';
import { countOf } from './counts.ts';
import { holdLessons } from './lessons.ts';
import { type CampaignCommand, isEnded, transition } from './lifecycle.ts';
import { type Campaign, lockCampaign, writeProgress } from './store.ts';
import { takeBackQueued } from './take-back.ts';

export type Told =
  | { kind: 'done'; campaign: Campaign; changed: boolean }
  | { kind: 'unknown' }
  /** With what may be told instead. */
  | { kind: 'illegal'; campaign: Campaign; legal: readonly CampaignCommand[] };

/**
 * Tells a campaign what to do, in one transaction with everything that follows at once: what is queued is taken back
 * when it is paused or stopped. When this has committed, nothing of a paused or stopped campaign begins to be sent any
 * more; the orchestrator then cancels the rest of the audience of a stopped one. Idempotent: what is done already changes
 * nothing.
 * `startAt`: of `schedule`. `now`: business time.
 */
export async function tellCampaign(
  tx: Transaction,
  campaignId: string,
  command: CampaignCommand,
  { now, startAt = null }: { now: Date; startAt?: Date | null },
): Promise<Told> {
  await shareFence(tx);
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === null) return { kind: 'unknown' };
  if (
    campaign.status === 'paused' &&
    campaign.waitsFor !== null &&
    (command === 'pause' || command === 'resume')
  )
    return tellWaiting(tx, campaign, command, now);
  const result = transition(campaign, command);
  if (result.kind === 'illegal') return { kind: 'illegal', campaign, legal: result.legal };
  const start = command === 'schedule' ? startAt : command === 'start' ? null : campaign.startAt;
  const isSame =
    result.kind === 'to' &&
    result.standing.status === campaign.status &&
    start?.getTime() === campaign.startAt?.getTime();
  if (result.kind === 'unchanged' || isSame) return { kind: 'done', campaign, changed: false };
  const { status, pausedFrom } = result.standing;
  if (status === 'paused' || status === 'stopped') await haltQueued(tx, campaign, status, now);
  const isWaiting = status === 'scheduled';
  const dueAt = (to: typeof status): Date | null => {
    if (isWaiting) return start ?? now;
    return to === 'draft' ? null : now;
  };
  await writeProgress(
    tx,
    campaignId,
    {
      status,
      pausedFrom,
      reason: null,
      waitsFor: null,
      startAt: start,
      dueAt: dueAt(status),
      queuedAt: isWaiting ? (campaign.queuedAt ?? now) : null,
      ...(isEnded(status) ? { endedAt: now } : {}),
    },
    now,
  );
  const told = await lockCampaign(tx, campaignId);
  return told === null ? { kind: 'unknown' } : { kind: 'done', campaign: told, changed: true };
}

/**
 * One that is paused until it is approved, or until it has a slot after that, would go on by itself: who pauses it keeps it from
 * that, and who resumes it has it wait on, for what it waits for by then. Nothing of it has gone. Resuming what nobody paused
 * changes nothing.
 */
async function tellWaiting(
  tx: Transaction,
  campaign: Campaign,
  command: 'pause' | 'resume',
  now: Date,
): Promise<Told> {
  const { campaignId, endAt, waitsFor } = campaign;
  const isPausedByPeople = waitsFor === 'resume';
  if ((command === 'pause') === isPausedByPeople) return { kind: 'done', campaign, changed: false };
  if (command === 'pause') {
    // Why it has to be approved stays true.
    const reason = waitsFor === 'approval' ? campaign.reason : null;
    await writeProgress(tx, campaignId, { waitsFor: 'resume', reason, queuedAt: null, dueAt: endAt }, now);
  } else if (isApprovedFor(campaign, await countOf(tx, campaignId, ['pending']))) {
    await waitForSlot(tx, campaignId, now);
  } else {
    await writeProgress(tx, campaignId, { waitsFor: 'approval', dueAt: endAt }, now);
  }
  const told = await lockCampaign(tx, campaignId);
  return told === null ? { kind: 'unknown' } : { kind: 'done', campaign: told, changed: true };
}

/** It is due at once, and goes on when it has a slot of its pool, behind those that waited for one before. */
const waitForSlot = (tx: Transaction, campaignId: string, now: Date): Promise<void> =>
  writeProgress(tx, campaignId, { waitsFor: 'slot', reason: null, queuedAt: now, dueAt: now }, now);

/**
 * What follows when a campaign, whose row is locked and is as it was before, has been approved: one that waited for that goes on
 * when it has a slot, and one that somebody paused meanwhile stays paused.
 */
export async function goOnAfterApproval(
  tx: Transaction,
  { campaignId, status, waitsFor }: Pick<Campaign, 'campaignId' | 'status' | 'waitsFor'>,
  now: Date,
): Promise<void> {
  if (status !== 'paused') return;
  if (waitsFor === 'approval') await waitForSlot(tx, campaignId, now);
  if (waitsFor === 'resume') await writeProgress(tx, campaignId, { reason: null }, now);
}

/** What is queued of it, in one pass over the phones: texts and calls are taken back, lessons that have begun are held. */
async function haltQueued(
  tx: Transaction,
  { campaignId, type }: Campaign,
  status: 'paused' | 'stopped',
  now: Date,
): Promise<void> {
  if (type === 'drill') await holdLessons(tx, campaignId, { isOver: status === 'stopped', now });
  else {
    const to = {
      paused: { state: 'pending', rule: null },
      stopped: { state: 'cancelled', rule: 'stopped' },
    } as const;
    await takeBackQueued(tx, campaignId, to[status], now);
  }
}
