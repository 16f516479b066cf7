import { type DueRows, isPassing, startDueRows } from '#shared/due-rows.ts';
import { messageOf } from '#shared/errors.ts';
import type { Liveness } from '#shared/liveness.ts';
import { type ReceivingDeps, receiveJoined } from '../receive-inbound.ts';
import { neverSucceeds, setAside } from '../set-aside.ts';
import { forgetParts, markTakenIn, nextDueText, putOff } from './store.ts';

const IDLE_MS = 5_000;
/** After a failure a text lets those behind it go first, for so long. */
const AGAIN_MS = 60_000;
/** Longer than any carrier repeats a webhook or lists a text. */
const KEPT_DAYS = 7;
const FORGOTTEN_AT_ONCE = 1_000;

/** Takes in texts of which a part never came, when their wait is over, and forgets parts that are done with. */
export function startLateTexts(
  deps: ReceivingDeps,
  parts: { liveness?: Liveness; onFailure(error: unknown): void },
): DueRows {
  const { clock, logger } = deps;
  return startDueRows({
    name: 'texts of which parts are missing',
    batch: async () => ({ handled: await takeInDue(deps), nextInMs: null }),
    idleMs: IDLE_MS,
    clock,
    logger,
    ...parts,
  });
}

/**
 * Takes in the next text that is due, or forgets some that are done with; returns how many. One that can never succeed is
 * kept aside, and one that fails for any other reason is put off: neither keeps those behind it waiting, of which any may be
 * a STOP. Rejects when the database or the stream is away.
 */
export async function takeInDue(deps: ReceivingDeps): Promise<number> {
  const { clock, logger, pool } = deps;
  const due = await nextDueText(pool, clock.now());
  if (due === null) return forgetParts(pool, KEPT_DAYS, FORGOTTEN_AT_ONCE);
  const { carrier, kept } = due;
  if (kept.kind !== 'joined') return 1;
  const { carrierMessageId, from, to, body } = kept.message;
  try {
    await receiveJoined(carrier, kept.message, deps);
  } catch (error) {
    if (neverSucceeds(error)) {
      await setAside(carrier, { carrierMessageId, from, to, body }, messageOf(error), deps);
      await markTakenIn(pool, carrier, carrierMessageId);
      return 1;
    }
    await putOff(pool, carrier, carrierMessageId, new Date(clock.now().getTime() + AGAIN_MS));
    if (isPassing(error)) throw error;
    logger.error({ carrierMessageId, err: error }, `a text of parts is taken in later: ${messageOf(error)}`);
  }
  return 1;
}
