import { type Request, type RequestHandler, type Response, Router, raw } from 'express';
import type { ReceivedWebhook } from '#shared/carriers/carrier.ts';
import type { AnswerDocument, CallParse, VoiceWebhooks } from '#shared/carriers/voice.ts';
import { voicePaths, webhookAddress } from '#shared/carriers/webhook-addresses.ts';
import {
  MAX_BODY_BYTES,
  MAX_IN_HAND,
  onUnreadableBody,
  otherMethods,
  type Refusal,
  received,
  withinDeadline,
} from '../webhooks.ts';
import type { CallDeps } from './call-deps.ts';
import { calledBack } from './called-back.ts';
import { receiveKey } from './keys.ts';
import { putStatus, receiveMachine } from './machine.ts';

/** What a verified webhook about a call came to. */
type Reception = { kind: 'answer'; document: AnswerDocument } | { kind: 'malformed' };
type Receive = (webhook: ReceivedWebhook) => Promise<Reception>;

/** The names under which they are counted. */
type WebhookName = 'call_status' | 'call_keys' | 'call_machine' | 'call_inbound';

/**
 * The webhooks of one carrier about calls. An answer of 200 is a document that the carrier plays; other answers mean what
 * those of webhooks.ts do. On 503 the carrier asks again, and in the end at the fallback address of the call, which is that
 * of the keys: then the person hears everything once more, with the way out.
 */
export function voiceRoutes(voice: VoiceWebhooks, deps: CallDeps, maxInHand = MAX_IN_HAND): Router {
  const router = Router();
  const body = raw({ type: () => true, limit: MAX_BODY_BYTES });
  const inHand = { count: 0, most: maxInHand };
  const paths = voicePaths(voice.name);
  const keysUrl = webhookAddress(deps.publicUrl, voice.name, paths.keys);
  const nothing = voice.answer({ kind: 'nothing' });
  const route = (path: string, name: WebhookName, receive: Receive): void => {
    router.post(path, body, answering(voice, name, receive, inHand, deps));
    router.all(path, otherMethods(['post']));
  };

  route(
    paths.status,
    'call_status',
    reading(deps, voice.parseStatus, async (report) => {
      await putStatus(voice.name, report, deps);
      return nothing;
    }),
  );
  route(
    paths.machine,
    'call_machine',
    reading(deps, voice.parseMachine, async (report) => {
      await receiveMachine(voice, report, deps);
      return nothing;
    }),
  );
  route(
    paths.keys,
    'call_keys',
    reading(deps, voice.parseKeys, async (report, { target }) => {
      // The next key of this call comes to the same address.
      const address = webhookAddress(deps.publicUrl, voice.name, target);
      return voice.answer(await receiveKey(voice.name, report, address, deps));
    }),
  );
  route(
    paths.inbound,
    'call_inbound',
    reading(deps, voice.parseInbound, async ({ from }) =>
      voice.answer(await calledBack(from, keysUrl, deps)),
    ),
  );
  router.use(onUnreadableBody(deps));
  return router;
}

const reading =
  <T>(
    { logger }: Pick<CallDeps, 'logger'>,
    parse: (webhook: ReceivedWebhook) => CallParse<T>,
    take: (report: T, webhook: ReceivedWebhook) => Promise<AnswerDocument>,
  ): Receive =>
  async (webhook) => {
    const parsed = parse(webhook);
    if (parsed.kind === 'parsed') return { kind: 'answer', document: await take(parsed.report, webhook) };
    logger.warn({ reason: parsed.reason }, 'a signed webhook about a call is malformed');
    return { kind: 'malformed' };
  };

/** The frame of every webhook: load, form, signature, deadline, answer. */
function answering(
  voice: VoiceWebhooks,
  name: WebhookName,
  receive: Receive,
  inHand: { count: number; readonly most: number },
  deps: CallDeps,
): RequestHandler {
  const { clock, logger, metrics } = deps;
  const refuse = (response: Response, status: number, reason: Refusal): void => {
    metrics.observe('WebhooksRefused', 1, { Reason: reason });
    response.status(status).type('text/plain').send(reason);
  };
  return async (request: Request, response: Response): Promise<void> => {
    if (inHand.count >= inHand.most) return refuse(response, 503, 'overload');
    const webhook = received(request);
    if (webhook === null) return refuse(response, 400, 'malformed');
    if (!voice.verifyWebhook(webhook)) {
      logger.warn({ webhook: name }, 'refused a webhook about a call that the carrier did not sign');
      return refuse(response, 403, 'signature');
    }
    const began = clock.monotonic();
    inHand.count += 1;
    const work = receive(webhook).finally(() => {
      inHand.count -= 1;
    });
    const reception = await withinDeadline(work, voice, deps);
    if (reception.kind === 'malformed') return refuse(response, 400, 'malformed');
    if (reception.kind === 'unavailable') return refuse(response, 503, 'unavailable');
    metrics.observe('WebhooksAccepted', 1, { Webhook: name });
    metrics.observe('WebhookMilliseconds', clock.monotonic() - began, { Webhook: name });
    response.status(200).type(reception.document.contentType).send(reception.document.body);
  };
}
