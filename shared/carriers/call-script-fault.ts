import type { CallScript } from '#shared/voice/call-script.ts';
import { scriptFault, scriptLength } from './twilio/voice-twiml.ts';
import { callCallbacks } from './webhook-addresses.ts';

/** As long as every id of ours. */
const NO_ID = '00000000-0000-4000-8000-000000000000';

/**
 * Why the carrier of calls cannot say a script, in words; null: it can. For whoever writes scripts and speaks to no carrier.
 * `publicUrl`: of the gateway, whose address stands in every document. Pure.
 */
export function callScriptFault(publicUrl: string): (script: CallScript) => string | null {
  const keys = keysAddress(publicUrl);
  return (script) => scriptFault(script, keys);
}

/** How long the document of a script is for the carrier, in characters: the longer of what a person and a machine get. Pure. */
export function callScriptLength(publicUrl: string): (script: CallScript) => number {
  const keys = keysAddress(publicUrl);
  return (script) => scriptLength(script, keys);
}

const keysAddress = (publicUrl: string): string =>
  callCallbacks(publicUrl, 'twilio', { attemptId: NO_ID, messageId: NO_ID }).keys;
