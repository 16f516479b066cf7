/** Why a planned message waits because of the number that it would go from. It is planned anew, maybe from another one. */
export const SENDER_HALTED = 'sender_halted';
export const DAILY_CAP = 'sender_daily_cap';
/** It waits for its turn, at the rate of its number. */
export const PACED = 'paced';

/** Those after which a campaign plans anew. */
export const replanned: readonly string[] = [SENDER_HALTED, DAILY_CAP];

/** The same for people. */
export const senderRulesInWords: Readonly<Record<string, string>> = {
  [SENDER_HALTED]: 'The number that it would go from is halted.',
  [DAILY_CAP]: 'The number that it would go from has sent as much as it may today.',
  [PACED]: 'It waits for its turn at the rate of its number.',
};
