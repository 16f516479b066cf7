import { foldConsentText } from './fold-text.ts';
import { en } from './vocabulary/en.ts';
import { es } from './vocabulary/es.ts';
import { fr } from './vocabulary/fr.ts';
import { pt } from './vocabulary/pt.ts';
import type { VocabularyData } from './vocabulary/vocabulary-data.ts';

/** What a text says about consent. */
export type ConsentVerdict = 'opt_out' | 'opt_in' | 'help';

/** The carrier's own verdict on an inbound message (Twilio: OptOutType). */
export type CarrierVerdict = 'STOP' | 'START' | 'HELP';

/** By language. All are in force for everybody: nobody is asked for a language before they may say stop. */
export const consentVocabulary: Readonly<Record<string, VocabularyData>> = { en, es, fr, pt };

const FROM_CARRIER: Record<CarrierVerdict, ConsentVerdict> = {
  STOP: 'opt_out',
  START: 'opt_in',
  HELP: 'help',
};

function wordsOf(field: keyof VocabularyData): ReadonlySet<string> {
  return new Set(
    Object.values(consentVocabulary).flatMap((language) => language[field].map(foldConsentText)),
  );
}

const optOut = wordsOf('optOut');
const optIn = wordsOf('optIn');
const agreement = wordsOf('agreement');
const help = wordsOf('help');

/**
 * What an inbound text says about consent; null when it says nothing about it. The whole message must be the word:
 * "please stop by at 5" is not an opt-out. The carrier's verdict, where there is one, is taken as it is, so that
 * both always agree on who may be written to. Agreement ("yes") is an opt-in only while the person is opted out.
 *
 * The gateway asks before it answers the carrier and the dialog engine asks again in stream order: the same text
 * and the same standing always give the same verdict. Sources: 47 CFR 64.1200(a)(10), CTIA Messaging Principles
 * (May 2023), default keywords of Twilio and AWS.
 */
export function classifyConsentText(
  body: string,
  standing: { optedOut: boolean; carrierVerdict?: CarrierVerdict | null | undefined },
): ConsentVerdict | null {
  if (standing.carrierVerdict) return FROM_CARRIER[standing.carrierVerdict];
  const folded = foldConsentText(body);
  if (optOut.has(folded)) return 'opt_out';
  if (optIn.has(folded)) return 'opt_in';
  if (help.has(folded)) return 'help';
  if (standing.optedOut && agreement.has(folded)) return 'opt_in';
  return null;
}
