import { beginSteps } from '#shared/campaigns/begin-steps.ts';
import { choiceOf, stageNow } from '#shared/campaigns/choice.ts';
import { countOf, openStates } from '#shared/campaigns/counts.ts';
import { type Dispatched, type DispatchParts, dispatchDue } from '#shared/campaigns/dispatch.ts';
import { ladderOf } from '#shared/campaigns/ladder-of.ts';
import { countLessons } from '#shared/campaigns/lessons.ts';
import { isEnded, step } from '#shared/campaigns/lifecycle.ts';
import { NEVER_AGAIN, type RetryRule } from '#shared/campaigns/retry.ts';
import {
  betweenTurnsMs,
  lookedOf,
  mayLookOn,
  ofChannels,
  pacedAfter,
  roomsOf,
  someWait,
} from '#shared/campaigns/rooms.ts';
import type { Stage } from '#shared/campaigns/sampling.ts';
import { unsendable } from '#shared/campaigns/sendable.ts';
import { settleQueued } from '#shared/campaigns/settle.ts';
import {
  type Campaign,
  type DueCampaign,
  lockDueCampaign,
  readCampaign,
  writeProgress,
} from '#shared/campaigns/store.ts';
import { cancelWaiting, takeBackQueued } from '#shared/campaigns/take-back.ts';
import { throttle } from '#shared/campaigns/throttled.ts';
import { withdrawAnswered } from '#shared/campaigns/withdraw-answered.ts';
import { retryRuleOf } from '#shared/campaigns/write-standings.ts';
import { isPassing } from '#shared/due-rows.ts';
import { shareFence } from '#shared/erasure/fence.ts';
import { countStartFailure } from '#shared/operating/count-start-failure.ts';
import type { StartFailure } from '#shared/operating/measures.ts';
import { inTransaction, isStatementTimeout, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import { InHand, ShareTooOld } from '#shared/throttle/in-hand.ts';
import { batchOf, nextBatch, putOff, slowedReason } from './batch.ts';
import { begin, goOnApproved, load, type StartParts } from './begin.ts';
import { type GuardParts, leaveToPlan } from './leave-to-plan.ts';
import { endLessons, resumeLessons } from './lessons.ts';
import { nextContact } from './next-contact.ts';
import { pausedBecause, pauseForBudget } from './pause.ts';
import { after, earlier, failed, later, type Step } from './step.ts';
import { giveUpUnanswered } from './unanswered.ts';
import { waitForReports } from './wait-for-reports.ts';

export interface OrchestratorParts extends DispatchParts, GuardParts, StartParts {
  /** Contacts in one transaction. */
  batchSize: number;
  /** Messages a second of a campaign that names no pace of its own. */
  messagesPerSecond: number;
  /**
   * Where shares of throttle groups are taken, beside what plans, which holds a connection of its own. Left out: where it plans, which
   * then must have another.
   */
  shares?: Pool;
  /** Hears of a campaign that cannot go on, or not now, and why. */
  failed?: (campaignId: string, error: unknown) => void;
}

type StepParts = OrchestratorParts & {
  hand: InHand;
  /** When the turn began, by `clock.monotonic()`. */
  begunAt: number;
};

/** The campaign of a turn that may fail, and of how many people something was planned in it; null: nobody knows yet. */
interface Taken {
  campaignId: string | null;
  due: number | null;
}

/** What was done to one campaign. */
export interface Turn {
  campaignId: string;
  /** Null: nothing was due for dispatch. */
  dispatched: Dispatched | null;
  /** Status that it came into; null: it stayed. */
  became: Campaign['status'] | null;
  /** Why it failed before anything of it went; null: it did not. */
  startFailure: StartFailure | null;
  /** Whoever watches sees something else. */
  isNews: boolean;
}

/** A campaign that is under way is looked at so often, in ms. */
const TICK_MS = 1_000;
/** One whose experiment keeps people waiting, or whose people may answer, and that has nothing queued, in ms. */
const SAMPLE_MS = 15_000;
/** One that waits for nothing but lessons whose answers are late, in ms. */
const LATE_TICK_MS = 15_000;
/** One whose statement, or whole turn, took too long is tried again so much later, in ms. */
const PUT_OFF_MS = 30_000;

/**
 * Takes the campaign that has been due for longest a step further, in one transaction under the lock on its row: whoever
 * dies in the middle leaves it where it was. Every task of the service may call it at any time; two of them never work on
 * one campaign. Returns null when none is due.
 */
export async function takeTurn(pool: Pool, parts: OrchestratorParts): Promise<Turn | null> {
  const taken: Taken = { campaignId: null, due: null };
  const hand = new InHand(parts.shares ?? pool, parts.clock);
  try {
    return await turnOfNext(pool, { ...parts, hand, begunAt: parts.clock.monotonic() }, taken);
  } catch (error) {
    await hand.release();
    const { campaignId } = taken;
    const isSlow = isStatementTimeout(error) || error instanceof ShareTooOld;
    if (campaignId === null || !isSlow) throw error;
    // It stays due for longest, and would keep all others from their turns.
    parts.failed?.(campaignId, error);
    const again = after(parts.clock.now(), PUT_OFF_MS);
    await putOff(pool, campaignId, { again, batch: taken.due ?? parts.batchSize });
    return { campaignId, dispatched: null, became: null, startFailure: null, isNews: true };
  }
}

function turnOfNext(pool: Pool, parts: StepParts, taken: Taken): Promise<Turn | null> {
  return inTransaction(pool, async (tx) => {
    const now = parts.clock.now();
    // Nobody is erased between being read into an audience and standing in it.
    await shareFence(tx);
    const due = await lockDueCampaign(tx, now);
    if (due === null) return null;
    taken.campaignId = due.campaignId;
    const {
      dispatched = null,
      failure = null,
      isNews = false,
      ...progress
    } = await attempt(tx, due, parts, now);
    taken.due = dispatched?.due ?? null;
    await writeProgress(tx, due.campaignId, progress, now);
    const startFailure = due.startedAt === null ? failure : null;
    if (startFailure !== null) await countStartFailure(tx, due.campaignId, startFailure, now);
    const became = progress.status ?? null;
    parts.hand.commits();
    const isSeen = became !== null || dispatched !== null || isNews;
    return { campaignId: due.campaignId, dispatched, became, startFailure, isNews: isSeen };
  });
}

/**
 * A campaign whose step can never succeed ends as failed, with nothing of the step done: it would keep all others, and the
 * service itself, from their work. What only has to wait for something is thrown, and tried again.
 */
async function attempt(tx: Transaction, due: DueCampaign, parts: StepParts, now: Date): Promise<Step> {
  const { campaignId, status } = due;
  await tx.query('SAVEPOINT step');
  try {
    // What it was does not matter any more: one whose definition nobody can read is wound up as well.
    if (isEnded(status)) return await windUp(tx, due, parts, now);
    const campaign = await readCampaign(tx, campaignId);
    if (campaign === null) throw new Error('a campaign that is locked is not there');
    return await stepOf(tx, campaign, parts, now);
  } catch (error) {
    if (isPassing(error)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT step');
    await parts.hand.release();
    parts.failed?.(campaignId, error);
    // One that had ended is left as it is: nothing of it goes any more.
    return isEnded(status)
      ? { dueAt: null }
      : failed('fault', 'Something in it could not be processed; our logs say what.', now);
  }
}

/** When the next campaign is due (business time); null: none waits for anything. */
export async function nextDue(pool: Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ due_at: Date | null }>('SELECT min(due_at) AS due_at FROM campaign');
  return rows[0]?.due_at ?? null;
}

/** In which something of it may go. */
const BEFORE_ITS_END: readonly Campaign['status'][] = ['scheduled', 'loading', 'active'];

async function stepOf(tx: Transaction, campaign: Campaign, parts: StepParts, now: Date): Promise<Step> {
  const missing = unsendable(campaign.type, parts.sent);
  if (missing !== null && BEFORE_ITS_END.includes(campaign.status)) {
    return failed('cannot_be_sent', `It cannot be sent: ${missing}.`, now);
  }
  switch (campaign.status) {
    case 'scheduled':
      return begin(tx, campaign, parts, now);
    case 'loading':
      return load(tx, campaign, parts, now);
    case 'active':
      return goOn(tx, campaign, parts, now);
    case 'paused':
      return rest(tx, campaign, parts, now);
    default:
      return { dueAt: null };
  }
}

/**
 * A paused campaign: what was at the carrier when it was paused is still taken over, so that its figures are right for whoever
 * decides how it goes on. One whose end comes gives its slot back; the rest of its audience is cancelled.
 */
async function rest(tx: Transaction, campaign: Campaign, parts: OrchestratorParts, now: Date): Promise<Step> {
  const { campaignId, endAt } = campaign;
  if (endAt !== null && endAt <= now) {
    return {
      status: 'stopped',
      pausedFrom: null,
      reason: 'Its end came while it was paused.',
      waitsFor: null,
      endedAt: now,
      dueAt: now,
    };
  }
  if (campaign.waitsFor === 'slot') return goOnApproved(tx, campaign, parts, now);
  const { isLate } = await settle(tx, campaign, { rule: retryRuleOf(campaign), isOver: false }, parts, now);
  const soon = after(now, isLate ? LATE_TICK_MS : TICK_MS);
  if ((await countOf(tx, campaignId, ['queued'])) === 0) return { dueAt: endAt };
  return { dueAt: endAt !== null && endAt < soon ? endAt : soon };
}

/**
 * Takes over what became of everything that is queued: of messages what the carrier did, of lessons that the dialog has said
 * nothing of for too long that there was no answer. Says whether phones were locked for it, and whether all that is still
 * queued waits for late answers.
 */
async function settle(
  tx: Transaction,
  { campaignId, type }: Pick<Campaign, 'campaignId' | 'type'>,
  { isOver, rule }: { rule: RetryRule; isOver: boolean },
  { prices }: Pick<OrchestratorParts, 'prices'>,
  now: Date,
): Promise<{ lockedPhones: boolean; isLate: boolean }> {
  // Phones are locked once in a transaction: what is taken back is settled by the next.
  if (rule.ladder !== null && (await withdrawAnswered(tx, campaignId)) > 0)
    return { lockedPhones: true, isLate: false };
  const { lockedPhones } = await settleQueued(tx, campaignId, rule, { now, prices });
  if (type !== 'drill') return { lockedPhones, isLate: false };
  return { lockedPhones, ...(await giveUpUnanswered(tx, campaignId, { isOver, now })) };
}

/** Takes over what became of its messages, and plans as many as its pace and its runway leave room for. */
async function goOn(tx: Transaction, campaign: Campaign, parts: StepParts, now: Date): Promise<Step> {
  const { campaignId, endAt } = campaign;
  const isOver = endAt !== null && endAt <= now;
  const settled = await settle(tx, campaign, { rule: retryRuleOf(campaign), isOver }, parts, now);
  // Phones are locked once in a transaction, in one order.
  if (settled.lockedPhones) return { dueAt: now };
  if (
    campaign.type === 'drill' &&
    (await followLessons(tx, campaign, { isOver, producer: parts.producer, now }))
  )
    return { dueAt: now };
  if (isOver) {
    if ((await takeBackQueued(tx, campaignId, { state: 'cancelled', rule: 'ended' }, now)) > 0)
      return { dueAt: now };
    if ((await cancelWaiting(tx, campaignId, { rule: 'ended', prices: parts.prices })) > 0)
      return { dueAt: now };
  }
  const begun = await beginSteps(tx, campaignId, retryRuleOf(campaign), now);
  const leave = await leaveToPlan(tx, campaign, parts, now);
  if (leave.kind === 'pauses') return pausedBecause(campaign, leave.reason);
  const batchSize = batchOf(campaign, parts.batchSize);
  const paced = await roomsOf(tx, campaign, leave, { ...parts, batchSize }, now);
  const queued = paced.reduce((sum, room) => sum + room.queued, 0);
  const stage = await stageNow(tx, campaign, { hasShortLinks: parts.links !== null, now });
  if (stage.kind === 'decide') return { decidedAt: now, winner: stage.winner, dueAt: now };
  const choice = choiceOf(stage);
  const mayPlan = leave.room !== 0;
  // Settling may have taken seconds: who is due, and who may be written to, goes by the time at which it is planned.
  const at = parts.clock.now();
  // Its end came meanwhile: whoever is left is cancelled, as all are after it, and not judged and blocked.
  if (!isOver && endAt !== null && endAt <= at) return { dueAt: endAt };
  const asked = { room: leave.room, mayPlan, choice, hand: parts.hand, now: at };
  const { most: mostOfAll, planned, rooms } = await throttle(tx, campaign, paced, asked);
  const isOpen = rooms.every(({ count }) => count > 0);
  const isSpread = campaign.definition.spreadOverMinutes !== null;
  const given = { mostOfAll, first: leave.room, choice, parts, now: at };
  const isLookedAt = lookedOf(rooms) > 0 && mayPlan;
  const dispatched = isLookedAt ? await dispatchDue(tx, campaign, { ...ofChannels(rooms), ...given }) : null;
  const kept = await planned(dispatched);
  if (dispatched?.overBudget && queued + dispatched.queued + dispatched.restored === 0) {
    return { ...(await pauseForBudget(tx, campaign, parts, now)), dispatched };
  }
  // Whoever was found to have been written to before a restore is queued as well, until that is settled.
  const used = (dispatched?.queued ?? 0) + (dispatched?.restored ?? 0);
  const tookMs = parts.clock.monotonic() - parts.begunAt;
  const batchMost = nextBatch(campaign, dispatched, { batchSize: parts.batchSize, tookMs });
  const slowed = (dispatched?.due ?? 0) > 0 ? slowedReason({ batchMost }) : null;
  const reason = leave.reason ?? kept.reason ?? slowed;
  const progress: Step = {
    batchMost,
    ...pacedAfter(campaign, rooms, dispatched, now),
    startedAt: campaign.startedAt ?? now,
    reason,
    isNews: reason !== campaign.reason,
    sampledAt: stage.kind === 'wait' ? stage.sampledAt : campaign.sampledAt,
    ...(dispatched === null ? {} : { dispatched }),
  };
  // More may be planned at once: a batch is what was too small for it.
  const looked = lookedOf(rooms);
  const isFull =
    kept.mayGoOn || ((dispatched?.due ?? 0) >= looked && mayLookOn(rooms, dispatched, batchSize));
  if (isFull && dispatched?.overBudget !== true) return { ...progress, dueAt: now };
  if ((await countOf(tx, campaignId, openStates)) === 0) {
    const until = await waitForReports(tx, campaign, now);
    if (until !== null) return { ...progress, reportsUntil: until, dueAt: until };
    const lessons = campaign.type === 'drill' ? await countLessons(tx, campaignId) : NO_LESSONS;
    // It may still be paused and stopped for their sake.
    if (lessons.onTheWay + lessons.held > 0) {
      const again = after(now, lessons.onTheWay > 0 ? TICK_MS : LATE_TICK_MS);
      return { ...progress, reportsUntil: null, dueAt: isOver ? again : earlier(again, endAt) };
    }
    return { ...progress, reportsUntil: null, status: step('active', 'complete'), endedAt: now, dueAt: null };
  }
  if (leave.until !== null && queued + used === 0) return { ...progress, dueAt: earlier(leave.until, endAt) };
  if (settled.isLate && used === 0 && (dispatched?.due ?? 0) < looked && kept.until === null) {
    // Nothing was planned for a minute: what keeps it is not its pace.
    const again = earlier(earlier(after(now, LATE_TICK_MS), leave.until), isOver ? null : endAt);
    const dueAt = !isOpen ? again : earlier(again, await nextContact(tx, campaignId));
    return { ...progress, reportsUntil: null, dueAt: later(dueAt, after(now, TICK_MS)) };
  }
  const isMoving = queued + used + begun > 0;
  // Of one that is spread over a time it is seen whether somebody waits; of others that there is no room for them.
  const isWaitedFor = isSpread
    ? dispatched === null || someWait(rooms, dispatched)
    : !isOpen || (dispatched?.due ?? 0) >= looked;
  const isBusy = isMoving || isWaitedFor;
  return {
    ...progress,
    reportsUntil: null,
    dueAt: isBusy
      ? later(
          after(now, TICK_MS),
          isMoving ? now : (kept.until ?? after(now, betweenTurnsMs(rooms, TICK_MS))),
        )
      : await nextLook(tx, campaign, stage, now),
  };
}

const NO_LESSONS = { onTheWay: 0, held: 0 };

/** Lessons that waited while it was paused go on, those that its end has overtaken do not. Returns whether phones were locked for it. */
async function followLessons(
  tx: Transaction,
  { campaignId }: Campaign,
  { isOver, now, producer }: { isOver: boolean; producer: string; now: Date },
): Promise<boolean> {
  const moved = isOver
    ? await endLessons(tx, campaignId, { rule: 'ended', producer, now })
    : await resumeLessons(tx, campaignId, now);
  return moved > 0;
}

/** When there may be something to do again for a campaign that has nothing queued. */
async function nextLook(tx: Transaction, campaign: Campaign, stage: Stage, now: Date): Promise<Date> {
  const { campaignId, endAt } = campaign;
  if (stage.kind === 'open') {
    const next = earlier((await nextContact(tx, campaignId)) ?? after(now, TICK_MS), endAt);
    // Whoever answers meanwhile is done: who takes answers in does not know what waits for them.
    return ladderOf(campaign) === null ? next : earlier(next, after(now, SAMPLE_MS));
  }
  // Many who are due have to wait for the experiment.
  return earlier(after(now, SAMPLE_MS), stage.kind === 'wait' ? stage.until : endAt);
}

/** An ended campaign: the rest of its audience is told apart, and messages at the carrier are still taken over. */
async function windUp(tx: Transaction, due: DueCampaign, parts: OrchestratorParts, now: Date): Promise<Step> {
  const { campaignId, endAt, status, type } = due;
  const { isLate, lockedPhones } = await settle(tx, due, { rule: NEVER_AGAIN, isOver: true }, parts, now);
  // One that is completed has started all its lessons; those go on up to its end.
  const isCut = status !== 'completed' || (endAt !== null && endAt <= now);
  if (type === 'drill' && isCut && !lockedPhones) {
    const rule = status === 'completed' ? 'ended' : status;
    if ((await endLessons(tx, campaignId, { rule, producer: parts.producer, now })) > 0)
      return { dueAt: now };
  }
  if ((await cancelWaiting(tx, campaignId, { rule: status, prices: parts.prices })) > 0)
    return { dueAt: now };
  return {
    dueAt:
      (await countOf(tx, campaignId, ['queued'])) > 0 ? after(now, isLate ? LATE_TICK_MS : TICK_MS) : null,
  };
}
