import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp, type SenderAddress } from '#shared/phone/sender-address.ts';
import { faultsChangeSchema } from '#shared/simulator/faults.ts';
import { lineSchema } from '#shared/simulator/line.ts';
import type { CarrierControl } from './control.ts';
import { recipientOf } from './create-message.ts';
import { readBody, sendJson } from './http-exchange.ts';
import type { LiveEvents } from './live-events.ts';
import { templateSchema } from './templates.ts';

/** The control API over HTTP: JSON, no credentials, for the machine it runs on. Described in docs/simulator.md. */

export const CONTROL_PREFIX = '/simulator/';

const number = z.string().transform((text, context): PhoneNumber => {
  const recipient = recipientOf(text);
  if (recipient) return recipient;
  context.addIssue({ code: 'custom', message: 'must be a phone number like +14155550101' });
  return z.NEVER;
});
/** Of ours: on WhatsApp the person writes there. */
const address = z.string().transform((text, context): SenderAddress => {
  if (isWhatsApp(text)) return text;
  const recipient = recipientOf(text);
  if (recipient) return recipient;
  context.addIssue({
    code: 'custom',
    message: 'must be a phone number like +14155550101, or one on WhatsApp',
  });
  return z.NEVER;
});
const webUrl = z.url({ protocol: /^https?$/ });

const textSchema = z
  .strictObject({
    body: z.string().max(1_600).default(''),
    to: address.optional(),
    mediaUrls: z.array(webUrl).max(10).default([]),
  })
  .refine((text) => text.body !== '' || text.mediaUrls.length > 0, {
    message: 'body or mediaUrls is required',
  });

const webhooksSchema = z.strictObject({
  inboundUrl: webUrl.nullable().optional(),
  byNumber: z.record(z.string().regex(/^\+[1-9]\d{6,14}$/), webUrl).optional(),
  voiceUrl: webUrl.nullable().optional(),
});

