import { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { AnsweredBy } from '#shared/voice/call-outcomes.ts';
import type { ReceivedWebhook } from '../carrier.ts';
import { carrierId, carrierWord, faults, storableText, uuidOrNull } from '../readable.ts';
import type {
  CallParse,
  CallReport,
  CallStatusReport,
  InboundCall,
  KeyReport,
  MachineReport,
} from '../voice.ts';
import { sipErrorCode } from './voice-error-table.ts';
import { carrierAddress, firstValues } from './webhook-parameters.ts';

/**
 * Reading the parameters of Twilio's webhooks about calls. Twilio adds parameters without notice: whatever is not named here
 * is ignored. https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */

const call = {
  CallSid: carrierId,
  // Callbacks of machine detection say neither number.
  To: z.string().default(''),
  From: z.string().default(''),
  Direction: z.string().default('outbound-api'),
};
const statusParameters = z.object({
  ...call,
  CallStatus: carrierWord,
  CallDuration: z.coerce.number().int().min(0).optional().catch(undefined),
  AnsweredBy: z.string().optional(),
  ErrorCode: z.string().optional(),
  SipResponseCode: z.string().optional(),
});
const keyParameters = z.object({ ...call, Digits: z.string().default('') });
const machineParameters = z.object({ ...call, AnsweredBy: z.string().min(1) });
const inboundParameters = z.object(call);

type Parameters = z.infer<typeof inboundParameters>;

/** See VoiceWebhooks.parseStatus. */
export const parseStatus = (webhook: ReceivedWebhook): CallParse<CallStatusReport> =>
  parsing(statusParameters, webhook, (said) => ({
    ...reportOf(webhook, said),
    status: said.CallStatus,
    errorCode: errorCodeOf(said),
    answeredBy: answeredByOf(said.AnsweredBy),
    seconds: said.CallDuration ?? null,
  }));

/** See VoiceWebhooks.parseKeys. */
export const parseKeys = (webhook: ReceivedWebhook): CallParse<KeyReport> =>
  parsing(keyParameters, webhook, (said) => ({
    ...reportOf(webhook, said),
    key: /^[0-9*#]/.exec(said.Digits)?.[0] ?? null,
    ourNumber: numbersOf(said).ours,
  }));

/** See VoiceWebhooks.parseMachine. */
export const parseMachine = (webhook: ReceivedWebhook): CallParse<MachineReport> =>
  parsing(machineParameters, webhook, (said) => ({
    ...reportOf(webhook, said),
    answeredBy: answeredByOf(said.AnsweredBy) ?? 'unknown',
  }));

/** See VoiceWebhooks.parseInbound. */
export const parseInboundCall = (webhook: ReceivedWebhook): CallParse<InboundCall> =>
  parsing(inboundParameters, webhook, (said) => ({
    carrierMessageId: said.CallSid,
    from: shownNumber(said.From),
    to: shownNumber(said.To),
  }));

/** The carrier's word for who answered, in ours; null: it says nothing. */
export function answeredByOf(word: string | null | undefined): AnsweredBy | null {
  if (word === undefined || word === null || word === '') return null;
  if (word === 'human' || word === 'fax') return word;
  return word.startsWith('machine') ? 'machine' : 'unknown';
}

function parsing<S extends z.ZodType, T>(
  schema: S,
  webhook: ReceivedWebhook,
  read: (said: z.infer<S>) => T,
): CallParse<T> {
  const parsed = schema.safeParse(firstValues(webhook));
  return parsed.success
    ? { kind: 'parsed', report: read(parsed.data) }
    : { kind: 'malformed', reason: faults(parsed.error) };
}

function reportOf(webhook: ReceivedWebhook, said: Parameters): CallReport {
  const query = new URLSearchParams(webhook.target.split('?')[1] ?? '');
  return {
    carrierMessageId: said.CallSid,
    attemptId: uuidOrNull(query.get('attempt')),
    messageId: uuidOrNull(query.get('message')),
    phoneNumber: numbersOf(said).theirs,
  };
}

/** Who calls us stands in From, whom we call in To. */
function numbersOf({ Direction, From, To }: Parameters): {
  theirs: PhoneNumber | null;
  ours: PhoneNumber | null;
} {
  const [from, to] = [shownNumber(From), shownNumber(To)];
  return Direction === 'inbound' ? { theirs: from, ours: to } : { theirs: to, ours: from };
}

/** What stands for a number that is withheld: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE as keys of a phone. */
const WITHHELD = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253']);

const shownNumber = (address: string): PhoneNumber | null =>
  WITHHELD.has(address.trim()) ? null : carrierAddress(address);

/** Calls that were taken, busy or not answered end with answers of the network too: those are no errors. */
function errorCodeOf(said: z.infer<typeof statusParameters>): string | null {
  const { CallStatus, ErrorCode, SipResponseCode } = said;
  if (ErrorCode !== undefined && ErrorCode !== '' && ErrorCode !== '0') return storableText(ErrorCode);
  const isFault =
    CallStatus === 'failed' && SipResponseCode !== undefined && /^[3-6]\d\d$/.test(SipResponseCode);
  return isFault ? sipErrorCode(SipResponseCode) : null;
}
