import { z } from 'zod';
import { foldConsentText } from '#shared/compliance/fold-text.ts';
import { classifyFreeText } from '#shared/compliance/free-text.ts';
import { classifyConsentText } from '#shared/compliance/vocabulary.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { asWord } from '#shared/drills/words.ts';
import type { CampaignFault, CampaignType, Definition } from './definition.ts';

/**
 * Words that a campaign asks people to answer with: "Reply YES or NO". A text that is one of them, whole, as the dialog compares words
 * (case, surrounding punctuation and spaces do not count), is counted by it.
 */

const MOST_KEYWORDS = 20;

export const acceptedKeywordsSchema = z
  .array(storableText.pipe(z.string().trim().min(1).max(40)))
  .max(MOST_KEYWORDS);

/** As keywords are kept and compared. */
export const keywordKey = (keyword: string): string => asWord(keyword);

/** The accepted keyword that a text is, as it is kept; null: it is none. `keys` are keys. Pure. */
export function keywordOf(body: string, keys: ReadonlySet<string>): string | null {
  const said = asWord(body);
  return said !== '' && keys.has(said) ? said : null;
}

/** Measure of `campaign_count`: contacts whose newest answer by a keyword is that one. Equal to the rows of `campaign_contact`. */
export const keywordMeasure = (key: string): string => `${KEYWORD}${key}`;
export const KEYWORD = 'keyword:';

export interface KeywordFacts {
  type: CampaignType;
  /** What else a text that is this word does at the numbers of the campaign, in words; null: nothing that is known. */
  meansElse(key: string): string | null;
}

/** What keeps a campaign from accepting its keywords, whatever other campaigns do. */
export function keywordFaults(
  { acceptedKeywords }: Pick<Definition, 'acceptedKeywords'>,
  { meansElse, type }: KeywordFacts,
): CampaignFault[] {
  if (acceptedKeywords.length === 0) return [];
  if (type === 'drill') {
    return [
      { pointer: '/acceptedKeywords', message: 'is of campaigns without a lesson, which knows its answers' },
    ];
  }
  const keys = acceptedKeywords.map(keywordKey);
  return keys.flatMap((key, index) => {
    const said = acceptedKeywords[index] ?? '';
    const message =
      key === ''
        ? 'has no letter and no digit'
        : keys.indexOf(key) < index
          ? `${said} stands there already`
          : (aboutConsent(said) ?? meansElse(key));
    return message === null ? [] : [{ pointer: `/acceptedKeywords/${index}`, message }];
  });
}

/** What a word does that is about consent, in any language; null: it is none. Agreement is one only of who has opted out. */
function aboutConsent(word: string): string | null {
  switch (classifyConsentText(word, { optedOut: false })) {
    case 'opt_out':
      return `${word} opts out whoever texts it`;
    case 'opt_in':
      return `${word} opts in again whoever texts it`;
    case 'help':
      return `${word} asks for help`;
    case null:
      return classifyFreeText(word).verdict === 'revocation' ? `${word} is understood as an opt-out` : null;
  }
}

/** Whether a word is one about consent, as all languages have them. */
export const isConsentWord = (word: string): boolean =>
  foldConsentText(word) !== '' && classifyConsentText(word, { optedOut: false }) !== null;
