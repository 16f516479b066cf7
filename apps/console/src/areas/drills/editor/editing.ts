import { createContext, useContext } from 'react';
import type { Programme } from '#shared/api-client/api-types.ts';
import type { Finding } from './findings.ts';
import type { Editor } from './use-editor.ts';
import type { Example, Prompt } from './working.ts';

/** What every part of the editor works with. */
export interface Editing {
  editor: Editor;
  /** In which prompts are shown, all in the same. */
  language: string;
  speak: (language: string) => void;
  languages: readonly string[];
  findings: readonly Finding[];
  /** Whether `findings` are of the draft as it is saved. */
  isChecked: boolean;
  /** Words of programmes, which win over an answer. */
  words: readonly string[];
  /** That gives the drill; null: none does yet. */
  programme: Programme | null;
  /** Names that texts may say. */
  fields: readonly string[];
}
export const EditingContext = createContext<Editing | null>(null);

export function useEditing(): Editing {
  const editing = useContext(EditingContext);
  if (editing === null) throw new Error('a part of the drill editor is drawn outside of it');
  return editing;
}

/** Changes one prompt of the drill. */
export function usePromptChange(at: number): (how: (prompt: Prompt) => Prompt) => void {
  const { editor } = useEditing();
  return (how) =>
    editor.change((working) => ({
      ...working,
      prompts: working.prompts.map((prompt, index) => (index === at ? how(prompt) : prompt)),
    }));
}

/** Changes its example conversations. */
export function useExamplesChange(): (how: (examples: Example[]) => Example[]) => void {
  const { editor } = useEditing();
  return (how) => editor.change((working) => ({ ...working, examples: how(working.examples) }));
}

/** Where a part of the editor stands on the page. */
export const anchorOf = (prompt: number | null, example: number | null = null): string =>
  prompt !== null ? `prompt-${prompt + 1}` : example !== null ? 'examples' : 'about-drill';

/** Leads to a part of the editor, and the keyboard with it. */
export function goTo(anchor: string): void {
  const place = document.getElementById(anchor);
  place?.scrollIntoView({ block: 'start', behavior: 'instant' });
  place?.focus({ preventScroll: true });
}
