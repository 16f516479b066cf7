/**
 * What answers texts that nothing else handled. Whoever asks has made sure that the text may be answered at all
 * (`stand-aside.ts`), and decides what becomes of the answer: a responder sends nothing and writes nothing.
 */
export interface Responder {
  /** Stored with every answer. */
  readonly source: ResponderName;
  /**
   * Whether the same text may be asked of it again when nobody knows what became of the first time: false where asking
   * has effects, as an agent that acts or keeps a session.
   */
  readonly repeatable: boolean;
  /**
   * Rejects when there is no answer: with a `ResponderFault` where it knows why. Ends soon after the signal does, whatever
   * it waits for.
   */
  respond(question: Question, signal: AbortSignal): Promise<Responded>;
}

export const responderNames = ['rules', 'bedrock'] as const;
export type ResponderName = (typeof responderNames)[number];

/** Something that was said in the session before the text. */
export interface Turn {
  from: 'them' | 'us';
  text: string;
}

export interface Question {
  /** The text, as it came. */
  text: string;
  /** Of the session of the conversation, oldest first; the text itself is not among them. */
  turns: readonly Turn[];
  /** Names the session: nothing in it says who the person is, and another session has another. */
  session: string;
  /** That the person is known to speak, as `es` or `es-MX`; null: nobody said. */
  language: string | null;
  facts: Facts;
}

/** What an answer may build on besides the text. */
export interface Facts {
  organisation: string;
  /** How people reach it otherwise; empty: it said nothing. */
  contact: string;
  /** That the text belongs to; null: none. */
  campaign: { id: string; name: string } | null;
  ourNumber: string;
}

export type Outcome =
  | { kind: 'answer'; text: string; topic: string | null }
  /** A person is to answer. */
  | { kind: 'hand_over'; reason: HandOverReason; topic: string | null }
  /** The text wants no answer. */
  | { kind: 'nothing' };

export interface Responded {
  outcome: Outcome;
  /** Until the first of the answer was there, in ms; null: it came at once. */
  firstMs: number | null;
  usage: Usage | null;
  /** Which version of the responder, as `AGENT/ALIAS`; null: there is but one. */
  version: string | null;
}

/** Tokens of all models that took part. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** Why a person has to answer. */
export const handOverReasons = [
  /** The responder knows nothing about it, or not which of several things is meant. */
  'unsure',
  /** It is about something that people have to answer, or the person asks for one. */
  'wants_person',
  /** The text may say that the person wants no more: nobody but people answers that. */
  'may_be_opt_out',
  /** It comes from somewhere where nobody reads. */
  'machine',
  /** There is more than words, or no words at all. */
  'no_words',
  /** The conversation had as many answers of the agent as are allowed in an hour, or all together had as many as are allowed in a day. */
  'too_many',
  /** The person wrote again before the answer was there, and something else handled that. */
  'wrote_again',
  /** The text came too long ago for an answer that goes at any hour. */
  'too_late',
  /** The responder failed. */
  'failed',
  'timed_out',
  /** Whoever asked it ended, and it must not be asked twice. */
  'interrupted',
  /** What it said is nothing that can be sent. */
  'empty',
  /** The gate does not let the answer go now. */
  'gate',
] as const;
export type HandOverReason = (typeof handOverReasons)[number];

/** Why a responder has no answer. The message says nothing of the person. */
export class ResponderFault extends Error {
  readonly reason: Extract<HandOverReason, 'failed' | 'timed_out'>;

  constructor(reason: 'failed' | 'timed_out', message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ResponderFault';
    this.reason = reason;
  }
}
