/**
 * Why a text waits, or never went, with which a lesson of a campaign begins. It is the dialog's, and the campaign says when it
 * may go: docs/campaigns.md.
 */

/** The campaign is paused: it goes on with it. */
export const CAMPAIGN_PAUSED = 'campaign_paused';
/** The campaign was stopped, or its end came: it never goes, and the lesson is closed. */
export const CAMPAIGN_OVER = 'campaign_over';
/** While it waited for the campaign the person was given another lesson. */
export const LESSON_REPLACED = 'lesson_replaced';

/** The same for people. */
export const lessonRulesInWords: Readonly<Record<string, string>> = {
  [CAMPAIGN_PAUSED]: 'The campaign that the lesson is of is paused: it goes on with it.',
  [CAMPAIGN_OVER]: 'The campaign that the lesson is of was stopped, or over, before it could go.',
  [LESSON_REPLACED]: 'The person was given another lesson before it could go.',
};

/** How long a text of a campaign that is not active waits until somebody looks again, in ms: whoever resumes or ends it does before. */
export const LOOK_AGAIN_MS = 15 * 60_000;
