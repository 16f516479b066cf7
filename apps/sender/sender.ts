import type { Carrier, SendRequest } from '#shared/carriers/carrier.ts';
import { statusCallbackUrl } from '#shared/carriers/webhook-addresses.ts';
import type { Clock } from '#shared/clock.ts';
import { validitySeconds } from '#shared/compliance/gate.ts';
import type { Config } from '#shared/config.ts';
import type { Pacer } from '#shared/pacing/pacer.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { senderAddress } from '#shared/phone/sender-address.ts';
import { readCarriers } from '#shared/senders/carriers-of.ts';
import type { Claimed } from '#shared/sending/claim.ts';
import type { Lost } from '#shared/sending/reconcile.ts';
import { sameWords } from '#shared/sending/same-words.ts';
import {
  type Sending,
  type SendingCarrier,
  type SendingConfig,
  type SendingParts,
  startSending,
} from '#shared/sending/start-sending.ts';
import type { Listed } from '#shared/sending/verdict.ts';
import { CarrierPauses } from './carrier-pauses.ts';
import { smsPacing } from './pace.ts';
import { observeReply } from './reply-time.ts';
import type { senderSettings } from './settings.ts';
import { texts } from './texts.ts';

export type SenderConfig = Pick<
  Config<typeof senderSettings>,
  | 'PUBLIC_URL'
  | 'MESSAGE_PAUSE_MS'
  | 'MEDIA_PAUSE_MS'
  | 'INBOUND_DOUBT_MS'
  | 'RECONCILE_INTERVAL_MS'
  | 'STALE_TURN_MS'
  | 'HALT_HOLD_MS'
  | 'MAX_REQUESTS'
  | 'CLAIM_PHONES'
  | 'TURNS_IN_HAND'
  | 'ACCOUNT_SEGMENTS_PER_SECOND'
  | 'VONAGE_SEGMENTS_PER_SECOND'
  | 'AWS_SMS_SEGMENTS_PER_SECOND'
>;

export interface SenderParts extends Omit<SendingParts, 'via' | 'carrier' | 'others' | 'config' | 'pacing'> {
  /** Those that are set up; the first is that of numbers for which nothing else is said. */
  carriers: readonly Carrier[];
  config: SenderConfig;
  /** At which pace numbers may send. */
  pacer: Pacer;
}

export type Sender = Sending;

/** The sender without its connections: turns of texts become requests to the carriers of texts. */
export function startSender(parts: SenderParts): Sender {
  const { config, pool } = parts;
  const [first, ...others] = parts.carriers.map((carrier) => textsOf(carrier, parts));
  if (first === undefined) throw new Error('no carrier is set up');
  const pauses = new CarrierPauses(pool, parts.clock, parts.logger);
  return startSending({
    ...parts,
    via: texts,
    carrier: first,
    others: {
      carriers: others,
      carriersOf: readCarriers,
      notePause: (carrier, ms) => pauses.note(carrier, ms),
    },
    taken: (message) => observeReply(message, parts),
    config: configOf(config),
    pacing: smsPacing({
      pacer: parts.pacer,
      carrier: first.name,
      accountRates: {
        twilio: config.ACCOUNT_SEGMENTS_PER_SECOND,
        vonage: config.VONAGE_SEGMENTS_PER_SECOND,
        aws: config.AWS_SMS_SEGMENTS_PER_SECOND,
      },
      haltHoldMs: config.HALT_HOLD_MS,
    }),
  });
}

const configOf = (config: SenderConfig): SendingConfig => ({
  pauseMs: config.MESSAGE_PAUSE_MS,
  mediaPauseMs: config.MEDIA_PAUSE_MS,
  inboundDoubtMs: config.INBOUND_DOUBT_MS,
  reconcileIntervalMs: config.RECONCILE_INTERVAL_MS,
  staleTurnMs: config.STALE_TURN_MS,
  haltHoldMs: config.HALT_HOLD_MS,
  maxRequests: config.MAX_REQUESTS,
  claimPhones: config.CLAIM_PHONES,
  turnsInHand: config.TURNS_IN_HAND,
});

function textsOf(carrier: Carrier, { clock, config }: SenderParts): SendingCarrier {
  // Requests are never cut off from outside: an answer that is on its way is worth waiting for.
  const { signal } = new AbortController();
  return {
    name: carrier.name,
    send: (claimed) => carrier.send({ ...requestOf(claimed, carrier, config, clock), signal }),
    list: async (lost, since) =>
      carrier.capabilities.lists
        ? textsLike(lost, await carrier.listOutbound({ to: lost.to, from: lost.from, since }))
        : null,
    classifyError: (code) => carrier.classifyError(code),
  };
}

const requestOf = (
  { attemptId, message, validUntil }: Claimed,
  carrier: Carrier,
  config: SenderConfig,
  clock: Pick<Clock, 'now'>,
): Omit<SendRequest, 'signal'> => ({
  attemptId,
  messageId: message.messageId,
  to: phoneNumber(message.phoneNumber),
  from: senderAddress(message.senderNumber),
  body: message.body,
  template: message.template,
  mediaUrls: message.mediaUrls,
  statusCallbackUrl: statusCallbackUrl(config.PUBLIC_URL, carrier.name, {
    attemptId,
    messageId: message.messageId,
  }),
  validForSeconds: validitySeconds(clock.now().getTime(), validUntil.getTime()),
});

/** Those of a list of texts that look like the one that was lost: same sender, phone and words. */
export const textsLike = <T extends Listed & { from: string; to: string; body: string }>(
  lost: Lost,
  listed: readonly T[],
): T[] =>
  listed.filter(
    ({ body, from, to }) =>
      to === lost.to &&
      sameWords(
        { senderNumber: from, body },
        { senderNumber: lost.from, body: lost.body, isTemplate: lost.isTemplate },
      ),
  );
