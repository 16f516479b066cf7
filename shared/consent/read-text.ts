import { classifyFreeText, consequenceOf, type ReviewPolicy } from '#shared/compliance/free-text.ts';
import {
  type CarrierVerdict,
  type ConsentVerdict,
  classifyConsentText,
} from '#shared/compliance/vocabulary.ts';

/** What a text says about consent, what read it so, and whether a person should read it too. */
export interface TextReading {
  verdict: ConsentVerdict | null;
  /** Kept with the change; null where nothing was read out of the text. */
  rule: string | null;
  review: boolean;
}

/** What holds where nothing else is configured: a person reads what is doubtful, and nothing is suppressed until then. */
export const defaultReviewPolicy: ReviewPolicy = { reviewed: true, doubtSuppresses: false };

/**
 * Reads a text: the carrier's verdict where there is one, else the vocabulary, else free text. The gateway asks before
 * it answers the carrier, and the dialog asks again in stream order: pure, so that the same text, standing and policy
 * give both the same verdict.
 */
export function readConsentText(
  body: string,
  standing: { optedOut: boolean; carrierVerdict?: CarrierVerdict | null | undefined },
  policy: ReviewPolicy,
): TextReading {
  const verdict = classifyConsentText(body, standing);
  if (standing.carrierVerdict) return { verdict, rule: 'carrier_verdict', review: false };
  if (verdict !== null) return { verdict, rule: 'vocabulary', review: false };
  const free = classifyFreeText(body);
  const { suppress, review } = consequenceOf(free.verdict, policy);
  return { verdict: suppress ? 'opt_out' : null, rule: free.rule, review };
}

/** What a text says by whoever is opted out, and whether it says so only by them. */
export interface EitherReading extends TextReading {
  onlyWhileOptedOut: boolean;
}

/**
 * Reads a text whose writer's standing is not known yet. Free text is read once: it asks the most, and knows no standing.
 */
export function readWhileStandingUnknown(
  body: string,
  carrierVerdict: CarrierVerdict | null,
  policy: ReviewPolicy,
): EitherReading {
  const whileOut = readConsentText(body, { optedOut: true, carrierVerdict }, policy);
  const [wordOut, wordIn] = [true, false].map((optedOut) =>
    classifyConsentText(body, { optedOut, carrierVerdict }),
  );
  if (wordIn === wordOut) return { ...whileOut, onlyWhileOptedOut: false };
  const whileIn = readConsentText(body, { optedOut: false, carrierVerdict }, policy);
  return { ...whileOut, onlyWhileOptedOut: whileIn.verdict !== whileOut.verdict };
}
