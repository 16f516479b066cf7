import { z } from 'zod';
import type { Journal } from './journal.ts';

/** Approved templates of WhatsApp, as Twilio's Content API has them: by their ids, with numbered places. */

export const templateSchema = z.strictObject({
  contentSid: z.string().regex(/^HX[0-9a-fA-F]{32}$/, 'must be HX and 32 hexadecimal digits'),
  /** Its words: "Hello {{1}}". */
  body: z.string().min(1).max(1_600),
});
export type Template = z.infer<typeof templateSchema>;

export interface TemplateStore {
  get(contentSid: string): Template | undefined;
  all(): Template[];
  /** Made, or approved anew with other words. */
  put(template: Template): void;
}

/** Kept in the journal, where there is one. */
export function createTemplateStore(
  journal: Pick<Journal, 'saveTemplate' | 'templates'> | null,
): TemplateStore {
  const templates = new Map<string, Template>();
  for (const template of journal?.templates() ?? []) templates.set(template.contentSid, template);
  return {
    get: (contentSid) => templates.get(contentSid),
    all: () => [...templates.values()],
    put: (template) => {
      templates.set(template.contentSid, template);
      journal?.saveTemplate(template);
    },
  };
}

const PLACE = /\{\{\s*(\d+)\s*\}\}/g;
const variablesSchema = z.record(z.string().regex(/^\d+$/), z.string());

/** What `ContentVariables` says; null: it is not JSON of texts by number. */
export function readVariables(text: string | undefined): Record<string, string> | null {
  if (text === undefined || text === '') return {};
  try {
    return variablesSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not JSON.
    return null;
  }
}

/** The words of a template with its variables in their places; null: they do not fit together. */
export function fillTemplate({ body }: Template, variables: Readonly<Record<string, string>>): string | null {
  const places = new Set([...body.matchAll(PLACE)].map(([, place]) => place));
  const given = Object.keys(variables);
  if (places.size !== given.length || given.some((place) => !places.has(place))) return null;
  return body.replace(PLACE, (_, place: string) => variables[place] ?? '');
}
