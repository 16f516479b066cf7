import type { LocalWindow } from './hours/local-hours.ts';
import type { Instant } from './instant.ts';

export const channels = ['sms', 'voice'] as const;
export type Channel = (typeof channels)[number];

/**
 * Why somebody is contacted; what may pass depends on it.
 * - reply: answers what the person sent within the last 15 minutes; quiet hours do not apply
 * - opt_out_confirmation: the one message that confirms a revocation, within five minutes
 * - help: the answer to a request for help, one for each; goes to people who opted out as well
 * - transactional: planned, without advertising; hours of federation and states apply, caps of marketing do not
 * - marketing: planned; needs written consent; hours and caps apply
 */
export const intents = ['reply', 'opt_out_confirmation', 'help', 'transactional', 'marketing'] as const;
export type Intent = (typeof intents)[number];

/** What goes to people who opted out too, once for each text, and is not held up by anything that waits. */
export const exemptIntents = ['opt_out_confirmation', 'help'] as const satisfies readonly Intent[];
export const isExempt = (intent: Intent): boolean => exemptIntents.some((each) => each === intent);

/** Something that is to go to one person. */
export interface Touch {
  channel: Channel;
  intent: Intent;
  /** What it answers: when the text came in; for a confirmation when the revocation did. Null for what was planned. */
  cause: Instant | null;
  /** After this it is worth nothing: the end of a campaign. */
  notAfter: Instant | null;
  /** What it is about, where consent is kept by topic (a programme). Null: consent for everything is needed. */
  topic: string | null;
  /** A call with a recorded or synthetic voice. Says nothing for a text. */
  artificialVoice: boolean;
  /** The programme's or campaign's own hours, narrower than the law's. Null: none. */
  windows: readonly LocalWindow[] | null;
  /** Whether it is free text on WhatsApp, which goes only while the person's window is open. */
  needsWindow: boolean;
}
