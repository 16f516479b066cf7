import type { DrillDraft } from '#shared/api-client/api-types.ts';
import { languagesOf, localizedParts } from '#shared/drills/languages.ts';
import { asksSomething } from '#shared/drills/prompt.ts';

/** A drill as it is being written: the draft of the API, in which texts may still be empty. */
export type Working = DrillDraft['draft'];
export type Prompt = Working['prompts'][number];
export type Message = Prompt['messages'][number];
export type Example = Working['examples'][number];

/** What of a drill the API does not take yet, and so stays in this browser. */
export interface LeftOut {
  /** Which prompt, from 0; null: the drill. */
  prompt: number | null;
  what: 'words' | 'name' | 'options' | 'media' | 'storeAs' | 'answer';
}

export interface Kept {
  /** null: there is nothing yet that could be kept. */
  draft: Working | null;
  /** Of each prompt of the draft, which of the drill's it is. */
  places: readonly number[];
  leftOut: readonly LeftOut[];
}

const isThere = (text: string): boolean => text.trim() !== '';
const FIELD_NAME = /^[a-z][A-Za-z0-9]*$/;

/** Values of an object that `keep` makes something of; undefined where nothing is left. */
function kept<Value>(
  values: Readonly<Record<string, Value>> | undefined,
  keep: (value: Value) => Value | null,
): Record<string, Value> | undefined {
  const entries = Object.entries(values ?? {}).flatMap(([name, value]) => {
    const left = keep(value);
    return left === null ? [] : [[name, left] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const words = (text: string): string | null => (isThere(text) ? text : null);
const several =
  (least: number) =>
  (texts: readonly string[]): string[] | null => {
    const left = texts.filter(isThere);
    return left.length < least ? null : left;
  };

/** What of a drill the API can keep, and what has to wait until somebody has written more of it. */
export function keepable(working: Working): Kept {
  const leftOut: LeftOut[] = [];
  const prompts: Prompt[] = [];
  const places: number[] = [];
  for (const [place, prompt] of working.prompts.entries()) {
    const messages = prompt.messages.flatMap((message): Message[] => {
      const text = kept(message.text, words);
      const address = message.mediaUrl?.trim() ?? '';
      const mediaUrl = URL.canParse(address) ? address : undefined;
      if (address !== '' && mediaUrl === undefined) leftOut.push({ prompt: place, what: 'media' });
      return text === undefined && mediaUrl === undefined
        ? []
        : [{ ...(text === undefined ? {} : { text }), ...(mediaUrl === undefined ? {} : { mediaUrl }) }];
    });
    const storeAs = prompt.storeAs?.trim() ?? '';
    if (storeAs !== '' && !FIELD_NAME.test(storeAs)) leftOut.push({ prompt: place, what: 'storeAs' });
    if (
      Object.values(prompt.options ?? {}).some((texts) => texts.some(isThere) && several(2)(texts) === null)
    )
      leftOut.push({ prompt: place, what: 'options' });
    const correctResponse = kept(prompt.correctResponse, words);
    if (prompt.correctResponse !== undefined && correctResponse === undefined)
      leftOut.push({ prompt: place, what: 'answer' });
    if (messages.length === 0) {
      leftOut.push({ prompt: place, what: 'words' });
      continue;
    }
    const options = kept(prompt.options, several(2));
    const accepts = kept(prompt.accepts, several(1));
    places.push(place);
    prompts.push({
      slug: isThere(prompt.slug) ? prompt.slug.trim() : freeSlug(working.prompts),
      messages,
      ...(correctResponse === undefined ? {} : { correctResponse }),
      ...(options === undefined ? {} : { options }),
      ...(accepts === undefined ? {} : { accepts }),
      ...(FIELD_NAME.test(storeAs) ? { storeAs } : {}),
      maxFailures: prompt.maxFailures,
      ...(prompt.asks === undefined ? {} : { asks: prompt.asks }),
    });
  }
  if (!isThere(working.name)) leftOut.push({ prompt: null, what: 'name' });
  const isWhole = isThere(working.name) && prompts.length > 0;
  return { draft: isWhole ? { ...working, name: working.name.trim(), prompts } : null, places, leftOut };
}

/** A slug that no prompt has. */
export function freeSlug(prompts: readonly Prompt[]): string {
  const taken = new Set(prompts.map(({ slug }) => slug));
  for (let n = 1; ; n += 1) if (!taken.has(`question-${n}`)) return `question-${n}`;
}

/** What a prompt wants: the right answer, any answer, or none, because it ends the drill. */
export type PromptKind = 'graded' | 'open' | 'closing';
export function kindOf(prompt: Prompt, isLast: boolean): PromptKind {
  if (prompt.correctResponse !== undefined) return 'graded';
  return isLast && !asksSomething(prompt) ? 'closing' : 'open';
}

/** The prompt as one of another kind. What only the kind before had use for goes. */
export function asKind(prompt: Prompt, kind: PromptKind, isLast: boolean): Prompt {
  const { accepts, asks: _, correctResponse, options, storeAs, ...rest } = prompt;
  if (kind === 'graded') {
    return {
      ...rest,
      correctResponse: correctResponse ?? {},
      ...(accepts ? { accepts } : {}),
      ...(options ? { options } : {}),
      ...(storeAs === undefined ? {} : { storeAs }),
    };
  }
  if (kind === 'closing') return rest;
  return { ...rest, ...(storeAs === undefined ? {} : { storeAs }), ...(isLast ? { asks: true } : {}) };
}

/** Languages that a drill is written in, the default one first, and those that were only just added. */
export const languagesIn = (working: Working, added: readonly string[]): string[] => [
  ...new Set([...languagesOf({ ...working, version: 1 }), ...added]),
];

const lacks = (value: unknown): boolean =>
  Array.isArray(value) ? !value.some((text) => isThere(String(text))) : !isThere(String(value ?? ''));

/** How many parts of a prompt say nothing in a language that they have in the default one. */
export const missingIn = (prompt: Prompt, language: string, defaultLanguage: string): number =>
  localizedParts(prompt).filter(
    ({ values }) => !lacks(values[defaultLanguage] ?? '') && lacks(values[language] ?? ''),
  ).length;

/** The first words that a prompt says, as its name for people. */
export const opening = ({ messages }: Prompt, language: string): string =>
  messages.map(({ text }) => (text?.[language] ?? Object.values(text ?? {})[0] ?? '').trim()).find(isThere) ??
  '';

/** A list with an item at another place. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return [...items];
  return items.toSpliced(from, 1).toSpliced(to, 0, item);
}

/** A text as it stands in one language among others; empty: it stands in none. */
export function withText<Value>(
  values: Readonly<Record<string, Value>> | undefined,
  language: string,
  value: Value,
): Record<string, Value> {
  return { ...values, [language]: value };
}
