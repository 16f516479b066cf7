import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { CallScript } from '#shared/voice/call-script.ts';
import type { CallLanguage, CallVoice } from '#shared/voice/languages.ts';
import type { AnswerDocument, Saying } from '../voice.ts';

/**
 * What is said in a call as TwiML, by Twilio's own builders, which escape every text: nothing that comes from a contact can
 * become markup. https://www.twilio.com/docs/voice/twiml
 */

/** Longest document that a request for a call may carry, in characters. https://www.twilio.com/docs/voice/api/call-resource */
export const MAX_TWIML = 4_000;

/** Silence after the last words before the goodbye, in seconds: time to find the key. */
const THINKING_SECONDS = 4;
/** How long a key is waited for after the goodbye, in seconds: the least that Twilio takes. */
const LAST_SECONDS = 1;

/** Standard voices (no surcharge): Amazon Polly's of each language. https://www.twilio.com/docs/voice/twiml/say/text-speech */
const voices = {
  'en-US': { female: 'Polly.Joanna', male: 'Polly.Matthew' },
  'es-US': { female: 'Polly.Lupe', male: 'Polly.Miguel' },
} as const satisfies Record<
  CallLanguage,
  Record<CallVoice, NonNullable<VoiceResponse.SayAttributes['voice']>>
>;

type Speech = Pick<CallScript, 'language' | 'voice'>;
type Gather = ReturnType<VoiceResponse['gather']>;

/** All of it from the start: what is heard when somebody answers, and after key 0. */
export function scriptTwiml(script: CallScript, keysUrl: string): string {
  const response = new VoiceResponse();
  const gather = listening(response, keysUrl);
  // Nothing stands between these two: the way out is offered within two seconds of who calls (64.1200(b)(3)).
  say(gather, script, script.identification);
  say(gather, script, script.optOut.prompt);
  if ('say' in script.message) say(gather, script, script.message.say);
  else gather.play({ loop: 1 }, script.message.play);
  sayChoices(gather, script);
  return ending(response);
}

/** What one key of the menu is for, or nothing for a key without a meaning; then the choices again, the way out first. */
export function menuTwiml(script: CallScript, text: string | null, keysUrl: string): string {
  const response = new VoiceResponse();
  const gather = listening(response, keysUrl);
  if (text !== null) say(gather, script, text);
  say(gather, script, script.optOut.prompt);
  sayChoices(gather, script);
  return ending(response);
}

/** What a machine is left. No key is offered: nobody is there to press it. */
export function machineTwiml(script: CallScript): string {
  const response = new VoiceResponse();
  say(response, script, script.identification);
  say(response, script, script.machine.say);
  return ending(response);
}

/** The answer to a webhook about a call. */
export function answerTwiml(saying: Saying): AnswerDocument {
  return { contentType: 'text/xml', body: bodyOf(saying) };
}

function bodyOf(saying: Saying): string {
  switch (saying.kind) {
    case 'script':
      return scriptTwiml(saying.script, saying.keysUrl);
    case 'menu': {
      const entry = saying.script.menu.find(({ key }) => key === saying.key);
      return menuTwiml(saying.script, entry?.say ?? null, saying.keysUrl);
    }
    case 'choices':
      return menuTwiml(saying.script, null, saying.keysUrl);
    case 'called_back':
      return calledBackTwiml(saying);
    case 'end':
      return endTwiml(saying);
    case 'nothing':
      return new VoiceResponse().toString();
  }
}

function calledBackTwiml(saying: Extract<Saying, { kind: 'called_back' }>): string {
  const response = new VoiceResponse();
  const speech: Speech = { language: saying.language, voice: 'female' };
  const gather = listening(response, saying.keysUrl);
  say(gather, speech, saying.identification);
  say(gather, speech, saying.prompt);
  gather.pause({ length: THINKING_SECONDS });
  // Once more: whoever calls has to find the keypad first.
  say(gather, speech, saying.prompt);
  gather.pause({ length: THINKING_SECONDS });
  return ending(response);
}

function endTwiml({ language, text }: Extract<Saying, { kind: 'end' }>): string {
  const response = new VoiceResponse();
  if (text !== null) say(response, { language, voice: 'female' }, text);
  return ending(response);
}

/**
 * Everything within it can be cut short by one key, any key: without `finishOnKey: ''` a # would end it without a word to
 * us, and the call with it.
 */
const listening = (response: VoiceResponse, keysUrl: string): Gather =>
  response.gather({
    input: ['dtmf'],
    numDigits: 1,
    finishOnKey: '',
    timeout: LAST_SECONDS,
    action: keysUrl,
    method: 'POST',
  });

/** The menu, how to hear everything again, and, after a silence in which nothing was pressed, the goodbye. */
function sayChoices(gather: Gather, script: CallScript): void {
  for (const { prompt } of script.menu) say(gather, script, prompt);
  say(gather, script, script.repeat.prompt);
  gather.pause({ length: THINKING_SECONDS });
  say(gather, script, script.goodbye);
}

const say = (
  speaker: Pick<VoiceResponse, 'say'> | Pick<Gather, 'say'>,
  { language, voice }: Speech,
  text: string,
): void => void speaker.say({ language, voice: voices[language][voice] }, text);

function ending(response: VoiceResponse): string {
  response.hangup();
  return response.toString();
}

/** See VoiceCarrier.scriptFault. `keysUrl` is as long as any that there will be. */
export function scriptFault(script: CallScript, keysUrl: string): string | null {
  const { length } = scriptTwiml(script, keysUrl);
  if (length > MAX_TWIML)
    return `as a document for Twilio it has ${length} characters, and ${MAX_TWIML} are the most`;
  const machine = machineTwiml(script).length;
  return machine > MAX_TWIML
    ? `for a machine it has ${machine} characters, and ${MAX_TWIML} are the most`
    : null;
}

/** In characters, of the longer of its documents. `keysUrl` as above. */
export const scriptLength = (script: CallScript, keysUrl: string): number =>
  Math.max(scriptTwiml(script, keysUrl).length, machineTwiml(script).length);
