import type { Config } from '#shared/config.ts';
import { messageOf } from '#shared/errors.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import { callScriptFault } from '../call-script-fault.ts';
import type { SendOutcome } from '../carrier.ts';
import { errorTable } from '../errors.ts';
import type { publicUrlSettings, twilioSettings } from '../settings.ts';
import { type CallRequest, LEAST_RING_SECONDS, type VoiceCarrier, type VoiceWebhooks } from '../voice.ts';
import { fetchCall, listCalls } from './calls.ts';
import { clientFor, LIST_TIMEOUT_MS, SEND_TIMEOUT_MS, verifyWebhook } from './carrier.ts';
import { twilioErrorRules } from './error-table.ts';
import type { Connection, Exchange } from './request-client.ts';
import { outcomeOfAnswer, outcomeOfError } from './send-outcome.ts';
import { twilioVoiceErrorRules } from './voice-error-table.ts';
import { parseInboundCall, parseKeys, parseMachine, parseStatus } from './voice-parameters.ts';
import { answerTwiml, machineTwiml, scriptFault, scriptTwiml } from './voice-twiml.ts';

/** What the carrier takes, in seconds. https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource */
const MOST_RING_SECONDS = 600;
/** No call goes on for longer, whatever somebody presses. */
const LONGEST_CALL_SECONDS = 600;
/** Statuses that are told. Without this only the end is. */
const TOLD = ['initiated', 'ringing', 'answered', 'completed'];

const classifyError = errorTable([...twilioErrorRules, ...twilioVoiceErrorRules]);

type TwilioConfig = Config<typeof twilioSettings> & Config<typeof publicUrlSettings>;

/** Twilio's Programmable Voice through the official client. `sockets`: most requests in flight at once. */
export function createTwilioVoice(
  config: TwilioConfig,
  options: { sockets?: number; callTimeoutMs?: number } = {},
): VoiceCarrier & VoiceWebhooks {
  const timeoutMs = options.callTimeoutMs ?? SEND_TIMEOUT_MS;
  const calling = clientFor(config, timeoutMs, options.sockets ?? 32);
  const listing = clientFor(config, LIST_TIMEOUT_MS, 8);

  return {
    name: 'twilio',
    call: (request) => call(calling, request, timeoutMs),
    listCalls: (query) => listCalls(listing, query, AbortSignal.timeout(LIST_TIMEOUT_MS)),
    fetchCall: (id, signal) => fetchCall(listing, id, signal),
    scriptFault: callScriptFault(config.PUBLIC_URL),
    classifyError,
    verifyWebhook: (webhook) => verifyWebhook(config, webhook),
    parseStatus,
    parseKeys,
    parseMachine,
    parseInbound: parseInboundCall,
    answer: answerTwiml,
    leaveMessage: (request) => leaveMessage(calling, request, timeoutMs),
  };
}

/** See VoiceCarrier.call. The document goes with the request, so that nothing has to be fetched when somebody answers. */
async function call(
  { client, http }: Connection,
  request: CallRequest,
  timeoutMs: number,
): Promise<SendOutcome> {
  const { callbacks, script } = request;
  if (request.signal.aborted) return { kind: 'not_sent', reason: 'aborted before the request' };
  const fault = scriptFault(script, callbacks.keys);
  if (fault !== null) return { kind: 'refused', errorCode: 'script', class: 'fail', message: fault };
  const timeout = AbortSignal.timeout(timeoutMs);
  const exchange: Exchange = { signal: AbortSignal.any([request.signal, timeout]), answer: null };
  try {
    const created = await http.within(exchange, () =>
      client.calls.create({
        to: request.to,
        from: request.from,
        twiml: scriptTwiml(script, callbacks.keys),
        timeout: Math.min(MOST_RING_SECONDS, Math.max(LEAST_RING_SECONDS, Math.floor(request.ringSeconds))),
        timeLimit: LONGEST_CALL_SECONDS,
        statusCallback: callbacks.status,
        statusCallbackEvent: TOLD,
        statusCallbackMethod: 'POST',
        // A key that could not be told to us in the end is asked for again there: the script, with the way out, once more.
        fallbackUrl: callbacks.keys,
        fallbackMethod: 'POST',
        ...(request.machineDetection ? detection(callbacks.machine) : {}),
      }),
    );
    return outcomeOfAnswer(created);
  } catch (error) {
    // Every failure is an outcome: which one decides whether the call may be made again.
    return outcomeOfError(error, exchange, classifyError);
  }
}

/** Beside the call, so that a person who answers hears at once who calls; a machine is told of when its greeting is over. */
const detection = (callback: string) => ({
  machineDetection: 'DetectMessageEnd',
  asyncAmd: 'true',
  asyncAmdStatusCallback: callback,
  asyncAmdStatusCallbackMethod: 'POST',
});

/** Codes and statuses of a call that is not under way any more. */
const isOver = (code: unknown, status: number | undefined): boolean => code === 21_220 || status === 404;

/** See VoiceWebhooks.leaveMessage. */
async function leaveMessage(
  { client, http }: Connection,
  request: { carrierMessageId: string; script: CallScript; signal: AbortSignal },
  timeoutMs: number,
): ReturnType<VoiceWebhooks['leaveMessage']> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  const exchange: Exchange = { signal, answer: null };
  try {
    await http.within(exchange, () =>
      client.calls(request.carrierMessageId).update({ twiml: machineTwiml(request.script) }),
    );
    return { kind: 'left' };
  } catch (error) {
    // Nothing follows from the failure but that the machine hears what a person would.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return isOver(code, exchange.answer?.status)
      ? { kind: 'over' }
      : { kind: 'failed', reason: messageOf(error) };
  }
}
