/**
 * What is counted of each day and campaign in `operating_count`, and the rows that each count adds up. Days are those of UTC,
 * by business time.
 */
export const operatingMeasures = {
  /** Texts and calls that a carrier took: rows of `message_log`. */
  sent: 'message_log',
  /** That a carrier refused when it was asked. */
  refused: 'message_log',
  /** Of `sent`, what was planned (no answer to what somebody did), by the hour at which the carrier took it. */
  within: 'message_log',
  outside_law: 'message_log',
  outside_window: 'message_log',
  unjudged: 'message_log',
  /** Touches that the gate let go, that it blocked because the person had opted out or is suppressed, and for other reasons. */
  allowed: 'decision',
  suppressed: 'decision',
  blocked: 'decision',
  /** Texts of people that belong to a campaign, to no campaign but a contact, and to nobody who is known. */
  heard_of_campaign: 'reply',
  heard_of_contact: 'reply',
  heard_of_nobody: 'reply',
  /** Contacts of a campaign that were left out of it: blocked or skipped, for whatever reason. */
  left_out: 'campaign_contact',
  /**
   * Changes of consent by which people opted out, whatever brought them but imports; of no campaign. One that carries a pending
   * request through is none: the request was.
   */
  opted_out: 'consent_change',
} as const satisfies Record<string, string>;
export type OperatingMeasure = keyof typeof operatingMeasures;

/** How something that left stands to its hours. `unjudged`: it went to another country, whose hours nobody here knows. */
export const hoursVerdicts = ['within', 'outside_law', 'outside_window', 'unjudged'] as const;
export type HoursVerdict = (typeof hoursVerdicts)[number];

/** Why a campaign ended as failed before anything of it went. */
export const startFailures = ['cannot_be_sent', 'too_late', 'audience', 'fault'] as const;
export type StartFailure = (typeof startFailures)[number];

/** Measure of `operating_count`: campaigns that failed to start, counted in the transaction that ends them. */
export const startFailureMeasure = (failure: StartFailure): string => `${START_FAILED}${failure}`;
export const START_FAILED = 'start_failed:';

/** Stands for "of no campaign" in `operating_count`. */
export const NO_CAMPAIGN = '00000000-0000-0000-0000-000000000000';
