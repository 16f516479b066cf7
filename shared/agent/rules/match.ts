import { distance } from 'fastest-levenshtein';
import { foldWords } from '#shared/compliance/fold-text.ts';
import { type AgentRule, type RuleLanguage, ruleLanguages } from './rule.ts';

/** Words that may stand between two words of a phrase. */
const BETWEEN = 3;
/** From so many letters on, a word may have one of them wrong. */
const LENIENT_FROM = 6;
/** Whoever writes more has more to say than a phrase tells. */
const LONGEST_TEXT = 45;

interface CompiledPhrase {
  words: readonly { text: string; isPrefix: boolean }[];
  /** How much it says: more and longer words say more. */
  weight: number;
}

interface CompiledRule {
  rule: AgentRule;
  phrases: readonly (CompiledPhrase & { language: RuleLanguage })[];
  unless: readonly CompiledPhrase[];
}

export type CompiledRules = readonly CompiledRule[];

/** Phrases without a word in them, which fold to nothing, find nothing. */
export const compileRules = (rules: readonly AgentRule[]): CompiledRules =>
  rules.map((rule) => ({
    rule,
    phrases: ruleLanguages.flatMap((language) =>
      (rule.phrases[language] ?? []).flatMap(compilePhrase).map((phrase) => ({ ...phrase, language })),
    ),
    unless: ruleLanguages.flatMap((language) => (rule.unless[language] ?? []).flatMap(compilePhrase)),
  }));

function compilePhrase(phrase: string): CompiledPhrase[] {
  const words = phrase.split(/\s+/u).flatMap((written) => {
    const isPrefix = written.endsWith('*');
    return foldWords(isPrefix ? written.slice(0, -1) : written)
      .split(' ')
      .filter((text) => text !== '')
      .map((text, at, all) => ({ text, isPrefix: isPrefix && at === all.length - 1 }));
  });
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  return words.length === 0 ? [] : [{ words, weight: words.length * 100 + Math.min(letters, 99) }];
}

export type Matched =
  | { kind: 'matched'; rule: AgentRule; language: RuleLanguage }
  /** Nothing, or more than one thing alike, or more than phrases can tell. */
  | { kind: 'unsure' };

/**
 * The rule that a text is about: the one with the phrase in it that says most. Rules of topics for people come before those
 * with answers. The text is read word by word, in time that grows with its length alone. Pure and total.
 */
export function matchRule(text: string, rules: CompiledRules): Matched {
  const words = foldWords(text).split(' ');
  const found = rules.flatMap(({ phrases, rule, unless }) => {
    const best = phrases
      .filter((phrase) => isIn(words, phrase))
      .reduce<(typeof phrases)[number] | null>(
        (most, each) => (each.weight > (most?.weight ?? 0) ? each : most),
        null,
      );
    return best === null || unless.some((phrase) => isIn(words, phrase)) ? [] : [{ rule, best }];
  });
  const forPeople = found.filter(({ rule }) => rule.action === 'hand_over');
  const [first, second] = (forPeople.length > 0 ? forPeople : found).sort(
    (a, b) => b.best.weight - a.best.weight,
  );
  if (first === undefined) return { kind: 'unsure' };
  const isClear = first.rule.action === 'hand_over' || second === undefined || says(first) > says(second);
  if (!isClear || (words.length > LONGEST_TEXT && first.rule.action === 'answer')) return { kind: 'unsure' };
  return { kind: 'matched', rule: first.rule, language: first.best.language };
}

/** Two phrases of as many words say as much. */
const says = ({ best }: { best: CompiledPhrase }): number => best.words.length;

/** Whether the words of the phrase stand in the text, in order, each close behind the one before. */
function isIn(text: readonly string[], { words }: CompiledPhrase): boolean {
  // Where the phrase as far as it was looked for may end, in order; before its first word it may end anywhere.
  let ends: readonly number[] | null = null;
  for (const word of words) {
    const places: number[] = [];
    let next = 0;
    for (const [at, said] of text.entries()) {
      while (ends !== null && (ends[next] ?? at) < at - BETWEEN - 1) next += 1;
      const isClose: boolean = ends === null || (ends[next] ?? at) < at;
      if (isClose && isWord(said, word)) places.push(at);
    }
    if (places.length === 0) return false;
    ends = places;
  }
  return true;
}

function isWord(said: string, { isPrefix, text }: CompiledPhrase['words'][number]): boolean {
  if (isPrefix) return said.startsWith(text);
  if (said === text) return true;
  return (
    text.length >= LENIENT_FROM &&
    Math.abs(said.length - text.length) <= 1 &&
    said[0] === text[0] &&
    distance(said, text) <= 1
  );
}
