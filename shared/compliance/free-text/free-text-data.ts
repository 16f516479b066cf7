/** A way to say something, as a regular expression over folded words ("don't" is "dont", accents are gone). */
export interface Phrase {
  /** Kept with the verdict and shown to who reviews it. */
  id: string;
  /** Matched at word boundaries anywhere in the text, or, with `whole`, against all of it. */
  words: string;
  whole?: true;
  /** Means the opposite after one of `turns`: "don't stop texting me". */
  turnable?: true;
}

/** How people of one language take consent back in their own words. */
export interface FreeTextData {
  /** Words around a word of the vocabulary that change nothing about it: "please", "now", "thanks". */
  courtesy: readonly string[];
  /** Words that revoke as a sentence of their own in a longer text: "Stop. I mean it." The rest may be an answer. */
  sentences: readonly string[];
  /** What is written to such a word without a space: "STOPNOW", "pleasestop". */
  attached: readonly string[];
  /** What follows such a word, set off from it, in an answer ("stop: drop and roll"), and in no name. */
  notNames: readonly string[];
  /** What a reasonable person understands as a wish to get no more (47 CFR 64.1200(a)(10)). */
  revocations: readonly Phrase[];
  /** Words right before a phrase that turn it round or make it somebody else's. */
  turns: readonly string[];
  /** Uses of doubtful words that have nothing to do with messages: they are left out before doubt is looked for. */
  harmless: readonly string[];
  /** Words and phrases that a person should look at. */
  doubts: readonly Phrase[];
}
