import type { Outcome, Question, Responder } from '../responder.ts';
import { isCourtesy } from './courtesy.ts';
import { type CompiledRules, compileRules, matchRule } from './match.ts';
import type { AgentRule, RuleLanguage } from './rule.ts';

/** Answers by rules that `read` gives, which may be others each time. */
export function rulesResponder(read: () => Promise<readonly AgentRule[]>): Responder {
  let known: { rules: readonly AgentRule[]; compiled: CompiledRules } | null = null;
  return {
    source: 'rules',
    repeatable: true,
    respond: async (question, signal) => {
      const rules = await read();
      signal.throwIfAborted();
      if (known?.rules !== rules) known = { rules, compiled: compileRules(rules) };
      return { outcome: answerByRules(question, known.compiled), firstMs: null, usage: null, version: null };
    },
  };
}

/** In the language of the text, else in the one that the person is known to speak, else in the first that there is. Pure. */
export function answerByRules({ facts, language, text }: Question, rules: CompiledRules): Outcome {
  if (isCourtesy(text)) return { kind: 'nothing' };
  const here = rules.filter(
    ({ rule }) =>
      (rule.campaignId === null || rule.campaignId === facts.campaign?.id) &&
      (rule.ourNumber === null || rule.ourNumber === facts.ourNumber),
  );
  const matched = matchRule(text, here);
  if (matched.kind === 'unsure') return { kind: 'hand_over', reason: 'unsure', topic: null };
  const { answers, action, topic } = matched.rule;
  if (action === 'hand_over') return { kind: 'hand_over', reason: 'wants_person', topic };
  const spoken = language?.toLowerCase().split('-')[0] as RuleLanguage | undefined;
  const said = answers[matched.language] ?? (spoken === undefined ? undefined : answers[spoken]);
  const answer = said ?? Object.values(answers)[0];
  return answer === undefined
    ? { kind: 'hand_over', reason: 'unsure', topic }
    : { kind: 'answer', text: answer, topic };
}
