import type { CallStatusReport, MachineReport, VoiceWebhooks } from '#shared/carriers/voice.ts';
import { LONGEST_LEAVING_MS } from '#shared/consent/in-flight.ts';
import { readSuppressed } from '#shared/consent/suppression.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallStatus } from '#shared/contracts/message-log.ts';
import { CarillonError } from '#shared/errors.ts';
import { lockKnownPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool, type Transaction } from '#shared/postgres/pool.ts';
import type { CallDeps } from './call-deps.ts';
import { readScript } from './scripts.ts';

/** Longest time that the carrier may take to have other words said, in ms: the greeting of the machine is over by now. */
const LEAVE_MS = 5_000;
/** The request has to start so soon after it was begun, in ms, for whoever opts out waits no longer than that for it to end. */
const START_MS = LONGEST_LEAVING_MS - LEAVE_MS;

/**
 * Takes in who took a call. A machine is left its message, once: told again it would hear it from the start. Who has pressed a
 * key is no machine, whatever the carrier guesses, and the machine of somebody who opted out meanwhile is left nothing. Rejects when the message could not be left, or the stream of the message log
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
  deps: CallDeps,
): Promise<void> {
  const { clock, logger, pool } = deps;
  const script = await readScript(pool, messageId);
  if (script === null || attemptId === null) return;
  const begun = await begin(attemptId, deps);
  if (begun === null) return;
  if (begun.by === 'another')
    throw new CarillonError('unavailable', 'a machine is being left its message by another request');
  if (begun.by === 'nobody') {
    logger.info({ carrierMessageId }, 'a machine is left no message: its person opted out during the call');
    return;
  }
  if (clock.monotonic() - begun.asked > START_MS) {
    await giveUp(pool, attemptId, begun.mark);
    throw new CarillonError('unavailable', 'it took too long to begin to leave a machine its message');
  }
  const signal = AbortSignal.timeout(LEAVE_MS);
  const outcome = await voice.leaveMessage({ carrierMessageId, script, signal });
  if (outcome.kind === 'over')
    logger.info({ carrierMessageId }, 'a call was over before its machine could be left a message');
  if (outcome.kind !== 'failed') return noteLeft(pool, attemptId);
  await giveUp(pool, attemptId, begun.mark);
  throw new CarillonError('unavailable', `a machine could not be left its message: ${outcome.reason}`);
}

/** Who leaves a machine its message: this request, another that is about to, or nobody, since its person opted out. */
interface Begun {
  by: 'this' | 'another' | 'nobody';
  /** On the monotonic clock, at which it was asked for, in ms. */
  asked: number;
  /** What this request has noted as its beginning, to the microsecond; null: another's stands, or none. */
  mark: string | null;
}

/**
 * Begins to leave the message, under the lock of the person's phone: an opt-out is committed before this, and read here, or after it,
 * and waits for the request (`waitForRequestsInFlight`). Any suppression counts, of whatever topic, as for answers by hand: what is
 * left on a machine is heard by itself, and a call without it still says everything to whoever takes it. Null: there is nothing to be
 * left, for it was, or a key was pressed.
 */
const begin = (attemptId: string, { clock, pool, pseudonyms }: CallDeps): Promise<Begun | null> =>
  inTransaction(pool, async (tx) => {
    const phone = await readPhone(tx, attemptId);
    // A person who was erased meanwhile has no row, and is left nothing.
    if (phone === null || (await lockKnownPhones(tx, [phone])).length === 0) return null;
    const isSuppressed = (await readSuppressed(tx, [phone], pseudonyms)).has(phone);
    const asked = clock.monotonic();
    const { rows } = await tx.query<{ is_needless: boolean; begins: boolean; mark: string | null }>(
      `WITH begun AS (
         UPDATE attempt SET machine_heard_at = CASE WHEN $3 THEN machine_heard_at ELSE clock_timestamp() END,
                            machine_left_at = CASE WHEN $3 THEN clock_timestamp() END -- that is settled, also after a later START
          WHERE attempt_id = $1 AND key_heard_at IS NULL AND machine_left_at IS NULL
            AND (machine_heard_at IS NULL OR machine_heard_at < clock_timestamp() - $2 * interval '1 millisecond')
         RETURNING machine_heard_at::text AS mark)
       SELECT key_heard_at IS NOT NULL OR machine_left_at IS NOT NULL AS is_needless,
              EXISTS (SELECT FROM begun) AS begins, (SELECT mark FROM begun) AS mark
         FROM attempt WHERE attempt_id = $1`,
      [attemptId, LONGEST_LEAVING_MS, isSuppressed],
    );
    const [row] = rows;
    if (row === undefined || row.is_needless) return null;
    const { begins, mark } = row;
    if (!begins) return { by: 'another', asked, mark };
    return { by: isSuppressed ? 'nobody' : 'this', asked, mark };
  });

/** Whose machine may have to be left a message; null: there is nothing to be left. A key that is being taken in holds the lock. */
async function readPhone(tx: Transaction, attemptId: string): Promise<string | null> {
  const { rows } = await tx.query<{ phone_number: string }>(
    `SELECT phone_number FROM attempt
      WHERE attempt_id = $1 AND key_heard_at IS NULL AND machine_left_at IS NULL`,
    [attemptId],
  );
  return rows[0]?.phone_number ?? null;
}

async function noteLeft(pool: Pool, attemptId: string): Promise<void> {
  await pool.query('UPDATE attempt SET machine_left_at = clock_timestamp() WHERE attempt_id = $1', [
    attemptId,
  ]);
}

/** Another may begin at once. Whoever has begun since keeps their mark: an opt-out waits for them. */
async function giveUp(pool: Pool, attemptId: string, mark: string | null): Promise<void> {
  await pool.query(
    'UPDATE attempt SET machine_heard_at = NULL WHERE attempt_id = $1 AND machine_heard_at = $2::timestamptz',
    [attemptId, mark],
  );
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
