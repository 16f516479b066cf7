import { normaliseLanguage } from '#shared/contracts/drill.ts';
import type { CallScript } from '#shared/voice/call-script.ts';
import { type CallContent, tryToCompose } from '#shared/voice/compose.ts';
import { callLanguageFor } from '#shared/voice/languages.ts';
import { type Member, memberValue } from './audience-member.ts';
import type { CallSettings, CallWords, CallWordsByLanguage } from './call-words.ts';
import type { CallingParts } from './calling.ts';
import { parseTemplate, renderTemplate, type Template } from './template.ts';

/** The script of a call to somebody; or why they get none, and what they lack for it. */
export type ComposedCall =
  | { kind: 'call'; script: CallScript; language: string }
  | { kind: 'skipped'; rule: string; missing: readonly string[] };

/** What is needed to write scripts: what is said, by variant, and how the campaign calls. */
export interface CallsOf {
  defaultLanguage: string;
  call: CallSettings | null;
  variants: readonly { calls: CallWordsByLanguage }[];
}

/** With their values the words make no call that may be made: they say something that a voice cannot, or nothing. */
export const UNSPEAKABLE = 'unspeakable';

/** Writes the scripts of a campaign, whose templates are taken apart once. */
export function callComposer(
  { call, defaultLanguage, variants }: CallsOf,
  { organisation: usual, scriptFault }: Pick<CallingParts, 'organisation' | 'scriptFault'>,
) {
  const written = variants.map(
    ({ calls }) =>
      new Map(Object.entries(calls).map(([language, words]) => [language, parsedWords(words)] as const)),
  );
  return (member: Member): ComposedCall => {
    const byLanguage = written[member.variant];
    if (byLanguage === undefined) return skipped('no_variant');
    const spoken = member.language === null ? null : normaliseLanguage(member.language);
    const language = spoken !== null && byLanguage.has(spoken) ? spoken : defaultLanguage;
    const words = byLanguage.get(language);
    const inCalls = callLanguageFor(language);
    if (words === undefined || inCalls === null) return skipped('no_text');
    const organisation = call?.organisation ?? usual;
    const tollFreeNumber = call?.tollFreeNumber ?? null;
    if (call === null || organisation === null || tollFreeNumber === null) return skipped(UNSPEAKABLE);
    const rendered = renderCall(words, (field) => memberValue(member, field));
    if (rendered.kind === 'missing') return skipped(`missing_${rendered.fields[0]}`, rendered.fields);
    const { voice, ringSeconds } = call;
    const { data: script, error } = tryToCompose({
      ...{ language: inCalls, voice, organisation, tollFreeNumber },
      ...rendered.words,
      ...(ringSeconds === null ? {} : { ringSeconds }),
    });
    if (script === undefined) {
      return skipped(error.issues.every(({ code }) => code === 'too_big') ? 'too_long' : UNSPEAKABLE);
    }
    return scriptFault(script) === null ? { kind: 'call', script, language } : skipped('too_long');
  };
}

const skipped = (rule: string, missing: readonly string[] = []): ComposedCall => ({
  kind: 'skipped',
  rule,
  missing,
});

interface ParsedWords {
  message: { say: Template } | { play: string };
  menu: readonly { key: CallWords['menu'][number]['key']; prompt: Template; say: Template }[];
  machine: Template | null;
}

export const parsedWords = ({ machine, menu, message }: CallWords): ParsedWords => ({
  message: 'say' in message ? { say: parseTemplate(message.say) } : message,
  menu: menu.map(({ key, prompt, say }) => ({ key, prompt: parseTemplate(prompt), say: parseTemplate(say) })),
  machine: machine === null ? null : parseTemplate(machine),
});

type RenderedCall =
  | { kind: 'words'; words: Pick<CallContent, 'message' | 'menu' | 'machineMessage'> }
  | { kind: 'missing'; fields: readonly string[] };

/** The words for somebody: all that the call may say, as it is not known what they will press. */
export function renderCall(
  { machine, menu, message }: ParsedWords,
  valueOfField: (field: string) => string | null,
): RenderedCall {
  const missing = new Set<string>();
  const say = (template: Template): string => {
    const rendered = renderTemplate(template, valueOfField);
    if (rendered.kind === 'text') return speakable(rendered.text);
    for (const field of rendered.fields) missing.add(field);
    return '';
  };
  const words = {
    message: 'say' in message ? { say: say(message.say) } : message,
    menu: menu.map(({ key, prompt, say: told }) => ({ key, prompt: say(prompt), say: say(told) })),
    ...(machine === null ? {} : { machineMessage: say(machine) }),
  };
  return missing.size > 0 ? { kind: 'missing', fields: [...missing] } : { kind: 'words', words };
}

/** Line breaks and what else no voice can say are spaces to it. */
const speakable = (text: string): string => text.replace(/[\p{Cc}\uFFFE\uFFFF]+/gu, ' ').trim();
