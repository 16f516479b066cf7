import type { Prompt } from '#shared/contracts/drill.ts';
import { asksSomething, isLastPrompt } from '#shared/drills/prompt.ts';
import type { TextName } from '#shared/texts/text-names.ts';
import { textFor } from '#shared/texts/texts.ts';
import type { Sample } from './sample.ts';

/** What a text means to the person who gets it. */
export type Heard =
  | { kind: 'prompt'; prompt: Prompt; closing: boolean }
  | { kind: 'text'; name: TextName }
  | { kind: 'unknown' };

const textNames: readonly TextName[] = [
  'tryAgain',
  'correctedAnswer',
  'right',
  'invalidCode',
  'optOutConfirmation',
  'optedBackIn',
  'help',
  'nothingMore',
];

/** Recognises the texts of the sample programme, in English, whatever stands in their placeholders. */
export function understanding({ inOrder, programme }: Sample): (body: string) => Heard {
  const known: { pattern: RegExp; heard: Heard }[] = [];
  for (const drill of inOrder) {
    for (const prompt of drill.prompts) {
      const template = prompt.messages[0]?.text?.en;
      if (template === undefined) continue;
      const closing = isLastPrompt(drill, prompt) && !asksSomething(prompt);
      known.push({ pattern: patternOf(template), heard: { kind: 'prompt', prompt, closing } });
    }
  }
  for (const name of textNames) {
    const template = textFor(name, 'en', programme);
    if (template !== null) known.push({ pattern: patternOf(template), heard: { kind: 'text', name } });
  }
  return (body) => known.find(({ pattern }) => pattern.test(body))?.heard ?? { kind: 'unknown' };
}

/** Without the spaces around that a missing value leaves. */
function patternOf(template: string): RegExp {
  const parts = template
    .split(/\{\{\s*\w+\s*\}\}/u)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&'));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`, 'u');
}
