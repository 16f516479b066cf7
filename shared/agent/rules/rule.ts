/** Languages that rules may answer in. */
export const ruleLanguages = ['en', 'es'] as const;
export type RuleLanguage = (typeof ruleLanguages)[number];

/**
 * What the rules responder knows about one topic. A phrase is words, as people text them: it is found where all of them stand
 * in the text in their order, with few other words between. A word that ends in `*` stands for all that begin so. Nothing in
 * a phrase is a pattern of any other kind.
 */
export interface AgentRule {
  /** Unique among the rules. */
  topic: string;
  /** Of a topic that people have to answer, `hand_over`: it comes before every answer. */
  action: 'answer' | 'hand_over';
  phrases: Partial<Record<RuleLanguage, readonly string[]>>;
  /** Phrases that make it another topic: found in the text, the rule says nothing. */
  unless: Partial<Record<RuleLanguage, readonly string[]>>;
  /** In the languages that have one; empty where people answer. */
  answers: Partial<Record<RuleLanguage, string>>;
  /** For texts that belong to this campaign alone; null: to any, and to none. */
  campaignId: string | null;
  /** For texts to this number of ours alone; null: to any. */
  ourNumber: string | null;
}
