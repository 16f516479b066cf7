import { callScriptFault, callScriptLength } from '#shared/carriers/call-script-fault.ts';
import type { CallingParts } from './calling.ts';

/** What calls of campaigns need, for tests: an organisation, and an account that begins one call in a second. */
export const testCalling: CallingParts = {
  organisation: 'Riverside County Health',
  scriptFault: callScriptFault('https://texts.example.org'),
  scriptLength: callScriptLength('https://texts.example.org'),
  callsPerSecond: 1,
  mostCalls: 100,
};
