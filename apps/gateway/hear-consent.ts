import type { InboundMessage, NoPhoneNumberInbound, OtherChannelInbound } from '#shared/carriers/carrier.ts';
import { type ConsentChange, consentChange } from '#shared/consent/change.ts';
import { lastDayToHonour } from '#shared/consent/deadline.ts';
import { waitForRequestsInFlight } from '#shared/consent/in-flight.ts';
import {
  type EitherReading,
  readConsentText,
  readWhileStandingUnknown,
  type TextReading,
} from '#shared/consent/read-text.ts';
import { type RecordedConsent, type Reviewed, recordConsent, type Undated } from '#shared/consent/record.ts';
import { openReview } from '#shared/consent/review-queue.ts';
import type { CarrierName, HeardConsent } from '#shared/contracts/dialog-commands.ts';
import { CarillonError } from '#shared/errors.ts';
import { inboundCommandId } from '#shared/identity.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import type { ReceivingDeps } from './receive-inbound.ts';

/** A text as it is taken in: known by the id that derives from the carrier's. */
export interface Heard {
  carrier: CarrierName;
  message: InboundMessage;
  commandId: string;
  receivedAt: Date;
  /** Asks the carrier when it received the text, where the webhook does not say; null: it says, or nobody can be asked. */
  dateOf: (() => Promise<Date | null>) | null;
}

/**
 * All tries of a webhook of Twilio end within 15 s, and what came with the last of them is done with after 12 s (`ANSWER_WITHIN_MS`) but for what
 * the database still does: what comes later than this after a revocation was sent after it.
 */
const REPEATED_WITHIN_MS = 30_000;
/** The time that Twilio says is a whole second. A START of the second in which a STOP came was sent after it: it came after it. */
const REST_OF_SECOND_MS = 999;

/**
 * Records what a text says about consent and returns what that did, the same for every delivery of the text. A text that
 * a person should read is put before one.
 *
 * After an opt-out the requests in flight are over when this resolves: whoever answers the carrier then may say that
 * none starts. Rejects when the database is away; nothing may be answered or put then.
 */
export async function hearConsent(heard: Heard, deps: ReceivingDeps): Promise<HeardConsent> {
  const { body, optOutType } = heard.message;
  const reading = readWhileStandingUnknown(body, optOutType, deps.reviewPolicy);
  switch (reading.verdict) {
    case 'opt_out':
      await record(changeOf(heard, reading, 'opted_out'), forReview(heard, reading), deps);
      // Also when it is known already: the delivery before may have died while it waited.
      await endRequestsInFlight({ commandId: heard.commandId, from: heard.message.from }, deps);
      return 'opted_out';
    case 'opt_in': {
      const recorded = await recordOptIn(heard, reading, deps);
      // "Start" from somebody who never stopped is a text like any other: a code, an answer.
      return (recorded.kind === 'changed' || recorded.kind === 'known') && recorded.lifted
        ? 'opted_in'
        : null;
    }
    case 'help':
    case null:
      await putBeforePerson(
        {
          commandId: heard.commandId,
          phoneNumber: heard.message.from,
          requestedAt: heard.receivedAt,
        },
        forReview(heard, reading),
        deps,
      );
      return reading.verdict;
  }
}

/**
 * Records an opt-out that somebody wrote where we hear nobody, under their number: by another channel, or to a short code. Whoever asks to be
 * left alone is, however they ask; what may mean that is put before a person. Nothing else that is written there changes anything. The dialog,
 * which does not hear the message, is told. Rejects as `hearConsent` does.
 */
export async function hearElsewhere(
  carrier: CarrierName,
  written: OtherChannelInbound | NoPhoneNumberInbound,
  deps: ReceivingDeps,
): Promise<void> {
  const { phoneNumber, unreachable } = written;
  if (phoneNumber === null) return;
  const { body, carrierMessageId } = unreachable;
  const isText = written.kind === 'no_phone_number';
  const carrierVerdict = isText ? written.optOutType : null;
  const { review, rule, verdict } = readConsentText(
    body,
    { optedOut: false, carrierVerdict },
    deps.reviewPolicy,
  );
  const commandId = inboundCommandId(carrier, carrierMessageId);
  const requestedAt = deps.clock.now();
  const reviewed: Reviewed | null = review
    ? { originalMessage: body, rule: rule ?? '', deadline: lastDayToHonour(requestedAt) }
    : null;
  if (verdict !== 'opt_out') {
    await putBeforePerson({ commandId, phoneNumber, requestedAt }, reviewed, deps);
    return;
  }
  const change = consentChange({
    changeId: commandId,
    phoneNumber,
    status: 'opted_out',
    method: 'sms',
    originalMessage: body,
    cause: `${carrier} ${carrierMessageId}, ${isText ? 'to no phone number' : `by ${written.channel}`}`,
    rule,
    requestedAt,
  });
  const recorded = await record(change, reviewed, deps, { teller: 'gateway' });
  if (recorded.kind === 'changed') deps.relay.wake();
  await endRequestsInFlight({ commandId, from: phoneNumber }, deps);
}

