import type { DrillCheck } from '#shared/api-client/api-types.ts';

/** Something that the check found, at the place in the drill that it is about. */
export interface Finding {
  /** `bad`: keeps it from being published. `held`: works, and somebody should know. */
  tone: 'bad' | 'held';
  message: string;
  /** Which prompt, from 0; null: none. */
  prompt: number | null;
  /** Which example conversation, from 0; null: none. */
  example: number | null;
  /** Within the prompt or the example: "messages.0.text". */
  field: string;
  /** Of the text that it is about; null: of all, or of none. */
  language: string | null;
}

const IN_LANGUAGE = /^(messages\.\d+\.text|correctResponse|options|accepts)\.([a-z]{2})$/;

/** A sentence of its own: the API says what it found as the end of a line that begins with the place. */
const sentence = (message: string): string => message.slice(0, 1).toUpperCase() + message.slice(1);

/** `places`: of each prompt that was checked, which of the drill's it is by now. */
function placed(
  { message, path }: DrillCheck['faults'][number],
  tone: Finding['tone'],
  places: readonly number[],
): Finding {
  const [, of, at, rest = ''] = /^(prompts|examples)\.(\d+)(?:\.(.*))?$/.exec(path) ?? [];
  const [, field, language] = IN_LANGUAGE.exec(rest) ?? [];
  return {
    tone,
    message: sentence(message),
    prompt: of === 'prompts' ? (places[Number(at)] ?? null) : null,
    example: of === 'examples' ? Number(at) : null,
    field: field ?? rest,
    language: language ?? null,
  };
}

/** All that a check found, faults first; where examples fail among them as what somebody should know. */
export const findingsOf = (check: DrillCheck, places: readonly number[]): Finding[] => [
  ...check.faults.map((each) => placed(each, 'bad', places)),
  ...check.warnings.map((each) => placed(each, 'held', places)),
  ...check.examples.failures.map((each) => placed(each, 'held', places)),
];

/** What its examples leave open: branches that none tries, by prompt. */
export const unreachedOf = (check: DrillCheck, places: readonly number[]): Finding[] =>
  check.examples.unreached.map((each) => placed(each, 'held', places));

/** Whether publishing takes a reason. */
export const needsReason = ({ examples }: DrillCheck): boolean =>
  examples.failures.length + examples.unreached.length + examples.untestedLanguages.length > 0;

/**
 * Those about one field of a prompt in a language. A text that lacks a language is a matter of the tabs of languages, which
 * say so before anything is saved.
 */
export const about = (
  findings: readonly Finding[],
  prompt: number,
  field: string,
  language: string,
): Finding[] =>
  findings.filter((each) => each.prompt === prompt && each.field === field && each.language === language);
