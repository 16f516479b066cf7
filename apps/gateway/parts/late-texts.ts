import { type DueRows, startDueRows } from '#shared/due-rows.ts';
import type { Liveness } from '#shared/liveness.ts';
import { type ReceivingDeps, receiveJoined } from '../receive-inbound.ts';
import { forgetParts, nextDueText } from './store.ts';

const IDLE_MS = 5_000;
/** Longer than any carrier repeats a webhook or lists a text. */
const KEPT_DAYS = 7;
const FORGOTTEN_AT_ONCE = 1_000;

/** Takes in texts of which a part never came, when their wait is over, and forgets parts that are done with. */
export function startLateTexts(
  deps: ReceivingDeps,
  parts: { liveness?: Liveness; onFailure(error: unknown): void },
): DueRows {
  const { clock, logger, pool } = deps;
  return startDueRows({
    name: 'texts of which parts are missing',
    batch: async () => ({ handled: await takeInDue(deps), nextInMs: null }),
    idleMs: IDLE_MS,
    clock,
    logger,
    ...parts,
  });

  async function takeInDue(receiving: ReceivingDeps): Promise<number> {
    const due = await nextDueText(pool, clock.now());
    if (due === null) return forgetParts(pool, KEPT_DAYS, FORGOTTEN_AT_ONCE);
    if (due.kept.kind === 'joined') await receiveJoined(due.carrier, due.kept.message, receiving);
    return 1;
  }
}
