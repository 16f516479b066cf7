import type { CallStatusReport, MachineReport, VoiceWebhooks } from '#shared/carriers/voice.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallStatus } from '#shared/contracts/message-log.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { CallDeps } from './call-deps.ts';
import { readScript } from './scripts.ts';

/** Longest time that the carrier may take to have other words said, in ms: the greeting of the machine is over by now. */
const LEAVE_MS = 5_000;
/** Whoever began and is not done by then died over it, in ms. */
const DEAD_MS = LEAVE_MS + 1_000;

/**
 * Takes in who took a call. A machine is left its message, once: told again it would hear it from the start. Who has pressed a
 * key is no machine, whatever the carrier guesses. Rejects when the message could not be left, or the stream of the message log
 * is away: the carrier tells again.
 */
export async function receiveMachine(
  voice: Pick<VoiceWebhooks, 'name' | 'leaveMessage'>,
  report: MachineReport,
  deps: CallDeps,
): Promise<void> {
  if (report.answeredBy === 'machine') await leaveMessage(voice, report, deps);
  // It was taken: that is all that is known of its status.
  const taken = { ...report, status: 'in-progress', errorCode: null, seconds: null };
  await putStatus(voice.name, taken, deps);
}

async function leaveMessage(
  voice: Pick<VoiceWebhooks, 'leaveMessage'>,
  { attemptId, carrierMessageId, messageId }: MachineReport,
  { logger, pool }: CallDeps,
): Promise<void> {
  const script = await readScript(pool, messageId);
  if (script === null || attemptId === null) return;
  const begun = await begin(pool, attemptId);
  if (begun === 'another')
    throw new CarillonError('unavailable', 'a machine is being left its message by another request');
  if (begun === 'needless') return;
  const signal = AbortSignal.timeout(LEAVE_MS);
  const outcome = await voice.leaveMessage({ carrierMessageId, script, signal });
  if (outcome.kind === 'over')
    logger.info({ carrierMessageId }, 'a call was over before its machine could be left a message');
  if (outcome.kind !== 'failed') return noteLeft(pool, attemptId);
  await giveUp(pool, attemptId);
  throw new CarillonError('unavailable', `a machine could not be left its message: ${outcome.reason}`);
}

/**
 * Who leaves the machine its message: this request, another that is about to, or nobody: it was left, or a key was pressed.
 */
async function begin(pool: Pool, attemptId: string): Promise<'this' | 'another' | 'needless'> {
  const { rows } = await pool.query<{ is_needless: boolean; begins: boolean }>(
    `WITH begun AS (
       UPDATE attempt SET machine_heard_at = clock_timestamp()
        WHERE attempt_id = $1 AND key_heard_at IS NULL AND machine_left_at IS NULL
          AND (machine_heard_at IS NULL OR machine_heard_at < clock_timestamp() - $2 * interval '1 millisecond')
       RETURNING attempt_id)
     SELECT key_heard_at IS NOT NULL OR machine_left_at IS NOT NULL AS is_needless,
            EXISTS (SELECT FROM begun) AS begins
       FROM attempt WHERE attempt_id = $1`,
    [attemptId, DEAD_MS],
  );
  const [row] = rows;
  if (row === undefined || row.is_needless) return 'needless';
  return row.begins ? 'this' : 'another';
}

async function noteLeft(pool: Pool, attemptId: string): Promise<void> {
  await pool.query('UPDATE attempt SET machine_left_at = clock_timestamp() WHERE attempt_id = $1', [
    attemptId,
  ]);
}

async function giveUp(pool: Pool, attemptId: string): Promise<void> {
  await pool.query('UPDATE attempt SET machine_heard_at = NULL WHERE attempt_id = $1', [attemptId]);
}

/** Takes in a status. Resolves when the stream of the message log has accepted it. */
export async function putStatus(
  carrier: CarrierName,
  report: CallStatusReport,
  { clock, producer }: Pick<CallDeps, 'clock' | 'producer'>,
): Promise<void> {
  const record: CallStatus = {
    type: 'CALL_STATUS',
    carrier,
    ...report,
    // The carrier knows it later: whoever made the call asks.
    price: null,
    receivedAt: clock.now().toISOString(),
  };
  const key = report.phoneNumber ?? report.carrierMessageId;
  await producer.put('message-log', key, JSON.stringify(record));
}
