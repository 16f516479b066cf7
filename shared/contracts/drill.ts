import { z } from 'zod';

/**
 * Drill content as it travels: in files, in a DRILL_STARTED event and in a person's state as a snapshot. Every
 * text is given per language; a language that is missing falls back to the drill's default language.
 */

/** Two letters, lower case: "en". Written only through `normaliseLanguage`. */
export const languageSchema = z.string().regex(/^[a-z]{2}$/, 'must be a language of two lower-case letters');

/** First two letters, lower case: "English" and "en-US" become "en". Empty or shorter text: null. */
export function normaliseLanguage(text: string): string | null {
  const language = text.trim().slice(0, 2).toLowerCase();
  return /^[a-z]{2}$/.test(language) ? language : null;
}

export const localizedTextSchema = z.record(languageSchema, z.string().min(1));
export type LocalizedText = z.infer<typeof localizedTextSchema>;

export const promptMessageSchema = z
  .object({
    /** A template: `{{name}}`, `{{company}}`, `{{correctAnswer}}`, any profile field. */
    text: localizedTextSchema.optional(),
    mediaUrl: z.url().optional(),
  })
  .refine((message) => message.text !== undefined || message.mediaUrl !== undefined, {
    message: 'a message needs a text or a mediaUrl',
  });
export type PromptMessage = z.infer<typeof promptMessageSchema>;

export const promptSchema = z.object({
  slug: z.string().min(1),
  messages: z.array(promptMessageSchema).min(1),
  /** Without it the prompt accepts anything. */
  correctResponse: localizedTextSchema.optional(),
  /** The options of a multiple-choice prompt, per language, in order ("a) ...", "b) ..."). */
  options: z.record(languageSchema, z.array(z.string().min(1)).min(2)).optional(),
  /** Further accepted answers, per language. */
  accepts: z.record(languageSchema, z.array(z.string().min(1))).optional(),
  /** Name of the profile field that the answer is written into. */
  storeAs: z
    .string()
    .regex(/^[a-z][A-Za-z0-9]*$/)
    .optional(),
  /** Wrong answers allowed before the last one: 1 means two attempts in all. */
  maxFailures: z.number().int().min(0).default(1),
  /**
   * Matters for the last prompt only: whether it waits for an answer or closes the drill as a statement. Left out: it
   * asks if it has a correct answer, options or a field to store the answer in.
   */
  asks: z.boolean().optional(),
});
export type Prompt = z.infer<typeof promptSchema>;

export const drillSchema = z.object({
  slug: z.string().min(1),
  name: z.string().min(1),
  /** Published versions never change; a dialog in flight keeps the one it began with. */
  version: z.number().int().positive(),
  defaultLanguage: languageSchema,
  prompts: z.array(promptSchema).min(1),
});
export type Drill = z.infer<typeof drillSchema>;
