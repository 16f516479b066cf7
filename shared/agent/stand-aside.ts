import { foldWords } from '#shared/compliance/fold-text.ts';
import { classifyFreeText } from '#shared/compliance/free-text.ts';
import { defaultReviewPolicy, readConsentText } from '#shared/consent/read-text.ts';
import type { HandOverReason, Turn } from './responder.ts';

/** A text that may be answered, with what was said before it in the session. */
export interface Heard {
  text: string;
  mediaUrls: readonly string[];
  /** Oldest first, without the text. */
  turns: readonly Turn[];
  /** Answers that the agent has sent in this conversation within the last hour. */
  answersInHour: number;
}

export interface Limits {
  answersPerHour: number;
}

/**
 * Why no responder is asked about a text; null: one may be. What says, or only might say, that the person wants no more is
 * for people alone, whatever was made of it before. Pure and total.
 */
export function standsAside(heard: Heard, { answersPerHour }: Limits): HandOverReason | null {
  const { answersInHour, mediaUrls, text, turns } = heard;
  if (mayBeOptOut(text)) return 'may_be_opt_out';
  if (mediaUrls.length > 0 || !/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(text)) return 'no_words';
  if (isOfMachine(text, turns)) return 'machine';
  return answersInHour >= answersPerHour ? 'too_many' : null;
}

/** Also what is only doubtful, and also where the organisation does not review such texts. */
const mayBeOptOut = (text: string): boolean =>
  readConsentText(text, { optedOut: false }, defaultReviewPolicy).verdict !== null ||
  classifyFreeText(text).verdict !== 'none' ||
  WISHES.test(foldWords(text));

/**
 * Words of people who have had enough, beyond what suppresses them: they change nobody's consent and are reason enough to
 * have a person read the text. Widely drawn: what is caught in vain is answered a little later.
 */
const WISHES = new RegExp(
  `\\b(?:${[
    ...[
      'no (?:longer|more) (?:texts?|messages?|of)',
      'not (?:signing|interested|anymore)',
      'ya (?:no|estuvo|basta)',
    ],
    ...[
      '(?:out|off) (?:of )?(?:my|this) (?:phone|cell)',
      'not my (?:phone|number|cell)',
      'no es mi (?:telefono|numero)',
    ],
    ...[
      '(?:dont|not|never|quit|didnt|wont|cant you|no) (?:text|txt|message|msg|contact|call|write|send|bother)\\w*',
    ],
    ...[
      'spam\\w*',
      'harass\\w*',
      'annoy\\w*',
      'bother\\w*',
      'block(?:ed|ing)? (?:you|this|ur|your)',
      'report(?:ing|ed)? you',
    ],
    ...[
      'leave (?:me|us)',
      'go away',
      'get (?:out|lost)',
      'let me out',
      'want out',
      'done with',
      'done getting',
    ],
    ...[
      '(?:sick|tired) of',
      'fed up',
      'had enough',
      'enough (?:already|of|with|now)',
      'too many (?:texts|messages)',
      'so many (?:texts|messages)',
    ],
    ...[
      'unsubscri\\w*',
      'unsub',
      'opt\\w* out',
      'optout',
      'remov\\w* (?:me|us|my)',
      'delete (?:me|us|my)',
      'off (?:your|the|this) list',
    ],
    ...[
      'dej(?:e|en|a|ar)n? de',
      'dej(?:e|en|a)(?:me|nos)',
      '(?:quit|saqu|borr|elimin)(?:e|en|a)(?:me|nos)',
      'molest\\w*',
      'acos\\w*',
    ],
    ...[
      'en paz',
      'hart[oa] de',
      'cansad[oa] de',
      'basta',
      'de baja',
      '(?:numero|persona) equivocad[oa]',
      'wrong (?:number|person)',
    ],
    ...[
      'no me (?:\\w+ )?(?:escrib|mand|envi|llam|text|interes|busqu)\\w*',
      'no (?:quiero|deseo) (?:mas|nada|recibir|que|seguir)',
    ],
    ...[
      'lawyer',
      'attorney',
      'abogad[oa]',
      'permission to (?:text|contact|call|message)',
      'no autoriz\\w*',
      'who gave',
    ],
    ...['quien (?:les?|te) dio', '\\d?5?top', 'paren?', 'alto'],
  ].join('|')})\\b`,
  'u',
);

const OF_MACHINES = new RegExp(
  `\\b(?:${[
    ...[
      'auto ?(?:matic|mated)?(?:ally)? ?(?:reply|response|generated|responder|message)',
      'out of (?:the )?office',
      'autoreply',
    ],
    ...[
      '(?:im|i am) (?:currently )?(?:driving|unavailable|in a meeting)',
      'not (?:monitored|accepting|able to receive)',
    ],
    ...[
      '(?:is|are) not monitored',
      'do not reply',
      'donotreply',
      'no reply',
      'unmonitored',
      'cannot receive (?:text|sms)\\w*',
    ],
    ...[
      'message blocked',
      'free msg',
      'undeliverable',
      'reply (?:yes|y|1|stop) to',
      'msg (?:and|&)? ?data rates',
    ],
    ...[
      'respuesta automatica',
      'mensaje automatico',
      'fuera de (?:la )?oficina',
      'estoy (?:conduciendo|manejando)',
      'no responda',
    ],
    ...['no (?:es|esta) monitoread[oa]', 'este numero no (?:recibe|acepta)'],
  ].join('|')})\\b`,
  'u',
);

/** From so many letters on, the same words twice are no accident. */
const TELLING = 12;

/**
 * Whether a text is what a machine says by itself: it says so, it repeats what we said, or it says the same to our answer as
 * it had said before it. Two machines would go on for ever.
 */
function isOfMachine(text: string, turns: readonly Turn[]): boolean {
  const words = foldWords(text);
  if (OF_MACHINES.test(words)) return true;
  const said = (from: Turn['from']): string[] =>
    turns.flatMap((turn) => (turn.from === from ? [foldWords(turn.text)] : []));
  if (words.length >= TELLING && said('us').includes(words)) return true;
  // Twice before: a person repeats a question once when the answer did not help.
  const lastOfOurs = turns.findLastIndex(({ from }) => from === 'us');
  const before = turns
    .slice(0, Math.max(0, lastOfOurs))
    .filter(({ from, text: earlier }) => from === 'them' && foldWords(earlier) === words);
  return before.length >= 2 || (before.length >= 1 && words.length >= TELLING && isVerbatim(text, turns));
}

/** To the letter, which people seldom type twice. */
const isVerbatim = (text: string, turns: readonly Turn[]): boolean =>
  turns.some((turn) => turn.from === 'them' && turn.text === text && text.length >= 40);
