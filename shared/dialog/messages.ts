import type { Intent } from '#shared/compliance/touch.ts';
import type { DialogEvent, DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Prompt } from '#shared/contracts/drill.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { localizedText } from '#shared/drills/prompt.ts';
import { render } from '#shared/drills/template.ts';
import { messageIdOf } from '#shared/identity.ts';
import type { OutgoingMessage } from '#shared/messages/write.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp } from '#shared/phone/sender-address.ts';
import { textFor } from '#shared/texts/texts.ts';

export interface MessageSettings {
  /** Sends what names no number; the dialog looks the programme up by the same number. */
  defaultSender: PhoneNumber;
  /** Who answers STOP and HELP at a number that no programme owns. */
  organisation: string;
  /** How people reach them: a telephone number or an e-mail address. */
  contact: string;
  /**
   * The carrier itself answers STOP, START and HELP that come as texts, without saying so in its webhook. Two answers are one too
   * many.
   */
  carrierAnswersKeywords: boolean;
}

/** Events that a carrier with keyword handling has answered already. */
const ANSWERED_BY_CARRIERS: ReadonlySet<DialogEvent['type']> = new Set([
  'OPTED_OUT',
  'OPTED_BACK_IN',
  'HELP_REQUESTED',
]);

/** The longest text that carriers take, in characters. */
const LONGEST_BODY = 1600;

/** A message before it has an id, a lane and a sender. */
interface Content {
  body: string;
  mediaUrl: string | null;
}

/**
 * The messages that a batch of events causes, in the order in which the person gets them. Pure: the same batch gives
 * the same messages with the same ids. The language is the person's after the batch. `programme` is the one that the
 * batch names; null where none does.
 */
export function messagesFor(
  batch: DialogEventBatch,
  programme: Programme | null,
  settings: MessageSettings,
): OutgoingMessage[] {
  const speaker = new Speaker(batch, programme, settings);
  const senderNumber = batch.origin.senderNumber ?? settings.defaultSender;
  const lane = batch.origin.kind === 'reply' ? 'replies' : 'bulk';
  // Twilio's handling of these words is that of its numbers for texts: of what comes by WhatsApp it knows nothing.
  const carrierAnswers = settings.carrierAnswersKeywords && !isWhatsApp(senderNumber);
  const ours = batch.events.filter(({ type }) => !(carrierAnswers && ANSWERED_BY_CARRIERS.has(type)));
  return ours.flatMap((event) =>
    contentsFor(event, speaker).flatMap(({ body, mediaUrl }, index) => {
      if (body === '' && mediaUrl === null) return [];
      return {
        messageId: messageIdOf(event.eventId, index),
        causeId: event.eventId,
        lane,
        intent: intentOf(event, batch),
        senderNumber,
        body,
        mediaUrls: mediaUrl === null ? [] : [mediaUrl],
      };
    }),
  );
}

function intentOf(event: DialogEvent, { origin }: DialogEventBatch): Intent {
  if (event.type === 'OPTED_OUT') return 'opt_out_confirmation';
  if (event.type === 'HELP_REQUESTED') return 'help';
  return origin.kind === 'reply' ? 'reply' : origin.intent;
}

function contentsFor(event: DialogEvent, speaker: Speaker): Content[] {
  switch (event.type) {
    case 'DRILL_STARTED':
      return speaker.prompt(event.firstPrompt, event.drill.defaultLanguage);
    case 'ADVANCED_TO_NEXT_PROMPT':
      return speaker.prompt(event.prompt, event.defaultLanguage);
    case 'COMPLETED_PROMPT':
      return event.graded ? speaker.sayOf('right', event) : [];
    case 'FAILED_PROMPT':
      return speaker.sayOf(event.abandoned ? 'correctedAnswer' : 'tryAgain', event);
    case 'REMINDER_TRIGGERED':
      return speaker.sayOf('reminder', event);
    case 'USER_VALIDATION_FAILED':
      return speaker.say('invalidCode');
    case 'OPTED_OUT':
      return event.confirm ? speaker.say('optOutConfirmation') : [];
    case 'OPTED_BACK_IN':
      return event.confirm ? speaker.say('optedBackIn') : [];
    case 'HELP_REQUESTED':
      return speaker.say('help');
    case 'MENU_REQUESTED':
      return speaker.say('menu');
    case 'SUPPORT_REQUESTED':
      return speaker.say('support');
    case 'DASHBOARD_REQUESTED':
      return speaker.say('dashboard');
    case 'DEMO_REQUESTED':
      return speaker.say('demo');
    case 'UNHANDLED_MESSAGE_RECEIVED':
      return event.wordless === 'asked' ? speaker.say('wordsOnly') : [];
    case 'AD_HOC_MESSAGE_SENT':
      return [{ body: event.body, mediaUrl: event.mediaUrl }];
    case 'USER_VALIDATED':
    case 'DRILL_COMPLETED':
    case 'NEXT_DRILL_REQUESTED':
    case 'NAME_CHANGE_REQUESTED':
    case 'LANGUAGE_CHANGE_REQUESTED':
    case 'SCHEDULING_REQUESTED':
    case 'THANK_YOU_RECEIVED':
    case 'USER_UPDATED':
      return [];
  }
}

type TextName = Parameters<typeof textFor>[0];

/** Words texts for one person, in their language. */
class Speaker {
  readonly #profile: DialogEventBatch['profileAfter'];
  readonly #programme: Programme | null;
  readonly #named: Pick<Programme, 'name' | 'company' | 'contact' | 'labels' | 'defaultLanguage'>;

  constructor(batch: DialogEventBatch, programme: Programme | null, settings: MessageSettings) {
    this.#profile = batch.profileAfter;
    this.#programme = programme;
    this.#named = programme ?? {
      name: settings.organisation,
      // Already said as the name: "Elm County (Elm County)" would be once too often.
      company: '',
      contact: settings.contact,
      labels: {},
      defaultLanguage: 'en',
    };
  }

  /** Every message of a prompt, in the drill's language where the person's is missing. */
  prompt(prompt: Prompt, fallback: string): Content[] {
    const correctAnswer = this.#correctAnswer(prompt, fallback);
    return prompt.messages.map(({ text, mediaUrl }) => ({
      body: text ? this.#render(localizedText(text, this.#profile.language, fallback), correctAnswer) : '',
      mediaUrl: mediaUrl ?? null,
    }));
  }

  /** A text that the product says by itself. */
  say(name: TextName, correctAnswer: string | null = null): Content[] {
    const text = textFor(name, this.#profile.language, this.#programme);
    return text === null ? [] : [{ body: this.#render(text, correctAnswer), mediaUrl: null }];
  }

  /** The same about a prompt, whose answer is in the drill's language where the person's is missing. */
  sayOf(name: TextName, { prompt, defaultLanguage }: { prompt: Prompt; defaultLanguage: string }): Content[] {
    return this.say(name, this.#correctAnswer(prompt, defaultLanguage));
  }

  #correctAnswer({ correctResponse }: Prompt, fallback: string): string | null {
    return correctResponse ? localizedText(correctResponse, this.#profile.language, fallback) : null;
  }

  #render(template: string, correctAnswer: string | null): string {
    const body = render(template, { profile: this.#profile, programme: this.#named, correctAnswer });
    // Not in the middle of a character of two halves.
    return body
      .trim()
      .slice(0, LONGEST_BODY)
      .replace(/[\uD800-\uDBFF]$/, '');
  }
}
