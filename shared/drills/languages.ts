import type { Drill, Prompt } from '#shared/contracts/drill.ts';

/** Parts of a prompt that are given per language, with their places in it. */
export function localizedParts(prompt: Prompt): {
  path: (string | number)[];
  values: Readonly<Record<string, unknown>>;
}[] {
  const { accepts, correctResponse, options } = prompt;
  return [
    ...prompt.messages.flatMap(({ text }, n) =>
      text ? [{ path: ['messages', n, 'text'], values: text }] : [],
    ),
    ...(correctResponse ? [{ path: ['correctResponse'], values: correctResponse }] : []),
    ...(options ? [{ path: ['options'], values: options }] : []),
    ...(accepts ? [{ path: ['accepts'], values: accepts }] : []),
  ];
}

/** The languages that a drill has something in, its default first, the others by name. */
export function languagesOf({ defaultLanguage, prompts }: Drill): string[] {
  const found = new Set(
    prompts.flatMap((prompt) => localizedParts(prompt).flatMap(({ values }) => Object.keys(values))),
  );
  found.delete(defaultLanguage);
  return [defaultLanguage, ...[...found].sort()];
}
