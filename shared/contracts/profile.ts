import { z } from 'zod';
import { languageSchema } from './drill.ts';
import { storableText } from './storable-text.ts';

/** What a registration code says about the person who sent it. */
export const accountInfoSchema = z.record(storableText, storableText);
export type AccountInfo = z.infer<typeof accountInfoSchema>;

/** What the dialog knows about a person. Answers stored by prompts stand in `answers`, by their field name. */
export const profileSchema = z.object({
  validated: z.boolean(),
  optedOut: z.boolean(),
  isDemo: z.boolean(),
  name: z.string().nullable(),
  language: languageSchema,
  timezone: z.string().nullable(),
  accountInfo: accountInfoSchema,
  answers: z.record(z.string(), z.string()),
});
export type Profile = z.infer<typeof profileSchema>;

/** A change from outside: fields that are absent stay as they are; accountInfo and answers merge field by field. */
export const profileChangeSchema = z.object({
  validated: z.boolean().optional(),
  isDemo: z.boolean().optional(),
  name: storableText.nullable().optional(),
  /** Normalised when applied: "Spanish" is not a language code, "es-MX" is "es". */
  language: storableText.min(2).optional(),
  timezone: storableText.nullable().optional(),
  accountInfo: accountInfoSchema.optional(),
  answers: z.record(storableText, storableText).optional(),
});
export type ProfileChange = z.infer<typeof profileChangeSchema>;
