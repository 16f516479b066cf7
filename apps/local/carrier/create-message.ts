import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { channelAddress } from '#shared/phone/channel-address.ts';
import { isPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import { readVariables } from './templates.ts';

/** POST .../Messages.json: its parameters as Twilio describes them, and the checks behind Twilio's error codes. */

const bool = z.enum(['true', 'false', 'True', 'False']);
const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`));
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/**
 * Parameters that may be given once. `MessageIntent` is not in Twilio's description of April 2026, but Twilio's own
 * client library sends it.
 */
const single = {
  To: z.string(),
  From: z.string(),
  FallbackFrom: z.string(),
  Body: z.string(),
  StatusCallback: z.string(),
  MessagingServiceSid: sid('MG'),
  ApplicationSid: sid('AP'),
  ContentSid: sid('HX'),
  ContentVariables: z.string(),
  ContentRetention: z.enum(['retain', 'discard']),
  AddressRetention: z.enum(['retain', 'obfuscate']),
  TrafficType: z.enum(['free']),
  RiskCheck: z.enum(['enable', 'disable']),
  ScheduleType: z.enum(['fixed']),
  SendAt: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  MaxPrice: z.string().regex(/^\d+(\.\d+)?$/),
  ValidityPeriod: whole(1, 36_000),
  Attempt: whole(1, 1_000),
  ProvideFeedback: bool,
  ForceDelivery: bool,
  SmartEncoded: bool,
  ShortenUrls: bool,
  SendAsMms: bool,
  MessageIntent: z.string(),
} as const;
const repeated = { MediaUrl: z.array(z.string()), PersistentAction: z.array(z.string()) } as const;

const formSchema = z.strictObject({ ...single, ...repeated }).partial();

/** Names of every parameter, for the comparison with Twilio's description. */
export const createParameters: readonly string[] = [...Object.keys(single), ...Object.keys(repeated)];

export interface CreateRequest {
  to: PhoneNumber;
  /** Null: the messaging service chooses. */
  from: string | null;
  body: string;
  /** What goes in the place of the body. Left out: nothing. */
  content?: { contentSid: string; variables: Record<string, string> };
  mediaUrls: string[];
  messagingServiceSid: string | null;
  statusCallback: string | null;
  /** Seconds that it may wait for a network. */
  validForSeconds: number;
  /** Milliseconds since 1970; null: at once. */
  sendAt: number | null;
  /** Left out: Twilio. */
  carrier?: CarrierName;
  /** Handed back with every status. Left out: nothing. */
  reference?: Record<string, string>;
}

export type Parsed = { ok: true; request: CreateRequest } | { ok: false; code: number; detail?: string };

const MAX_BODY = 1_600;
const MAX_MEDIA = 10;
const DAY_MS = 86_400_000;

/** Reads the form of a send. `now` decides whether a schedule is acceptable. */
export function parseCreateForm(form: string, now: number): Parsed {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(form)) {
    const list = fields[name];
    if (name in repeated) fields[name] = Array.isArray(list) ? [...list, value] : [value];
    else if (list !== undefined) return refuse(20001, `${name} is given twice`);
    else fields[name] = value;
  }
  const parsed = formSchema.safeParse(fields);
  if (!parsed.success) return refuse(20001, z.prettifyError(parsed.error).replace(/\s+/g, ' '));
  const { data } = parsed;

  if (!data.To) return refuse(21604);
  const person = channelAddress(data.To);
  const onWhatsApp = person.channel === 'whatsapp';
  const to = recipientOf(onWhatsApp ? person.address : data.To);
  if (!to) return refuse(21211, data.To);
  const from = data.From === undefined || data.From === '' ? null : data.From;
  if (from === null && data.MessagingServiceSid === undefined) return refuse(21603);
  if (from !== null && !isSender(from) && !isWhatsApp(from)) return refuse(21212, from);
  if (from === data.To) return refuse(21266);
  if (from !== null && isWhatsApp(from) !== onWhatsApp) return refuse(21910);

  const content = contentOf(data);
  if (content === null) return refuse(21656);
  // With a template nothing else is said.
  const body = content === undefined ? (data.Body ?? '') : '';
  const mediaUrls = content === undefined ? (data.MediaUrl ?? []) : [];
  if (body === '' && mediaUrls.length === 0 && content === undefined) return refuse(21602);
  if (body.length > MAX_BODY) return refuse(21617);
  if (mediaUrls.length > MAX_MEDIA) return refuse(21623);
  if (!mediaUrls.every(isHttpUrl)) return refuse(21620);
  if (data.StatusCallback !== undefined && !isHttpUrl(data.StatusCallback)) return refuse(21609);

  if ((data.SendAt === undefined) !== (data.ScheduleType === undefined)) return refuse(35114);
  if (data.SendAt !== undefined) {
    if (data.MessagingServiceSid === undefined) return refuse(35118);
    const ahead = data.SendAt - now;
    if (ahead < 900_000 || ahead > 35 * DAY_MS) return refuse(35111);
  }
  return {
    ok: true,
    request: {
      to,
      from,
      body,
      ...(content === undefined ? {} : { content }),
      // By WhatsApp one file goes, and the others are dropped without a word.
      mediaUrls: onWhatsApp ? mediaUrls.slice(0, 1) : mediaUrls,
      messagingServiceSid: data.MessagingServiceSid ?? null,
      statusCallback: data.StatusCallback ?? null,
      validForSeconds: data.ValidityPeriod ?? 36_000,
      sendAt: data.SendAt ?? null,
    },
  };
}

/** The template that is named, with its variables; undefined: none is. Null: the variables cannot be read. */
function contentOf({
  ContentSid: contentSid,
  ContentVariables: text,
}: z.infer<typeof formSchema>): CreateRequest['content'] | null {
  if (contentSid === undefined) return undefined;
  const variables = readVariables(text);
  return variables === null ? null : { contentSid, variables };
}

const refuse = (code: number, detail?: string): Parsed =>
  detail === undefined ? { ok: false, code } : { ok: false, code, detail };

/** +1 numbers by the numbering plan: area code and exchange do not start with 0 or 1. */
const NORTH_AMERICAN = /^\+1[2-9]\d{2}[2-9]\d{6}$/;

/**
 * The number that a text can be sent to, or null. Numbers reserved for fiction (555-01xx) are possible ones: the
 * virtual phones have them.
 */
export function recipientOf(text: string): PhoneNumber | null {
  if (!isPhoneNumber(text)) return null;
  if (text.startsWith('+1')) return NORTH_AMERICAN.test(text) ? text : null;
  return parsePhoneNumberFromString(text)?.isPossible() ? text : null;
}

/** A number, a short code, or a sender name of up to 11 letters and digits. */
const isSender = (text: string): boolean =>
  recipientOf(text) !== null || /^\d{3,8}$/.test(text) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text);

export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s_/?#]+(?:[/?#]|$)/i.test(text) && text.length <= 4_000 && URL.canParse(text);
}
