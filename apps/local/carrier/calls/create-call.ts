import { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isHttpUrl, recipientOf } from '../create-message.ts';
import { readVoiceTwiml } from './voice-twiml.ts';

/** POST .../Calls.json: its parameters as Twilio describes them, and the checks behind Twilio's error codes. */

const bool = z.enum(['true', 'false', 'True', 'False']);
const method = z.enum(['GET', 'POST']);
const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max));

const single = {
  To: z.string(),
  From: z.string(),
  Method: method,
  FallbackUrl: z.string(),
  FallbackMethod: method,
  StatusCallback: z.string(),
  StatusCallbackMethod: method,
  SendDigits: z.string(),
  Timeout: whole(1, 600),
  Record: bool,
  RecordingChannels: z.string(),
  RecordingStatusCallback: z.string(),
  RecordingStatusCallbackMethod: method,
  SipAuthUsername: z.string(),
  SipAuthPassword: z.string(),
  MachineDetection: z.enum(['Enable', 'DetectMessageEnd']),
  MachineDetectionTimeout: whole(3, 59),
  MachineDetectionSpeechThreshold: whole(1_000, 6_000),
  MachineDetectionSpeechEndThreshold: whole(500, 5_000),
  MachineDetectionSilenceTimeout: whole(2_000, 10_000),
  Trim: z.string(),
  CallerId: z.string(),
  AsyncAmd: bool,
  AsyncAmdStatusCallback: z.string(),
  AsyncAmdStatusCallbackMethod: method,
  Byoc: z.string().regex(/^BY[0-9a-fA-F]{32}$/),
  CallReason: z.string(),
  CallToken: z.string(),
  RecordingTrack: z.string(),
  TimeLimit: whole(1, 14_400),
  ClientNotificationUrl: z.string(),
  Url: z.string(),
  Twiml: z.string(),
  ApplicationSid: z.string().regex(/^AP[0-9a-fA-F]{32}$/),
} as const;
const repeated = {
  StatusCallbackEvent: z.array(z.string()),
  RecordingStatusCallbackEvent: z.array(z.string()),
} as const;

const formSchema = z.strictObject({ ...single, ...repeated }).partial();

/** Names of every parameter, for the comparison with Twilio's description. */
export const callParameters: readonly string[] = [...Object.keys(single), ...Object.keys(repeated)];

export interface CallRequest {
  to: PhoneNumber;
  from: string;
  twiml: string | null;
  url: string | null;
  fallbackUrl: string | null;
  statusCallback: string | null;
  statusCallbackEvents: string[];
  ringSeconds: number;
  timeLimitSeconds: number;
  machineDetection: 'Enable' | 'DetectMessageEnd' | null;
  asyncAmd: boolean;
  asyncAmdStatusCallback: string | null;
}

type Refused = { ok: false; code: number; detail?: string };
export type ParsedCall = { ok: true; request: CallRequest } | Refused;

const MAX_TWIML = 4_000;

/** Reads the form of a call. */
export function parseCallForm(form: string): ParsedCall {
  const read = readForm(form);
  if (!read.ok) return read;
  const parsed = formSchema.safeParse(read.fields);
  if (!parsed.success) return refuse(20001, z.prettifyError(parsed.error).replace(/\s+/g, ' '));
  const { data } = parsed;
  if (!data.To) return refuse(21201);
  const to = recipientOf(data.To);
  if (!to) return refuse(21211, data.To);
  if (!data.From) return refuse(21213);
  if (recipientOf(data.From) === null) return refuse(21212, data.From);
  const { Twiml, Url, ApplicationSid } = data;
  if (Url === undefined && Twiml === undefined && ApplicationSid === undefined)
    return refuse(21205, 'Url or Twiml');
  const document = instructionsFault(Url, Twiml);
  if (document !== null) return document;
  const addresses = [data.StatusCallback, data.FallbackUrl, data.AsyncAmdStatusCallback];
  if (!addresses.every((url) => url === undefined || isHttpUrl(url))) return refuse(21205);
  // Only posts are made here; whoever wants another method should know.
  const methods = [
    data.Method,
    data.FallbackMethod,
    data.StatusCallbackMethod,
    data.AsyncAmdStatusCallbackMethod,
  ];
  if (methods.includes('GET')) return refuse(20001, 'webhooks are only posted here');
  return {
    ok: true,
    request: {
      to,
      from: data.From,
      twiml: Url === undefined ? (Twiml ?? null) : null,
      url: Url ?? null,
      fallbackUrl: data.FallbackUrl ?? null,
      statusCallback: data.StatusCallback ?? null,
      statusCallbackEvents: (data.StatusCallbackEvent ?? ['completed']).flatMap((text) =>
        text.split(/[\s,]+/),
      ),
      ringSeconds: data.Timeout ?? 60,
      timeLimitSeconds: data.TimeLimit ?? 14_400,
      // Digits to send would be heard by whoever answers: Twilio detects nothing then.
      machineDetection: data.SendDigits ? null : (data.MachineDetection ?? null),
      asyncAmd: data.AsyncAmd?.toLowerCase() === 'true',
      asyncAmdStatusCallback: data.AsyncAmdStatusCallback ?? null,
    },
  };
}

/** POST .../Calls/{Sid}.json: what may be changed of a call. */
const updateSchema = z
  .strictObject({
    Status: z.enum(['canceled', 'completed']),
    Url: z.string(),
    Method: method,
    FallbackUrl: z.string(),
    FallbackMethod: method,
    StatusCallback: z.string(),
    StatusCallbackMethod: method,
    Twiml: z.string(),
    TimeLimit: whole(1, 14_400),
  })
  .partial();
export const updateParameters: readonly string[] = Object.keys(updateSchema.shape);

export type ParsedUpdate =
  | { ok: true; end: 'canceled' | 'completed' }
  | { ok: true; end: null; twiml: string | null; url: string | null }
  | Refused;

export function parseCallUpdate(form: string): ParsedUpdate {
  const read = readForm(form);
  if (!read.ok) return read;
  const parsed = updateSchema.safeParse(read.fields);
  if (!parsed.success) return refuse(20001, z.prettifyError(parsed.error).replace(/\s+/g, ' '));
  const { Status, Twiml, Url } = parsed.data;
  if (Status !== undefined) return { ok: true, end: Status };
  if (Url === undefined && Twiml === undefined)
    return refuse(20001, 'only Status, Url and Twiml can be set here');
  return (
    instructionsFault(Url, Twiml) ?? {
      ok: true,
      end: null,
      twiml: Url === undefined ? (Twiml ?? null) : null,
      url: Url ?? null,
    }
  );
}

function instructionsFault(url: string | undefined, twiml: string | undefined): Refused | null {
  if (url !== undefined) return isHttpUrl(url) ? null : refuse(21205, url);
  if (twiml === undefined) return null;
  if (twiml.length > MAX_TWIML) return refuse(21262, `${twiml.length} characters`);
  const document = readVoiceTwiml(twiml);
  return document.ok ? null : refuse(21262, document.reason);
}

type Form = { ok: true; fields: Record<string, string | string[]> } | Refused;

function readForm(form: string): Form {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(form)) {
    const list = fields[name];
    if (name in repeated) fields[name] = Array.isArray(list) ? [...list, value] : [value];
    else if (list !== undefined) return refuse(20001, `${name} is given twice`);
    else fields[name] = value;
  }
  return { ok: true, fields };
}

const refuse = (code: number, detail?: string): Refused =>
  detail === undefined ? { ok: false, code } : { ok: false, code, detail };
