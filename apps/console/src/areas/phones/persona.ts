import type { Line } from '#shared/simulator/line.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';

/**
 * Who holds a phone, as a script: what they answer to what has arrived, and how soon. Pure: from the messages of the phone and
 * the questions of the published drills to the next text, or none.
 */
export const personaNames = ['hand', 'right', 'wrong', 'slow', 'never', 'stops', 'script'] as const;
export type PersonaName = (typeof personaNames)[number];

export interface Persona {
  name: PersonaName;
  /** Of `script`: texts in their order. */
  lines: readonly string[];
  /** Own texts that there were when the persona took the phone. */
  from: number;
}
export const BY_HAND: Persona = { name: 'hand', lines: [], from: 0 };

/** A question of a drill, in one language. */
export interface Question {
  /** Its message without what differs from person to person. */
  text: string;
  /** Null: it takes anything. */
  right: string | null;
}

export interface Reply {
  /** The message that it answers; null: it begins. */
  about: string | null;
  to: string | null;
  body: string;
  /** After the newest message has arrived, in ms. */
  afterMs: number;
}

/** Messages that belong together come within this, in ms: whoever reads them waits for the last. */
const READING_MS = 1_500;
const SLOW_MS = 45_000;
/** Answers to one and the same message; a loop of two machines ends here. */
const MOST_ANSWERS = 3;
const ANYTHING = 'Ana';
const WRONG = 'Bananas';

/** What the person says next; null: nothing, until something else arrives. */
export function replyOf(
  persona: Persona,
  messages: readonly PhoneView[],
  questions: readonly Question[],
): Reply | null {
  const { name } = persona;
  if (name === 'hand' || name === 'never') return null;
  const own = messages.filter(({ direction }) => direction === 'from_phone').slice(persona.from);
  const sinceOwn = messages.slice(messages.findLastIndex(({ direction }) => direction === 'from_phone') + 1);
  const arrived = sinceOwn.filter(({ status }) => status === 'delivered');
  const last = arrived.at(-1);
  if (name === 'script') return lineOf(persona, own.length, last);
  if (last === undefined || own.at(-1)?.body === 'STOP') return null;
  const asked = arrived.flatMap((message) => questionIn(message, questions) ?? []).at(-1);
  if (asked === undefined) return null;
  const answersToIt = answersTo(asked.message.body, messages.slice(0, -sinceOwn.length));
  if (answersToIt >= MOST_ANSWERS) return null;
  return {
    about: last.id,
    to: last.from,
    body: name === 'stops' && own.length > 0 ? 'STOP' : bodyOf(name, asked.right),
    afterMs: name === 'slow' ? SLOW_MS : READING_MS,
  };
}

function lineOf({ lines }: Persona, said: number, last: PhoneView | undefined): Reply | null {
  const body = lines[said];
  if (body === undefined || (said > 0 && last === undefined)) return null;
  return { about: last?.id ?? null, to: last?.from ?? null, body, afterMs: READING_MS };
}

const bodyOf = (name: PersonaName, right: string | null): string =>
  right === null ? ANYTHING : name === 'wrong' ? WRONG : right;

/** A word in capitals that a text asks for: "Reply YES", "Responda SÍ". Those of the way out are for whoever wants it. */
const ASKED_FOR =
  /\b(?:reply|text|answer|responda|responde|envíe|envía)\s+(?:with\s+|con\s+)?["“'‘]?(\p{L}{2,12}|\d)(?!\p{L})/giu;
const WAYS_OUT = new Set(['STOP', 'HELP', 'START', 'ALTO', 'AYUDA', 'PARAR', 'BAJA', 'MORE', 'SIGUIENTE']);

/** The question in a message; undefined: it asks nothing. */
function questionIn(
  message: PhoneView,
  questions: readonly Question[],
): { message: PhoneView; right: string | null } | undefined {
  const known = questions.find(({ text }) => message.body.includes(text));
  if (known !== undefined) return { message, right: known.right };
  const word = [...message.body.matchAll(ASKED_FOR)]
    .flatMap(([, found]) => found ?? [])
    .find((found) => found === found.toUpperCase() && !WAYS_OUT.has(found));
  if (word !== undefined) return { message, right: word };
  return message.body.includes('?') ? { message, right: 'Yes' } : undefined;
}

/** How often something was answered before: texts of the phone that came right behind it. */
function answersTo(body: string, messages: readonly PhoneView[]): number {
  let answers = 0;
  let stands = false;
  for (const message of messages) {
    if (message.direction === 'to_phone') stands ||= message.body === body;
    else {
      if (stands) answers += 1;
      stands = false;
    }
  }
  return answers;
}

/** What becomes of calls to the phone while the persona has it. */
export const linesOfPersonas: Readonly<Record<PersonaName, Partial<Line>>> = {
  hand: { answers: 'by_hand' },
  right: { answers: 'human' },
  wrong: { answers: 'human', presses: [{ afterMs: 8_000, key: '5' }] },
  slow: { answers: 'human', afterMs: 20_000 },
  never: { answers: 'no_answer' },
  stops: { answers: 'human', presses: [{ afterMs: 6_000, key: '9' }] },
  script: { answers: 'human' },
};

/** A prompt of a drill, as far as it matters here. */
interface Prompt {
  messages: readonly { text?: Readonly<Record<string, string>> | undefined }[];
  correctResponse?: Readonly<Record<string, string>> | undefined;
  storeAs?: string | undefined;
  asks?: boolean | undefined;
}

/** Shorter pieces of a text stand in others too. */
const LEAST_PIECE = 12;

/** Every question of a drill in every language, told by the longest piece of its last message without places in it. */
export const questionsOf = (prompts: readonly Prompt[]): Question[] =>
  prompts.flatMap(({ asks, correctResponse, messages, storeAs }) => {
    const isQuestion = asks ?? (correctResponse !== undefined || storeAs !== undefined);
    const texts = Object.entries(messages.findLast(({ text }) => text !== undefined)?.text ?? {});
    return texts.flatMap(([language, text]) => {
      const piece = longest(text.split(/\{\{[^{}]*\}\}/).map((each) => each.trim()));
      if (!isQuestion || piece.length < LEAST_PIECE) return [];
      return [
        {
          text: piece,
          right: correctResponse?.[language] ?? Object.values(correctResponse ?? {})[0] ?? null,
        },
      ];
    });
  });

const longest = (texts: readonly string[]): string =>
  texts.reduce((best, each) => (each.length > best.length ? each : best), '');
