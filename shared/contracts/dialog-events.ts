import { z } from 'zod';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { drillSchema, languageSchema, promptSchema } from './drill.ts';
import { originSchema } from './origin.ts';
import { accountInfoSchema, profileChangeSchema, profileSchema } from './profile.ts';

/**
 * Stream `dialog-events`; partition key: the phone number. One record is one batch: all events of one command, with
 * a version per phone number that grows by exactly one. Delivered at least once; a consumer ignores versions that it
 * has seen and waits at a gap.
 */

const event = { eventId: z.uuid(), occurredAt: z.iso.datetime() };
const instance = { drillInstanceId: z.uuid() };

/** A prompt, and the language that its drill falls back to. */
const ofPrompt = { ...instance, prompt: promptSchema, defaultLanguage: languageSchema };

/** The drill that a request ended, if one was running. */
const abandoning = { abandonedDrillInstanceId: z.uuid().nullable() };

export const dialogEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...event,
    ...instance,
    type: z.literal('DRILL_STARTED'),
    drill: drillSchema,
    firstPrompt: promptSchema,
    /** The drill that this one replaces, if one was running. */
    replacedDrillInstanceId: z.uuid().nullable(),
  }),
  z.object({ ...event, ...ofPrompt, type: z.literal('REMINDER_TRIGGERED') }),
  z.object({
    ...event,
    type: z.literal('USER_VALIDATED'),
    codeValidation: z.object({
      valid: z.literal(true),
      isDemo: z.boolean(),
      accountInfo: accountInfoSchema,
      programmeSlug: z.string(),
    }),
  }),
  z.object({ ...event, type: z.literal('USER_VALIDATION_FAILED') }),
  z.object({
    ...event,
    ...ofPrompt,
    type: z.literal('COMPLETED_PROMPT'),
    response: z.string(),
    /** Whether the prompt had a correct answer to compare with. */
    graded: z.boolean(),
  }),
  z.object({
    ...event,
    ...ofPrompt,
    type: z.literal('FAILED_PROMPT'),
    response: z.string().nullable(),
    abandoned: z.boolean(),
  }),
  z.object({ ...event, ...ofPrompt, type: z.literal('ADVANCED_TO_NEXT_PROMPT') }),
  z.object({
    ...event,
    ...instance,
    type: z.literal('DRILL_COMPLETED'),
    lastPromptResponse: z.string().nullable(),
  }),
  z.object({
    ...event,
    type: z.literal('OPTED_OUT'),
    drillInstanceId: z.uuid().nullable(),
    /** Whether we owe the one confirmation: not when the carrier answers, nor when it was no text of the person's. */
    confirm: z.boolean(),
  }),
  z.object({ ...event, type: z.literal('OPTED_BACK_IN'), confirm: z.boolean() }),
  z.object({ ...event, type: z.literal('HELP_REQUESTED') }),
  z.object({ ...event, type: z.literal('NEXT_DRILL_REQUESTED') }),
  z.object({ ...event, ...abandoning, type: z.literal('NAME_CHANGE_REQUESTED') }),
  z.object({ ...event, ...abandoning, type: z.literal('LANGUAGE_CHANGE_REQUESTED') }),
  z.object({ ...event, ...abandoning, type: z.literal('SCHEDULING_REQUESTED') }),
  z.object({ ...event, type: z.literal('MENU_REQUESTED') }),
  z.object({ ...event, type: z.literal('DASHBOARD_REQUESTED') }),
  z.object({ ...event, type: z.literal('SUPPORT_REQUESTED') }),
  z.object({ ...event, type: z.literal('THANK_YOU_RECEIVED') }),
  z.object({ ...event, type: z.literal('DEMO_REQUESTED') }),
  z.object({
    ...event,
    type: z.literal('UNHANDLED_MESSAGE_RECEIVED'),
    message: z.string(),
    /**
     * A picture or the like without a word, where only words can be understood: whether the person is asked for them, or
     * was a short while ago. Left out: people have it, whatever it is.
     */
    wordless: z.enum(['asked', 'asked_before']).optional(),
  }),
  z.object({
    ...event,
    type: z.literal('AD_HOC_MESSAGE_SENT'),
    body: z.string(),
    mediaUrl: z.url().nullable(),
  }),
  z.object({
    ...event,
    type: z.literal('USER_UPDATED'),
    profile: profileChangeSchema,
    purgeDrillState: z.boolean(),
  }),
]);
export type DialogEvent = z.infer<typeof dialogEventSchema>;
export type DialogEventType = DialogEvent['type'];

export const dialogEventBatchSchema = z.object({
  schemaVersion: z.literal(1),
  batchId: z.uuid(),
  commandId: z.uuid(),
  phoneNumber: phoneNumberSchema,
  /** 1 for the first batch of a phone number, then one more each time, without gaps. */
  version: z.number().int().positive(),
  occurredAt: z.iso.datetime(),
  /** The programme that owns the number involved; null when none does. */
  programmeSlug: z.string().nullable(),
  origin: originSchema,
  /** The campaign that asked for the drill with which the batch begins; left out: none did. */
  lessonCampaignId: z.uuid().optional(),
  /** Before the first event of the batch. */
  profileBefore: profileSchema,
  /** After the last one. */
  profileAfter: profileSchema,
  events: z.array(dialogEventSchema).min(1),
});
export type DialogEventBatch = z.infer<typeof dialogEventBatchSchema>;
