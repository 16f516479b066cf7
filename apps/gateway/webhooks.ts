import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import type { Carrier, ReceivedWebhook, WebhookSubject } from '#shared/carriers/carrier.ts';
import { OLD_INBOUND_PATH, webhookMethods, webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { messageOf } from '#shared/errors.ts';
import { parseForm } from './form.ts';
import type { MissedTexts } from './missed-texts.ts';
import { nothingTaken, type OldAnswer, oldAnswer } from './old-inbound.ts';
import type { ReceivingDeps } from './receive-inbound.ts';
import { type Reception, receiveWebhook } from './receive-webhook.ts';

/** Longest body of a webhook that is read, in bytes. A text of 1,600 characters has about 5,000. */
export const MAX_BODY_BYTES = 64 * 1024;
/** Carriers wait 15 s in all, connecting included. What is not done by then goes on, and is asked for again. */
export const ANSWER_WITHIN_MS = 12_000;
/** Beyond so many webhooks in hand the rest is sent back to the carrier at once: memory stays bounded. */
export const MAX_IN_HAND = 2_000;

/** What an accepted webhook is answered with: Twilio reads it as a script, the others read the status alone. */
const nothingToSay = { twilio: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>' } as const;

/** Why a webhook was not taken in; the words of the metric WebhooksRefused. */
export type Refusal = 'too_large' | 'malformed' | 'signature' | 'unsigned' | 'unavailable' | 'overload';

/** Webhooks in hand. */
interface InHand {
  count: number;
  readonly most: number;
}

/**
 * The public face of the gateway: the webhooks of the carriers that are set up, each at addresses of its own.
 * - 200: the stream has it. Also for what can never be a command, which is kept aside.
 * - 400 not readable, or a parameter missing; 403 not signed by the carrier of that address; 405 by a method that its carrier
 *   does not use; 413 too long: nothing was done.
 * - 503 not taken in, or not known to be: the carrier is asked, by its address, to repeat.
 */
export function createWebhooks(
  carriers: readonly Carrier[],
  deps: ReceivingDeps,
  { maxInHand = MAX_IN_HAND, missed, withinDays }: WebhookOptions,
): Express {
  const app = express();
  app.disable('etag');
  app.use(helmet());
  const body = express.raw({ type: () => true, limit: MAX_BODY_BYTES });
  const inHand: InHand = { count: 0, most: maxInHand };
  for (const carrier of carriers) {
    const { inbound, status } = webhookPaths(carrier.name);
    const missesText = carrier.capabilities.lists ? () => missed.note(carrier.name) : () => undefined;
    const methods = webhookMethods(carrier.name);
    const paths = [...new Set([inbound, status])];
    for (const method of methods) {
      const answer = (path: string): RequestHandler =>
        answering(carrier, receiveWebhook, inHand, deps, path === inbound ? missesText : () => undefined);
      for (const path of paths) app[method](path, body, answer(path));
      if (carrier.name !== 'vonage') continue;
      app[method](
        OLD_INBOUND_PATH,
        body,
        answering(carrier, receiveOld(withinDays), inHand, deps, missesText),
      );
    }
    if (carrier.name === 'vonage') paths.push(OLD_INBOUND_PATH);
    for (const path of paths) app.all(path, otherMethods(methods));
  }
  app.use(onUnreadableBody(deps));
  return app;
}

export interface WebhookOptions {
  /** Most webhooks in hand at once. */
  maxInHand?: number;
  /** Told of carriers whose texts could not be taken in. */
  missed: MissedTexts;
  /** How long after its text a campaign is answered, in days. */
  withinDays: number;
}

type Receive = typeof receiveWebhook;
type Answered = Reception & { answer?: OldAnswer };

/** The frame of every webhook: load, form, signature, deadline, answer. `misses`: one was not taken in that should have been. */
function answering(
  carrier: Carrier,
  receive: (...parameters: Parameters<Receive>) => Promise<Answered>,
  inHand: InHand,
  deps: ReceivingDeps,
  misses: () => void,
): RequestHandler {
  const { clock, logger, metrics } = deps;
  const refuse = (response: Response, status: number, reason: Refusal): void => {
    if (reason === 'unavailable' || reason === 'overload') misses();
    metrics.observe('WebhooksRefused', 1, { Reason: reason });
    response.status(status).type('text/plain').send(reason);
  };
  const observe = (subject: WebhookSubject, ms: number): void => {
    if (subject !== 'text' && subject !== 'status') return;
    const dimensions = { Webhook: subject === 'text' ? 'sms' : subject } as const;
    metrics.observe('WebhooksAccepted', 1, dimensions);
    metrics.observe('WebhookMilliseconds', ms, dimensions);
  };
  return async (request: Request, response: Response): Promise<void> => {
    if (inHand.count >= inHand.most) return refuse(response, 503, 'overload');
    const webhook = received(request);
    if (webhook === null) return refuse(response, 400, 'malformed');
    const began = clock.monotonic();
    inHand.count += 1;
    const work = receive(carrier, webhook, deps).finally(() => {
      inHand.count -= 1;
    });
    const reception = await withinDeadline(work, carrier, deps);
    switch (reception.kind) {
      case 'forged':
        logger.warn({ carrier: carrier.name }, 'refused a webhook that the carrier did not sign');
        return refuse(response, 403, 'signature');
      case 'undecided':
        return refuse(response, 503, 'unsigned');
      case 'malformed':
        return refuse(response, 400, 'malformed');
      case 'unavailable':
        return refuse(response, 503, 'unavailable');
      case 'no_phone_number':
      case 'other_channel':
      case 'binary':
        metrics.observe('WebhooksRefused', 1, { Reason: reception.kind });
        break;
      case 'accepted':
        observe(reception.webhook, clock.monotonic() - began);
    }
    response.status(200);
    if (reception.answer !== undefined) response.json(reception.answer);
    else if (carrier.name === 'twilio') response.type('text/xml').send(nothingToSay.twilio);
    else response.end();
  };
}

/** Takes in a webhook at the path of an older system, and says in its words what became of it. */
const receiveOld =
  (withinDays: number) =>
  async (carrier: Carrier, webhook: ReceivedWebhook, deps: ReceivingDeps): Promise<Answered> => {
    const reception = await receiveWebhook(carrier, webhook, deps);
    if (reception.kind === 'accepted' && reception.webhook === 'text') {
      const asked = { withinDays, now: deps.clock.now() };
      return { ...reception, answer: await oldAnswer(deps.pool, carrier.name, reception.message, asked) };
    }
    const isRefused = ['forged', 'malformed', 'undecided'].includes(reception.kind);
    return isRefused ? reception : { ...reception, answer: nothingTaken };
  };

/** The request as carriers read it; null: it says that it is a form, and is none. */
export function received(request: Request): ReceivedWebhook | null {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const parameters = request.is('application/x-www-form-urlencoded') ? parseForm(body) : new Map();
  if (parameters === null) return null;
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    target: request.originalUrl,
    header: (header) => request.get(header),
    body,
    parameters,
  };
}

/** Why nobody waits for a deadline any more. Said once: without a reason each would be an error of its own, with a stack. */
const ANSWERED = new Error('answered');

interface Unavailable {
  kind: 'unavailable';
  answer?: undefined;
}

/** The reception, or `unavailable` when it failed or takes too long. Late work ends by itself, unanswered. */
export async function withinDeadline<T>(
  work: Promise<T>,
  { name: carrier }: { name: CarrierName },
  { clock, logger }: Pick<ReceivingDeps, 'clock' | 'logger'>,
): Promise<T | Unavailable> {
  const answered = new AbortController();
  const settled = work.catch((error: unknown): Unavailable => {
    // Whatever it is, the carrier still has the message: better asked for again than lost.
    logger.error({ carrier, err: error }, `could not take in a webhook: ${messageOf(error)}`);
    return { kind: 'unavailable' };
  });
  const late = clock.sleep(ANSWER_WITHIN_MS, answered.signal).then(
    (): Unavailable => {
      logger.error({ carrier }, 'a webhook was not taken in before its deadline');
      return { kind: 'unavailable' };
    },
    // The answer came first.
    (): Unavailable => ({ kind: 'unavailable' }),
  );
  const reception = await Promise.race([settled, late]);
  answered.abort(ANSWERED);
  return reception;
}

/** The answer to a webhook's address asked for by a method that its carrier does not use. Not counted: no carrier does that. */
export const otherMethods = (methods: readonly string[]): RequestHandler => {
  const allow = methods.map((method) => method.toUpperCase()).join(', ');
  return (_request, response) => {
    response.status(405).set('allow', allow).type('text/plain').send('method_not_allowed');
  };
};

/** Errors of reading a body: too long, cut off, an unknown encoding. */
export const onUnreadableBody =
  ({ metrics }: ReceivingDeps): ErrorRequestHandler =>
  (error, _request, response, next) => {
    if (response.headersSent) return next(error);
    const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
    const tooLarge = status === 413;
    metrics.observe('WebhooksRefused', 1, { Reason: tooLarge ? 'too_large' : 'malformed' });
    response
      .status(tooLarge ? 413 : 400)
      .type('text/plain')
      .send(tooLarge ? 'too_large' : 'malformed');
  };
