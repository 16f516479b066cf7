/**
 * What the carrier itself recognises when it handles opt-outs for the customer: only a whole message that is the
 * single word. https://help.twilio.com/articles/223134027
 */
export type OptOutType = 'STOP' | 'START' | 'HELP';

const KEYWORDS: Record<OptOutType, readonly string[]> = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  START: ['START', 'YES', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
};

const TYPE_OF = new Map<string, OptOutType>([
  ...KEYWORDS.STOP.map((word) => [word, 'STOP'] as const),
  ...KEYWORDS.START.map((word) => [word, 'START'] as const),
  ...KEYWORDS.HELP.map((word) => [word, 'HELP'] as const),
]);

export const optOutTypeOf = (body: string): OptOutType | null =>
  TYPE_OF.get(body.trim().toUpperCase()) ?? null;

/** The carrier's own answer to each. */
export const carrierReply: Record<OptOutType, string> = {
  STOP: 'You are unsubscribed from this number and will get no more messages from it. Reply START to resubscribe.',
  START: 'You are subscribed again to messages from this number. Reply HELP for help, STOP to unsubscribe.',
  HELP: 'Reply STOP to unsubscribe. Message and data rates may apply.',
};
