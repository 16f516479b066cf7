/** The field by which words of a campaign say its name. */
export const CAMPAIGN_NAME = 'campaign_name';
