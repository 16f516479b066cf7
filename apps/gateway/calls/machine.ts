import type { CallStatusReport, MachineReport, VoiceWebhooks } from '#shared/carriers/voice.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallStatus } from '#shared/contracts/message-log.ts';
import { CarillonError } from '#shared/errors.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { CallDeps } from './call-deps.ts';
import { readScript } from './scripts.ts';

/** Longest time that the carrier may take to have other words said, in ms: the greeting of the machine is over by now. */
const LEAVE_MS = 5_000;

/**
 * Takes in who took a call. A machine is left its message, once: told again it would hear it from the start. Rejects when
 * that could not be done, or the stream of the message log is away: the carrier tells again.
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
  { clock, logger, pool }: CallDeps,
): Promise<void> {
  const script = await readScript(pool, messageId);
  if (script === null || attemptId === null || !(await hearFirst(pool, attemptId, clock.now()))) return;
  const signal = AbortSignal.timeout(LEAVE_MS);
  const outcome = await voice.leaveMessage({ carrierMessageId, script, signal });
  if (outcome.kind === 'over')
    logger.info({ carrierMessageId }, 'a call was over before its machine could be left a message');
  if (outcome.kind !== 'failed') return;
  await unhear(pool, attemptId);
  throw new CarillonError('unavailable', `a machine could not be left its message: ${outcome.reason}`);
}

/** Whether nobody has heard before that a machine took the call of this attempt. */
async function hearFirst(pool: Pool, attemptId: string, now: Date): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE attempt SET machine_heard_at = $2 WHERE attempt_id = $1 AND machine_heard_at IS NULL',
    [attemptId, now],
  );
  return rowCount === 1;
}

async function unhear(pool: Pool, attemptId: string): Promise<void> {
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
