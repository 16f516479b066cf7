import type { Drill } from '#shared/contracts/drill.ts';
import type { CodeVerdict, Programme } from '#shared/drills/programme.ts';

/** What the engine must know besides the state, read before a batch of commands is executed. */
export interface Facts {
  /** Content for a START_DRILL; null for every other command. A drill that does not exist starts nothing. */
  drill: Drill | null;
  /** The programme that owns the number that was texted or will send; null when none does. */
  programme: Programme | null;
  /** What the text of an INBOUND_SMS is worth as a registration code; null when nobody needs to know. */
  codeVerdict: CodeVerdict | null;
  /** Whether the number is on the suppression list. */
  suppressed: boolean;
  /** Of a person of whom nothing is known: two letters. */
  defaultLanguage: string;
}
