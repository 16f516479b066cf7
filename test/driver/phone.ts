import { setTimeout as delay } from 'node:timers/promises';
import type { Prompt } from '#shared/contracts/drill.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { Heard } from './phone-book.ts';
import type { Simulator } from './simulator.ts';

/** What a phone did and heard, in the order in which it happened at the carrier. */
export type Happening =
  | { kind: 'said'; id: string; body: string; at: string }
  /** The application has answered the webhook of this text; `taken`: with success. */
  | { kind: 'answered'; id: string; taken: boolean }
  | { kind: 'heard'; id: string; body: string; at: string };

export interface PhoneParts {
  number: PhoneNumber;
  /** Our number that it writes to. Left out: the main one. */
  ours?: PhoneNumber;
  simulator: Simulator;
  understand: (body: string) => Heard;
  code: string;
  random: () => number;
  /** How long the person takes to answer, in ms. */
  thinkMs: { min: number; max: number };
  /** Share of answers to prompts right behind which, without a thought, comes STOP, while what they ask for is on its way. Left out: none. */
  stopsAtOnce?: number;
}

/** Shares of what a person does besides answering right. */
const WRONG = 0.25;
const STOPS = 0.05;
const STOPS_IN_BETWEEN = 0.04;
const ASKS_FOR_HELP = 0.04;
const TALKS_WHILE_OUT = 0.5;

/**
 * A person as a small machine: registers, answers prompts as they arrive, asks for more, now and then stops and comes
 * back. What it does follows from its random numbers and from what it hears; it writes a text only after the one
 * before was answered, as one who waits for the tick does.
 */
export class ChattingPhone {
  readonly number: PhoneNumber;
  readonly happenings: Happening[] = [];
  readonly #parts: PhoneParts;
  readonly #seen = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #waiting = new Map<string, () => void>();
  #lastPrompt: { prompt: Prompt; closing: boolean } | null = null;
  #stopping = false;
  #hungUp = false;
  #talk: Promise<void> = Promise.resolve();
  #error: unknown = null;

  constructor(parts: PhoneParts) {
    this.number = parts.number;
    this.#parts = parts;
  }

  /** Begins to chat, with a word that is no code. */
  async start(): Promise<void> {
    await this.listen();
    this.write('Hello');
  }

  /** From now on hears, and reacts to what it understands. */
  listen(): Promise<void> {
    return this.#parts.simulator.follow(this.number, (message) => this.#heard(message));
  }

  /** Writes a text in its turn, after a while. */
  write(body: string): void {
    this.#say(body);
  }

  /** Writes no more, and resolves when the text on its way is answered. Rejects when the carrier failed it. */
  async hangUp(): Promise<void> {
    this.#hungUp = true;
    await this.#talk;
    if (this.#error) throw this.#error;
  }

  /** The text whose webhook is being tried at this moment, by the carrier's id. */
  get unanswered(): string | null {
    const [id] = this.#waiting.keys();
    return id ?? null;
  }

  #heard(message: PhoneView): void {
    const { id, body, at } = message;
    if (message.direction === 'from_phone') {
      if (!this.#seen.has(id)) {
        this.#seen.add(id);
        this.happenings.push({ kind: 'said', id, body, at });
      }
      if (message.status === 'receiving' || this.#ended.has(id)) return;
      this.#ended.add(id);
      this.happenings.push({ kind: 'answered', id, taken: message.status === 'received' });
      this.#waiting.get(id)?.();
      return;
    }
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.happenings.push({ kind: 'heard', id, body, at });
    this.#react(this.#parts.understand(body));
  }

  #react(heard: Heard): void {
    if (this.#stopping && !(heard.kind === 'text' && heard.name === 'optOutConfirmation')) return;
    if (heard.kind === 'prompt') {
      this.#lastPrompt = heard;
      const answer = this.#answer(WRONG);
      this.#say(answer);
      const { random, stopsAtOnce = 0 } = this.#parts;
      if (stopsAtOnce > 0 && answer !== 'STOP' && random() < stopsAtOnce) this.#say('STOP', 0);
    } else if (heard.kind === 'text') for (const body of this.#repliesTo(heard.name)) this.#say(body);
  }

  #repliesTo(name: Extract<Heard, { kind: 'text' }>['name']): string[] {
    const { code, random } = this.#parts;
    switch (name) {
      case 'invalidCode':
        return [code];
      case 'tryAgain':
        return [this.#answer(0.5)];
      case 'right':
      case 'correctedAnswer':
        // The next prompt is on its way: whoever stops now must not get it.
        return random() < STOPS_IN_BETWEEN ? ['STOP'] : [];
      case 'help':
        return [this.#lastPrompt ? this.#answer(0) : 'STOP'];
      case 'nothingMore':
        this.#lastPrompt = null;
        return [random() < 0.5 ? 'STOP' : 'HELP'];
      case 'optOutConfirmation':
        this.#stopping = false;
        this.#lastPrompt = null;
        return random() < TALKS_WHILE_OUT ? ['Is anybody there?', 'START'] : ['START'];
      default:
        return [];
    }
  }

  #answer(wrong: number): string {
    const { random } = this.#parts;
    const chance = random();
    if (chance < STOPS) return 'STOP';
    if (chance < STOPS + ASKS_FOR_HELP) return 'HELP';
    if (!this.#lastPrompt || this.#lastPrompt.closing) return 'MORE';
    const correct = this.#lastPrompt.prompt.correctResponse?.en;
    if (correct === undefined) return `Answer ${Math.floor(random() * 1_000)}`;
    return random() < wrong ? 'zzz' : correct;
  }

  #think(): number {
    const { random, thinkMs } = this.#parts;
    return thinkMs.min + random() * (thinkMs.max - thinkMs.min);
  }

  #say(body: string, think = this.#think()): void {
    if (body === 'STOP') this.#stopping = true;
    this.#talk = this.#talk
      .then(() => delay(this.#hungUp ? 0 : think))
      .then(async () => {
        if (this.#hungUp) return;
        const { id } = await this.#parts.simulator.text(this.number, body, this.#parts.ours);
        if (!this.#ended.has(id)) {
          await new Promise<void>((resolve) => this.#waiting.set(id, resolve));
          this.#waiting.delete(id);
        }
      })
      .catch((error: unknown) => {
        this.#error ??= error;
        this.#hungUp = true;
      });
  }
}
