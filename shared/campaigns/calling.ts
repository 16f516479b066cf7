import { callScriptFault, callScriptLength } from '#shared/carriers/call-script-fault.ts';
import type { publicUrlSettings } from '#shared/carriers/settings.ts';
import type { Config } from '#shared/config.ts';
import { organisationOf, type organisationSettings } from '#shared/organisation.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import type { callPaceSettings } from '#shared/voice/settings.ts';

/** What whoever plans calls of campaigns has to know of the environment. */
export interface CallingParts {
  /** Who is responsible for calls of campaigns that name nobody; null: nobody said. */
  organisation: string | null;
  /** Why the carrier cannot say a script, in words; null: it can. Pure. */
  scriptFault(script: CallScript): string | null;
  /** How long its document is for the carrier, in characters. Pure. */
  scriptLength(script: CallScript): number;
  /** Calls that the whole account begins in a second. */
  callsPerSecond: number;
  /** Calls under way at once, of all campaigns. */
  mostCalls: number;
}

export const callingPartsFrom = (
  config: Config<typeof callPaceSettings & typeof publicUrlSettings> &
    Pick<Config<typeof organisationSettings>, 'ORGANISATION'>,
): CallingParts => ({
  organisation: organisationOf(config),
  scriptFault: callScriptFault(config.PUBLIC_URL),
  scriptLength: callScriptLength(config.PUBLIC_URL),
  callsPerSecond: config.CALLS_PER_SECOND,
  mostCalls: config.MAX_CONCURRENT_CALLS,
});
