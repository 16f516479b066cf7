import { z } from 'zod';
import { type PhoneNumber, phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { drillSchema } from './drill.ts';
import { profileSchema } from './profile.ts';

/** Where the prompt stands that waits for an answer. */
export const promptStateSchema = z.object({
  slug: z.string().min(1),
  startedAt: z.iso.datetime(),
  /** Wrong answers so far. */
  failures: z.number().int().min(0),
  reminderTriggered: z.boolean(),
  lastResponseAt: z.iso.datetime().nullable(),
});
export type PromptState = z.infer<typeof promptStateSchema>;

/**
 * One person's dialog: the fold of their event batches. The drill is a snapshot, stored apart by its hash
 * (shared/dialog/drill-snapshots.ts), so that an edit of its content never touches a dialog in flight.
 */
export const dialogStateSchema = z.object({
  phoneNumber: phoneNumberSchema,
  /** Of the newest batch; before the first 0, or where the batches of somebody who was erased ended. */
  version: z.number().int().min(0),
  profile: profileSchema,
  currentDrill: drillSchema.nullable(),
  drillInstanceId: z.uuid().nullable(),
  currentPrompt: promptStateSchema.nullable(),
  /** When they were asked for words in place of a picture; left out: not since they wrote some. */
  wordsAskedAt: z.iso.datetime().optional(),
});
export type DialogState = z.infer<typeof dialogStateSchema>;

/** A person of whom nothing is known. `version`: of the last batch about somebody erased who had the number before. */
export const initialState = (
  phoneNumber: PhoneNumber,
  defaultLanguage: string,
  version = 0,
): DialogState => ({
  phoneNumber,
  version,
  profile: {
    validated: false,
    optedOut: false,
    isDemo: false,
    name: null,
    language: defaultLanguage,
    timezone: null,
    accountInfo: {},
    answers: {},
  },
  currentDrill: null,
  drillInstanceId: null,
  currentPrompt: null,
});
