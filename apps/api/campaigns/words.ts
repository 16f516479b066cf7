import type { CampaignCommand, CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import { ruleInWords } from '../messages/plan.ts';

/** Rules of campaigns themselves, in words. */
const OWN: ReadonlyMap<string, string> = new Map([
  ['stopped', 'The campaign was stopped before it went.'],
  ['failed', 'The campaign failed before it went.'],
  ['ended', 'The end of the campaign came before it went.'],
  ['contact_deleted', 'The contact was deleted.'],
  ['erased', 'The person was erased.'],
  ['too_long', 'With its values the text is longer than carriers take.'],
  ['no_text', 'There is no text in the language of the contact, nor in the default one.'],
  ['unknown', 'Nobody can say whether the carrier took it; it is not sent again.'],
]);
const MISSING = 'missing_';

/** Why a contact is where it is, in words; null for a word of the carrier's. */
export function reasonInWords(rule: string | null): string | null {
  if (rule === null) return null;
  if (rule.startsWith(MISSING))
    return `The contact has no ${rule.slice(MISSING.length)}, which the text needs.`;
  return OWN.get(rule) ?? ruleInWords(rule);
}

/** What was done, for people. */
export const doneInWords = (status: CampaignStatus, changed: boolean): string =>
  changed ? `The campaign is ${status} now.` : `The campaign is ${status} already.`;

/** What may be told instead. */
export const refusedInWords = (
  command: CampaignCommand,
  status: CampaignStatus,
  legal: readonly CampaignCommand[],
): string =>
  legal.length === 0
    ? `The campaign is ${status}: it cannot be told to ${command}, nor anything else.`
    : `The campaign is ${status}: it cannot be told to ${command}. It may be told to ${legal.join(', ')}.`;
