import type { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { type CallScript, callScriptSchema, type MenuEntry } from './call-script.ts';
import type { CallLanguage, CallVoice } from './languages.ts';
import { spokenNumber } from './spoken-number.ts';
import { callTexts } from './texts/texts-by-language.ts';

/** What a campaign has to say, rendered for one person. */
export interface CallContent {
  language: CallLanguage;
  voice?: CallVoice;
  /** Who is responsible for the call, as it is registered (64.1200(b)(1)). */
  organisation: string;
  tollFreeNumber: PhoneNumber;
  message: CallScript['message'];
  /** Said on a machine in the place of the message; left out: the message's own words. Must be given with a recording. */
  machineMessage?: string;
  menu?: readonly MenuEntry[];
  /** Left out: as long as the environment lets calls ring. */
  ringSeconds?: number;
}

/**
 * The script of a call: the campaign's content within what every call says, in the built-in words of its language. Pure.
 * Throws zod's error for content that makes no lawful script.
 */
export const composeCall = (content: CallContent): CallScript => callScriptSchema.parse(scriptOf(content));

/** The same, or what is wrong with it, by where it stands in the script. Never throws. */
export const tryToCompose = (content: CallContent): z.ZodSafeParseResult<CallScript> =>
  callScriptSchema.safeParse(scriptOf(content));

function scriptOf(content: CallContent): CallScript {
  const texts = callTexts[content.language];
  const number = spokenNumber(content.tollFreeNumber);
  const spoken = content.machineMessage ?? ('say' in content.message ? content.message.say : '');
  return {
    language: content.language,
    voice: content.voice ?? 'female',
    identification: texts.identification(content.organisation),
    optOut: { prompt: texts.optOutPrompt },
    message: content.message,
    menu: [...(content.menu ?? [])],
    repeat: { prompt: texts.repeatPrompt },
    tollFreeNumber: content.tollFreeNumber,
    machine: { say: [spoken, texts.machineEnd(number)].filter((text) => text !== '').join(' ') },
    goodbye: texts.goodbye(number),
    optedOutConfirmation: texts.optedOutConfirmation,
    ...(content.ringSeconds === undefined ? {} : { ringSeconds: content.ringSeconds }),
  };
}
