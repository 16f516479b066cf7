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
  ['too_long', 'With its values it is longer than carriers take.'],
  ['blank_variable', 'Nothing of it would stand in a place of the template, which WhatsApp does not take.'],
  ['no_text', 'There are no words in the language of the contact, nor in the default one.'],
  ['unconfirmed', 'The carrier never said whether it arrived; it is not sent again.'],
  ['drill_opted_out', 'The person has opted out of lessons.'],
  ['drill_not_validated', 'The person has not registered with the programme.'],
  ['drill_other_programme', 'The number that was to send belongs to another programme.'],
  ['unanswered', 'The dialog never said whether the lesson has begun; it is not asked for again.'],
  ['drill_unknown_drill', 'There is no such lesson any more.'],
  ['answered', 'The call was answered.'],
  ['machine', 'An answering machine took the call, and was left the message.'],
  ['opted_out', 'The person answered, and pressed the key that opts out.'],
  ['busy', 'The line was busy.'],
  ['no_answer', 'Nobody answered the call.'],
  ['canceled', 'The call was cancelled at the carrier.'],
  ['unspeakable', 'With its values the call says nothing, or something that no voice can say.'],
  ['awaiting_reply', 'The person may still answer the text: the next step comes when they do not.'],
  ['has_replied', 'The person has answered an earlier step.'],
  ['unknown', 'Nobody can say whether the carrier took it; it is not sent again.'],
]);
const MISSING = 'missing_';

/** Outcomes of calls after which somebody is called again. */
const CALLED_AGAIN: ReadonlyMap<string, string> = new Map([
  ['busy', 'The person was talking'],
  ['no_answer', 'The person did not answer'],
]);

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
  if (retried !== null && CALLED_AGAIN.has(retried))
    return `${CALLED_AGAIN.get(retried)}, and is called again.`;
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