const keySchema = z.strictObject({ key: z.string().regex(/^[0-9*#]$/, 'must be one key of a phone') });
/** Of a stream of events. */
const MOST_PHONES = 100;
const phonesSchema = z.strictObject({
  phones: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(number).min(1).max(MOST_PHONES)),
});
const recentSchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
const callInSchema = z.strictObject({ to: number.optional(), line: lineSchema.optional() });

const offset = z.int().min(0);
/** An offset alone is in force at once. */
const clockSchema = z
  .strictObject({ offsetMs: offset, previousMs: offset.default(0), jumpsAt: z.number().min(0).default(0) })
  .refine(({ offsetMs, previousMs }) => previousMs <= offsetMs, {
    message: 'previousMs must not be more than offsetMs',
  });

const pageSchema = z.strictObject({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** An answer that is not 200. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handler = (input: {
  body: () => Promise<unknown>;
  search: string;
  phone: () => PhoneNumber;
}) => Promise<{
  status?: number;
  json: unknown;
}>;

export function createControlApi(control: CarrierControl, live: LiveEvents) {
  const handlers: Record<string, Handler> = {
    'POST phones/texts': async ({ body, phone }) => {
      const from = phone();
      const { to, ...text } = parse(textSchema, await body());
      return { status: 202, json: await control.sendText(from, to === undefined ? text : { ...text, to }) };
    },
    'GET phones/messages': async ({ phone }) => ({ json: { messages: control.messagesOf(phone()) } }),
    'GET phones/line': async ({ phone }) => ({ json: control.lineOf(phone()) }),
    'POST phones/line': async ({ body, phone }) => ({
      json: control.setLine(phone(), parse(lineSchema, await body())),
    }),
    'GET phones/calls': async ({ phone }) => ({ json: { calls: control.callsOf(phone()) } }),
    'POST phones/calls': async ({ body, phone }) => {
      const { line, to } = parse(callInSchema, await body());
      const call = control.callIn(phone(), {
        ...(to === undefined ? {} : { to }),
        ...(line === undefined ? {} : { line }),
      });
      if (call === null) throw new Refused(409, 'nobody answers calls: voiceUrl is not set');
      return { status: 202, json: call };
    },
    'POST phones/answer': async ({ phone }) =>
      done(control.answer(phone()), 'no call waits to be taken by hand'),
    'POST phones/keys': async ({ body, phone }) => {
      const { key } = parse(keySchema, await body());
      return done(control.press(phone(), key), 'no call is under way');
    },
    'POST phones/hang-up': async ({ phone }) => done(control.hangUp(phone()), 'no call is under way'),
    'GET phones': async ({ search }) => ({
      json: {
        mainNumber: control.mainNumber,
        phones: control.recentPhones(parse(recentSchema, parametersOf(search)).limit),
      },
    }),
    'GET messages': async ({ search }) => {
      const { after, limit } = parse(pageSchema, parametersOf(search));
      const page = control.messages({ after: after ?? null, limit });
      if (!page) throw new Refused(400, `after: no message has the id ${after}`);
      return { json: page };
    },
    'GET templates': async () => ({ json: { templates: control.templates() } }),
    'POST templates': async ({ body }) => ({
      json: control.putTemplate(parse(templateSchema, await body())),
    }),
    'GET faults': async () => ({ json: control.faults() }),
    'POST faults': async ({ body }) => {
      const change = parse(faultsChangeSchema, await body());
      return { json: attempt(() => control.setFaults(change)) };
    },
    'GET webhooks': async () => ({ json: control.webhooks() }),
    'POST webhooks': async ({ body }) => {
      const { inboundUrl, byNumber, voiceUrl } = parse(webhooksSchema, await body());
      return {
        json: control.setWebhooks({
          ...(inboundUrl === undefined ? {} : { inboundUrl }),
          ...(byNumber === undefined ? {} : { byNumber }),
          ...(voiceUrl === undefined ? {} : { voiceUrl }),
        }),
      };
    },
    'GET clock': async () => ({ json: control.clock() }),
    'POST clock': async ({ body }) => ({ json: control.skipTo(parse(clockSchema, await body())) }),
    'GET stats': async () => ({ json: control.stats() }),
    'POST reset': async () => {
      control.reset();
      return { json: {} };
    },
  };

  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    search: string,
  ): Promise<void> => {
    const { key, phone } = routeOf(request.method ?? 'GET', path);
    if (key === 'GET phones/events') return live.subscribe([phone()], response);
    if (key === 'GET events')
      return live.subscribe(parse(phonesSchema, parametersOf(search)).phones, response);
    const handler = handlers[key];
    if (!handler) throw new Refused(404, `there is no ${request.method} ${path}`);
    const { status, json } = await handler({ body: () => jsonOf(request), search, phone });
    sendJson(response, status ?? 200, JSON.stringify(json));
  };

  return {
    handle: (
      request: IncomingMessage,
      response: ServerResponse,
      path: string,
      search: string,
    ): Promise<void> =>
      handle(request, response, path, search).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        sendJson(response, error.status, JSON.stringify({ error: error.message }));
      }),
  };
}

const parametersOf = (search: string): object => Object.fromEntries(new URLSearchParams(search));

function done(isDone: boolean, otherwise: string): { json: unknown } {
  if (!isDone) throw new Refused(409, otherwise);
  return { json: {} };
}

/** "POST phones/texts" for POST /simulator/phones/+14155550101/texts. */
function routeOf(method: string, path: string): { key: string; phone: () => PhoneNumber } {
  const parts = path.slice(CONTROL_PREFIX.length).split('/');
  if (parts[0] !== 'phones' || parts.length !== 3) {
    return { key: `${method} ${parts.join('/')}`, phone: () => parse(number, '') };
  }
  return { key: `${method} phones/${parts[2]}`, phone: () => parse(number, decode(parts[1] ?? '')) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the text is judged as it stands.
    return text;
  }
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  if (body === null) throw new Refused(413, 'the body is too long');
  try {
    return JSON.parse(body);
  } catch {
    throw new Refused(400, 'the body is not JSON');
  }
}

const parse = <T>(schema: z.ZodType<T>, value: unknown): T => attempt(() => schema.parse(value));

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof z.ZodError) throw new Refused(400, z.prettifyError(error));
    throw error;
  }
}