const forReview = ({ message, receivedAt }: Heard, { review, rule }: TextReading): Reviewed | null =>
  review ? { originalMessage: message.body, rule: rule ?? '', deadline: lastDayToHonour(receivedAt) } : null;

const changeOf = (
  { carrier, message, commandId, receivedAt }: Heard,
  { rule, onlyWhileOptedOut }: EitherReading,
  status: 'opted_out' | 'opted_in',
): ConsentChange =>
  consentChange({
    changeId: commandId,
    phoneNumber: message.from,
    status,
    method: 'sms',
    originalMessage: message.body,
    cause: `${carrier} ${message.carrierMessageId}${isWhatsApp(message.to) ? ', by whatsapp' : ''}`,
    rule,
    requestedAt: receivedAt,
    foundLate: message.receivedAt !== null,
    onlyWhileOptedOut,
  });

/**
 * A START that comes right after a STOP may have been sent before it: refused at first, and repeated. Then the carrier is asked when it was. Rejects
 * when it cannot say: it brings the START again, or the sweep finds it with its time. So a STOP stays, and no START is lost.
 */
async function recordOptIn(
  heard: Heard,
  reading: EitherReading,
  deps: ReceivingDeps,
): Promise<RecordedConsent> {
  const change = changeOf(heard, reading, 'opted_in');
  const review = forReview(heard, reading);
  if (heard.dateOf === null) return record(change, review, deps);
  const recorded = await record(change, review, deps, { undated: { withinMs: REPEATED_WITHIN_MS } });
  if (recorded.kind !== 'order_unknown') return recorded;
  const date = await heard.dateOf();
  if (date === null) {
    throw new CarillonError('unavailable', 'the carrier does not say when a START was sent');
  }
  const requestedAt = new Date(date.getTime() + REST_OF_SECOND_MS);
  return record({ ...change, requestedAt, foundLate: true }, review, deps);
}

async function record(
  change: ConsentChange,
  review: Reviewed | null,
  { pool, clock, cache, logger, metrics, pseudonyms }: ReceivingDeps,
  // The dialog hears the text itself, with what it did.
  { teller = null, undated = null }: { teller?: 'gateway' | null; undated?: Undated | null } = {},
): Promise<RecordedConsent> {
  const telling = { teller, now: clock.now(), cache, pseudonyms };
  const recorded = await recordConsent(pool, change, telling, review, undated);
  const { changeId, cause, phoneNumber: from, status, rule } = change;
  if (recorded.kind === 'changed' || recorded.kind === 'known') {
    const isNew = recorded.kind === 'changed';
    logger.info(
      { commandId: changeId, cause, from, status, rule, isNew },
      'a person changed their consent by text',
    );
  }
  if (recorded.kind === 'changed') {
    if (status === 'opted_out') metrics.observe('OptOuts', 1, {});
    if (review !== null) metrics.observe('TextsForReview', 1, {});
    if (recorded.blocked > 0) metrics.observe('MessagesBlocked', recorded.blocked, {});
  }
  return recorded;
}

async function endRequestsInFlight(
  { commandId, from }: { commandId: string; from: PhoneNumber },
  { pool, clock, logger }: ReceivingDeps,
): Promise<void> {
  if (await waitForRequestsInFlight(pool, clock, from)) return;
  logger.warn({ commandId, from }, 'a request was still on its way after the wait');
}

async function putBeforePerson(
  { commandId, phoneNumber, requestedAt }: { commandId: string; phoneNumber: PhoneNumber; requestedAt: Date },
  review: Reviewed | null,
  { pool, metrics }: ReceivingDeps,
): Promise<void> {
  if (review === null) return;
  await openReview(pool, { ...review, reviewId: commandId, phoneNumber, changeId: null, requestedAt });
  metrics.observe('TextsForReview', 1, {});
}
