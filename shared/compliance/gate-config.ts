import type { FrequencyCap } from './hours/state-rule.ts';
import type { UnknownPlaces } from './location/locate.ts';

/**
 * What an organisation decides for itself. Nothing here widens what the law or a state allows. One object per
 * configuration, kept as long as it is in force: what follows from it is remembered by the object.
 */
export interface GateConfig {
  /** Names the configuration in every decision. */
  id: string;
  /** Hours of planned touches everywhere, in minutes of the recipient's local day, from inclusive, to exclusive. */
  defaultWindow: { from: number; to: number };
  /** Days (2026-11-26) on which nothing planned goes anywhere, besides the holidays of states. */
  holidays: readonly string[];
  /** Whether revoking one topic revokes everything of this sender (47 CFR 64.1200(a)(10)), or that topic. */
  revocationScope: 'sender' | 'topic';
  /** Marketing touches to one person, SMS and voice together, besides the caps of states. */
  generalCap: FrequencyCap | null;
  /** For numbers that say nothing about where they are. */
  unknownLocation: 'strictest' | 'block';
  unknownPlaces: UnknownPlaces;
  /**
   * National do-not-call registry, for marketing. `required`: without an answer from a list of at most 31 days nothing
   * goes. `when_known`: an answer that is there counts.
   */
  doNotCall: 'required' | 'when_known';
  /** Reassigned Numbers Database, for planned touches; as above, for answers of at most 30 days. */
  reassignedNumbers: 'required' | 'when_known';
  /** A confirmation of an opt-out more than five minutes after it: the law no longer presumes that it is wanted. */
  lateConfirmation: 'block' | 'send';
}

export const defaultGateConfig: GateConfig = {
  id: 'default',
  defaultWindow: { from: 8 * 60, to: 20 * 60 },
  holidays: [],
  revocationScope: 'sender',
  generalCap: null,
  unknownLocation: 'strictest',
  unknownPlaces: 'states',
  doNotCall: 'when_known',
  reassignedNumbers: 'when_known',
  lateConfirmation: 'block',
};
