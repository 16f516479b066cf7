import type { CallStatus } from '#shared/simulator/call-view.ts';
import { API_VERSION, rfc2822 } from '../message-view.ts';
import { countryOf } from '../webhook-parameters.ts';
import { type Call, callFrom, callTo, hasEnded } from './call.ts';
import { secondsOf } from './call-view.ts';

/**
 * What Twilio posts to the application about a call.
 * https://www.twilio.com/docs/voice/twiml#request-parameters
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */

/** With every request for a document. City, state and zip are empty, as Twilio leaves them where it does not know them. */
export function documentParameters(
  accountSid: string,
  call: Call,
  status: CallStatus,
): Record<string, string> {
  const [from, to] = [callFrom(call), callTo(call)];
  const places = Object.fromEntries(
    ['Called', 'Caller', 'To', 'From'].flatMap((side) => [
      [`${side}City`, ''],
      [`${side}State`, ''],
      [`${side}Zip`, ''],
      [`${side}Country`, countryOf(side === 'To' || side === 'Called' ? to : from)],
    ]),
  );
  const parameters: Record<string, string> = {
    ...places,
    CallSid: call.sid,
    AccountSid: accountSid,
    From: from,
    To: to,
    Caller: from,
    Called: to,
    CallStatus: status,
    Direction: call.direction,
    ApiVersion: API_VERSION,
  };
  if (call.answeredBy !== null) parameters.AnsweredBy = call.answeredBy;
  return parameters;
}

/** A change of status, as it is at the time of the change. */
export function statusParameters(accountSid: string, call: Call, at: number): Record<string, string> {
  const parameters: Record<string, string> = {
    ...documentParameters(accountSid, call, call.status),
    CallbackSource: 'call-progress-events',
    SequenceNumber: String(call.sequence),
    Timestamp: rfc2822(at),
  };
  if (hasEnded(call)) {
    parameters.CallDuration = String(secondsOf(call));
    parameters.Duration = String(Math.ceil(secondsOf(call) / 60));
  }
  if (call.sipResponseCode !== null) parameters.SipResponseCode = String(call.sipResponseCode);
  if (call.errorCode !== null) parameters.ErrorCode = String(call.errorCode);
  return parameters;
}

/** What was detected beside the call. */
export const machineParameters = (
  accountSid: string,
  call: Call,
  answeredBy: string,
  afterMs: number,
): Record<string, string> => ({
  CallSid: call.sid,
  AccountSid: accountSid,
  AnsweredBy: answeredBy,
  MachineDetectionDuration: String(Math.round(afterMs)),
});
