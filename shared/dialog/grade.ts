import type { DialogState } from '#shared/contracts/dialog-state.ts';
import type { Drill, Prompt } from '#shared/contracts/drill.ts';
import { asksSomething, gradeAnswer, isLastPrompt, promptAfter, promptOf } from '#shared/drills/prompt.ts';
import type { Decision } from './decide.ts';

/** A trimmed text as the answer to the prompt that waits; null when none does. */
export function grade(text: string, state: DialogState): Decision[] | null {
  const { currentDrill, currentPrompt, drillInstanceId, profile } = state;
  if (!currentDrill || !currentPrompt || drillInstanceId === null) return null;
  const prompt = promptOf(currentDrill, currentPrompt.slug);
  if (!prompt) return null;
  const { defaultLanguage } = currentDrill;
  const { graded, right } = gradeAnswer(text, prompt, profile.language, defaultLanguage);
  const answered = { drillInstanceId, prompt, defaultLanguage };
  if (right) {
    return [
      { type: 'COMPLETED_PROMPT', ...answered, response: text, graded },
      ...goOn(currentDrill, prompt, drillInstanceId, text),
    ];
  }
  const abandoned = currentPrompt.failures >= prompt.maxFailures;
  const response = text === '' ? null : text;
  const failed: Decision = { type: 'FAILED_PROMPT', ...answered, response, abandoned };
  return abandoned ? [failed, ...goOn(currentDrill, prompt, drillInstanceId, response)] : [failed];
}

/** Whether a question waits that only words can answer: because it has a right answer, or keeps what is said. */
export function wantsWords({ currentDrill, currentPrompt, profile }: DialogState): boolean {
  if (!currentDrill || !currentPrompt) return false;
  const prompt = promptOf(currentDrill, currentPrompt.slug);
  if (!prompt) return false;
  const takesNothing = gradeAnswer('', prompt, profile.language, currentDrill.defaultLanguage).right;
  return prompt.storeAs !== undefined || !takesNothing;
}

/** What follows a prompt that is done: the next one, the end of the drill, or both when the next one only says goodbye. */
function goOn(drill: Drill, done: Prompt, drillInstanceId: string, response: string | null): Decision[] {
  const next = promptAfter(drill, done.slug);
  if (!next) return [{ type: 'DRILL_COMPLETED', drillInstanceId, lastPromptResponse: response }];
  const { defaultLanguage } = drill;
  const advanced: Decision = {
    type: 'ADVANCED_TO_NEXT_PROMPT',
    drillInstanceId,
    prompt: next,
    defaultLanguage,
  };
  return isLastPrompt(drill, next) && !asksSomething(next)
    ? [advanced, { type: 'DRILL_COMPLETED', drillInstanceId, lastPromptResponse: null }]
    : [advanced];
}
