import { z } from 'zod';
import { LEAST_RING_SECONDS } from '#shared/carriers/voice.ts';
import { storableText } from '#shared/contracts/storable-text.ts';
import { phoneNumberSchema } from '#shared/phone/phone-number.ts';
import { callLanguages, callVoices } from './languages.ts';
import { isTollFree, saysNumber } from './spoken-number.ts';

/**
 * What is said in one call to one person, as data: everything is rendered, nothing is looked up any more when somebody
 * answers. Stored with the message (`message.call`). What a person hears, in this order, key 9 counting at any moment:
 *
 *   identification -> how to opt out -> message -> menu -> how to hear it again -> (silence) -> goodbye -> end
 *
 * 47 CFR 64.1200(b): who is responsible for the call is said first (1), a number to reach them at during it or after it (2),
 * and the key that opts out, with how to use it, within two seconds of saying who calls (3). A machine is left the same
 * with a toll-free number in place of the key (3).
 */

/** The key that opts out, of every campaign, on every call. */
export const OPT_OUT_KEY = '9';
/** The key that says everything again. */
export const REPEAT_KEY = '0';

export const menuKeys = ['1', '2', '3', '4', '5', '6', '7', '8'] as const;
export type MenuKey = (typeof menuKeys)[number];

/** A call rings for no longer, in seconds: by then a machine or the network has taken it. */
export const MOST_RING_SECONDS = 60;

/** What a voice can say: no control characters, which no document for a carrier may hold either. */
const said = (most: number) =>
  storableText
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !CONTROL.test(text), 'must not contain control characters');
const CONTROL = /[\p{Cc}\uFFFE\uFFFF]/u;

/** Whether the text tells the key by its digit, standing alone: what people look for on their phone. */
const namesKey = (text: string, key: string): boolean => new RegExp(`(?<!\\d)${key}(?!\\d)`).test(text);

/** A recording, from an address that the carrier can reach. */
const recording = z.url({ protocol: /^https$/ }).max(500);

const menuEntrySchema = z.strictObject({
  key: z.enum(menuKeys),
  /** "To hear the opening hours, press 1." */
  prompt: said(200),
  /** What is said once the key is pressed. */
  say: said(600),
});
export type MenuEntry = z.infer<typeof menuEntrySchema>;

export const callScriptSchema = z
  .strictObject({
    language: z.enum(callLanguages),
    voice: z.enum(callVoices),
    /** Who is responsible for the call, before anything else; also on a machine. */
    identification: said(200),
    /** How to be left alone: key 9. Short, so that all of it is close to the identification. */
    optOut: z.strictObject({ prompt: said(160) }),
    message: z.union([z.strictObject({ say: said(1_800) }), z.strictObject({ play: recording })]),
    menu: z.array(menuEntrySchema).max(menuKeys.length).default([]),
    repeat: z.strictObject({ prompt: said(160) }),
    /** Reaches whoever is responsible, and the same opt-out (a number of ours that answers): free of charge for the person. */
    tollFreeNumber: phoneNumberSchema.refine(isTollFree, 'must be a toll-free number'),
    /** What is left on an answering machine, after the identification. Says the toll-free number. */
    machine: z.strictObject({ say: said(1_200) }),
    /** Last words, to whoever pressed nothing. Says the number too. */
    goodbye: said(300),
    /** After key 9, before the call ends; null: it ends without a word. */
    optedOutConfirmation: said(120).nullable(),
    /** How long it rings; left out: as long as the environment lets calls ring. */
    ringSeconds: z.int().min(LEAST_RING_SECONDS).max(MOST_RING_SECONDS).optional(),
  })
  .superRefine((script, context) => {
    const fault = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const { goodbye, machine, menu, optOut, repeat, tollFreeNumber } = script;
    if (!namesKey(optOut.prompt, OPT_OUT_KEY)) fault(['optOut', 'prompt'], 'must say key 9');
    if (!namesKey(repeat.prompt, REPEAT_KEY)) fault(['repeat', 'prompt'], 'must say key 0');
    for (const [index, { key, prompt }] of menu.entries()) {
      if (!namesKey(prompt, key)) fault(['menu', index, 'prompt'], `must say key ${key}`);
      if (menu.findIndex((other) => other.key === key) < index)
        fault(['menu', index, 'key'], 'is given twice');
    }
    if (!saysNumber(machine.say, tollFreeNumber)) fault(['machine', 'say'], 'must say the toll-free number');
    if (!saysNumber(goodbye, tollFreeNumber)) fault(['goodbye'], 'must say the toll-free number');
  });
export type CallScript = z.infer<typeof callScriptSchema>;

/**
 * What the call says, as one text for the message log: what a person hears who presses nothing. A recording stands as
 * its address.
 */
export const transcriptOf = (script: CallScript): string => heardIn(script).join(' ');

/** The same, part by part. */
export const heardIn = ({ goodbye, identification, menu, message, optOut, repeat }: CallScript): string[] => [
  identification,
  optOut.prompt,
  'say' in message ? message.say : `[${message.play}]`,
  ...menu.map(({ prompt }) => prompt),
  repeat.prompt,
  goodbye,
];
