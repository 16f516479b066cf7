import type { KeyReport, Saying } from '#shared/carriers/voice.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallKey } from '#shared/contracts/message-log.ts';
import { writeSlotOutbox } from '#shared/outbox/write.ts';
import { lockPhones } from '#shared/phone/lock-phones.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { type CallScript, menuKeys, OPT_OUT_KEY, REPEAT_KEY } from '#shared/voice/call-script.ts';
import { callTexts } from '#shared/voice/texts/texts-by-language.ts';
import type { CallDeps } from './call-deps.ts';
import { calledBack } from './called-back.ts';
import { optOutByKey } from './opt-out.ts';
import { lastLanguage, readScript } from './scripts.ts';

/**
 * Takes in a key, and returns what is said next. Whatever it is, the answer needs the database and no stream: who presses
 * key 9 is opted out before they hear so, or hears nothing of the kind. The same answer for every delivery.
 */
export async function receiveKey(
  carrier: CarrierName,
  report: KeyReport,
  keysUrl: string,
  deps: CallDeps,
): Promise<Saying> {
  const { attemptId, key, phoneNumber } = report;
  // Before anything else: the carrier may be about to say that a machine took the call.
  if (key !== null && attemptId !== null) await noteKeyHeard(deps.pool, attemptId);
  const script = await readScript(deps.pool, report.messageId);
  if (key === OPT_OUT_KEY) {
    if (phoneNumber !== null) await optOutByKey(carrier, report, phoneNumber, deps);
    await noteKey(carrier, report, deps);
    return ending(report, script, deps);
  }
  await noteKey(carrier, report, deps);
  if (script === null) return calledBack(phoneNumber, keysUrl, deps);
  return next(script, key, keysUrl);
}

/** From now on nothing takes the call from whoever pressed the key. */
async function noteKeyHeard(pool: Pool, attemptId: string): Promise<void> {
  await pool.query(
    'UPDATE attempt SET key_heard_at = clock_timestamp() WHERE attempt_id = $1 AND key_heard_at IS NULL',
    [attemptId],
  );
}

/** After key 9. Nobody is told that they are opted out who cannot be. */
async function ending(
  { phoneNumber }: KeyReport,
  script: CallScript | null,
  { pool }: CallDeps,
): Promise<Saying> {
  if (phoneNumber === null)
    return { kind: 'end', language: 'en-US', text: callTexts['en-US'].numberWithheld };
  if (script !== null) return { kind: 'end', language: script.language, text: script.optedOutConfirmation };
  const language = (await lastLanguage(pool, phoneNumber)) ?? 'en-US';
  return { kind: 'end', language, text: callTexts[language].optedOutConfirmation };
}

function next(script: CallScript, key: string | null, keysUrl: string): Saying {
  // No key: it could not be told to us, and the carrier asks what to say instead.
  if (key === null || key === REPEAT_KEY) return { kind: 'script', script, keysUrl };
  const chosen = menuKeys.find((each) => each === key);
  return chosen === undefined
    ? { kind: 'choices', script, keysUrl }
    : { kind: 'menu', script, key: chosen, keysUrl };
}

/** For the message log, by way of the outbox: a stream that is away keeps nobody from being answered. */
async function noteKey(
  carrier: CarrierName,
  report: KeyReport,
  { clock, pool, relay }: CallDeps,
): Promise<void> {
  const { attemptId, carrierMessageId, key, messageId, phoneNumber } = report;
  // Calls to us are no messages of ours.
  if (key === null || attemptId === null || phoneNumber === null) return;
  const record: CallKey = {
    type: 'CALL_KEY',
    carrier,
    carrierMessageId,
    key,
    optedOut: key === OPT_OUT_KEY,
    attemptId,
    messageId,
    phoneNumber,
    receivedAt: clock.now().toISOString(),
  };
  await inTransaction(pool, async (tx) => {
    await lockPhones(tx, [phoneNumber]);
    await writeSlotOutbox(tx, 'gateway', [
      { kind: 'stream', target: 'message-log', orderingKey: phoneNumber, body: JSON.stringify(record) },
    ]);
  });
  relay.wake();
}
