import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Carrier, ReceivedWebhook } from '#shared/carriers/carrier.ts';
import { webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import { messageOf } from '#shared/errors.ts';
import { parseForm } from './form.ts';
import { asideReasons, keepAside } from './keep-aside.ts';
import { type ReceivingDeps, receiveInbound } from './receive-inbound.ts';
import { receiveStatus } from './receive-status.ts';

/** Longest body of a webhook that is read, in bytes. A text of 1,600 characters has about 5,000. */
export const MAX_BODY_BYTES = 64 * 1024;
/** The carrier waits 15 s in all, connecting included. What is not done by then goes on, and is asked for again. */
export const ANSWER_WITHIN_MS = 12_000;
/** Beyond so many webhooks in hand the rest is sent back to the carrier at once: memory stays bounded. */
export const MAX_IN_HAND = 2_000;

const NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** Why a webhook was not taken in; the words of the metric WebhooksRefused. */
type Refusal = 'too_large' | 'malformed' | 'signature' | 'unavailable' | 'overload' | 'no_phone_number';

/** What a verified webhook came to. */
type Reception = 'accepted' | 'malformed' | 'no_phone_number';
type Receive = (webhook: ReceivedWebhook) => Promise<Reception>;

/**
 * The public face of the gateway: the webhooks of one carrier.
 * - 200 with an empty TwiML document: the stream has it. Also for what can never be a command, which is kept aside.
 * - 400 no form, or a parameter missing; 403 not signed by the carrier; 413 too long: nothing was done.
 * - 503 not taken in, or not known to be: the carrier is asked, by its address, to repeat.
 */
export function createWebhooks(carrier: Carrier, deps: ReceivingDeps, maxInHand = MAX_IN_HAND): Express {
  const app = express();
  app.disable('etag');
  app.use(helmet());
  const paths = webhookPaths(carrier.name);
  const form = express.raw({ type: 'application/x-www-form-urlencoded', limit: MAX_BODY_BYTES });
  const inHand = { count: 0, most: maxInHand };
  app.post(paths.inbound, form, answering('sms', inboundOf(carrier, deps), inHand, carrier, deps));
  app.post(paths.status, form, answering('status', statusOf(carrier, deps), inHand, carrier, deps));
  app.use(onUnreadableBody(deps));
  return app;
}

const inboundOf =
  (carrier: Carrier, deps: ReceivingDeps): Receive =>
  async (webhook) => {
    const parsed = carrier.parseInbound(webhook);
    if (parsed.kind === 'malformed') {
      deps.logger.warn({ reason: parsed.reason }, 'a signed webhook is malformed');
      return 'malformed';
    }
    if (parsed.kind === 'no_phone_number') {
      const { carrierMessageId } = parsed.unreachable;
      await keepAside(
        deps.pool,
        carrier.name,
        parsed.unreachable,
        asideReasons.no_phone_number,
        deps.clock.machineTime(),
      );
      deps.logger.warn({ carrierMessageId }, 'a text without two phone numbers was kept aside');
      return 'no_phone_number';
    }
    await receiveInbound(carrier.name, parsed.message, deps);
    return 'accepted';
  };

const statusOf =
  (carrier: Carrier, deps: ReceivingDeps): Receive =>
  async (webhook) => {
    const parsed = carrier.parseStatus(webhook);
    if (parsed.kind === 'malformed') {
      deps.logger.warn({ reason: parsed.reason }, 'a signed status callback is malformed');
      return 'malformed';
    }
    await receiveStatus(carrier, parsed.report, deps);
    return 'accepted';
  };

/** The frame of both webhooks: load, form, signature, deadline, answer. */
function answering(
  name: 'sms' | 'status',
  receive: Receive,
  inHand: { count: number; readonly most: number },
  carrier: Carrier,
  deps: ReceivingDeps,
) {
  const refuse = (response: Response, status: number, reason: Refusal): void => {
    deps.metrics.observe('WebhooksRefused', 1, { Reason: reason });
    response.status(status).type('text/plain').send(reason);
  };
  return async (request: Request, response: Response): Promise<void> => {
    if (inHand.count >= inHand.most) return refuse(response, 503, 'overload');
    const parameters = Buffer.isBuffer(request.body) ? parseForm(request.body) : null;
    if (parameters === null) return refuse(response, 400, 'malformed');
    const webhook: ReceivedWebhook = {
      target: request.originalUrl,
      header: (header) => request.get(header),
      parameters,
    };
    if (!carrier.verifyWebhook(webhook)) {
      deps.logger.warn({ webhook: name }, 'refused a webhook that the carrier did not sign');
      return refuse(response, 403, 'signature');
    }
    const began = deps.clock.monotonic();
    inHand.count += 1;
    const work = receive(webhook).finally(() => {
      inHand.count -= 1;
    });
    const reception = await withinDeadline(work, name, deps);
    if (reception === 'malformed') return refuse(response, 400, 'malformed');
    if (reception === 'unavailable') return refuse(response, 503, 'unavailable');
    if (reception === 'no_phone_number') {
      deps.metrics.observe('WebhooksRefused', 1, { Reason: 'no_phone_number' });
    } else {
      deps.metrics.observe('WebhooksAccepted', 1, { Webhook: name });
    }
    deps.metrics.observe('WebhookMilliseconds', deps.clock.monotonic() - began, { Webhook: name });
    response.status(200).type('text/xml').send(NOTHING_TO_SAY);
  };
}

/** The reception, or `unavailable` when it failed or takes too long. Late work ends by itself, unanswered. */
async function withinDeadline(
  work: Promise<Reception>,
  webhook: string,
  { clock, logger }: ReceivingDeps,
): Promise<Reception | 'unavailable'> {
  const answered = new AbortController();
  const settled = work.catch((error: unknown): 'unavailable' => {
    // Whatever it is, the carrier still has the message: better asked for again than lost.
    logger.error({ webhook, err: error }, `could not take in a webhook: ${messageOf(error)}`);
    return 'unavailable';
  });
  const late = clock.sleep(ANSWER_WITHIN_MS, answered.signal).then(
    (): 'unavailable' => {
      logger.error({ webhook }, 'a webhook was not taken in before its deadline');
      return 'unavailable';
    },
    // The answer came first.
    (): 'unavailable' => 'unavailable',
  );
  const reception = await Promise.race([settled, late]);
  answered.abort();
  return reception;
}

/** Errors of reading a body: too long, cut off, an unknown encoding. */
const onUnreadableBody =
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
