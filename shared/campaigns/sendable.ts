import type { CampaignType } from './definition.ts';

/** Types of campaigns that something here sends: what a campaign of another type has to say must not go as a text instead. */
export const sentTypes: readonly CampaignType[] = ['sms', 'voice', 'hybrid', 'drill'];

/** Why campaigns of a type cannot go; null: they can. */
export const unsendable = (type: CampaignType, sent: readonly CampaignType[] = sentTypes): string | null =>
  sent.includes(type) ? null : `campaigns of type ${type} are not led here yet`;
