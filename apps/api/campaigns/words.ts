import type { CampaignCommand, CampaignStatus } from '#shared/campaigns/lifecycle.ts';
import { codeOfRetry } from '#shared/campaigns/retry.ts';
import { meaningOfCode } from '#shared/carriers/error-rules.ts';
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
  ['unconfirmed', 'The carrier never said whether it arrived; it is not sent again.'],
  ['drill_opted_out', 'The person has opted out of lessons.'],
  ['drill_not_validated', 'The person has not registered with the programme.'],
  ['drill_other_programme', 'The number that was to send belongs to another programme.'],
  ['unanswered', 'The dialog never said whether the lesson has begun; it is not asked for again.'],
  ['drill_unknown_drill', 'There is no such lesson any more.'],
  ['unknown', 'Nobody can say whether the carrier took it; it is not sent again.'],
]);
const MISSING = 'missing_';

/** A carrier's code as a sentence; null for one that no table knows. */
export function codeInWords(code: string): string | null {
  const meaning = meaningOfCode(code);
  return meaning === null ? null : `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`;
}

/** Why a contact is where it is, in words; null for a word of the carrier's that no table knows. */
export function reasonInWords(rule: string | null): string | null {
  if (rule === null) return null;
  if (rule.startsWith(MISSING))
    return `The contact has no ${rule.slice(MISSING.length)}, which the text needs.`;
  const retried = codeOfRetry(rule);
  if (retried !== null)
    return `It did not arrive, and is sent again: ${meaningOfCode(retried) ?? `code ${retried}`}.`;
  return OWN.get(rule) ?? ruleInWords(rule) ?? codeInWords(rule);
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
