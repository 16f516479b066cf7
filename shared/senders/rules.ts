/** Why a planned message waits because of the number that it would go from. It is planned anew, maybe from another one. */
export const SENDER_HALTED = 'sender_halted';
export const DAILY_CAP = 'sender_daily_cap';
/** The carrier of the number does not answer, or refuses our account: what is planned goes another way, or waits. */
export const CARRIER_PAUSED = 'carrier_paused';
/** The number is at a carrier that this environment is not set up for. */
export const CARRIER_NOT_SET_UP = 'carrier_not_set_up';
/** None of the numbers is of the channel that the campaign is written for: texts, or WhatsApp. */
export const OTHER_CHANNEL = 'sender_other_channel';
/** It waits for its turn, at the rate of its number. */
export const PACED = 'paced';

/** Those after which a campaign plans anew. */
export const replanned: readonly string[] = [SENDER_HALTED, DAILY_CAP, CARRIER_PAUSED, CARRIER_NOT_SET_UP];

/** The same for people. */
export const senderRulesInWords: Readonly<Record<string, string>> = {
  [SENDER_HALTED]: 'The number that it would go from is halted.',
  [DAILY_CAP]: 'The number that it would go from has sent as much as it may today.',
  [CARRIER_PAUSED]: 'The carrier of the number that it would go from takes nothing just now.',
  [CARRIER_NOT_SET_UP]: 'The number that it would go from is at a carrier that is not set up.',
  [OTHER_CHANNEL]:
    'None of its numbers is of the channel that it is written for: texts go from numbers for texts, templates from numbers on WhatsApp.',
  [PACED]: 'It waits for its turn at the rate of its number.',
};
