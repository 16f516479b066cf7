import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { Line } from '#shared/simulator/line.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { Simulator } from '../driver/simulator.ts';

/** What a person does: presses key 9 in the first call that they take, texts STOP, or listens. */
export type Deed = 'presses' | 'stops' | 'listens';

/** What one phone lived through, in the order of the carrier. Instants in ms since 1970. */
export class Story {
  readonly phone: PhoneNumber;
  readonly deed: Deed;
  readonly line: Partial<Line>;
  /** Texts that reached it. */
  readonly texts: PhoneView[] = [];
  /** Calls as they stood last, by id. */
  readonly calls = new Map<string, CallView>();
  /** When it pressed for the first time, and how often it did. */
  pressedAt: number | null = null;
  presses = 0;
  /** When key 9, or STOP, was answered, how many texts had come by then, and which calls. */
  answeredAt: number | null = null;
  textsWhenAnswered = 0;
  callsWhenAnswered: ReadonlySet<string> = new Set();
  readonly #simulator: Simulator;
  readonly #confirmation: string;
  readonly #seen = new Set<string>();
  /** How long it listens before it presses, in ms of the test's time. */
  readonly #listensMs: number;
  #pressing = false;

  constructor(
    simulator: Simulator,
    parts: {
      phone: PhoneNumber;
      deed: Deed;
      line: Partial<Line>;
      /** What is said after key 9. */
      confirmation: string;
      listensMs: number;
    },
  ) {
    this.#simulator = simulator;
    this.phone = parts.phone;
    this.deed = parts.deed;
    this.line = parts.line;
    this.#confirmation = parts.confirmation;
    this.#listensMs = parts.listensMs;
  }

  /** From now on. */
  async begin(): Promise<void> {
    await this.#simulator.setLine(this.phone, this.line);
    await this.#simulator.follow(
      this.phone,
      (message) => this.#onText(message),
      (call) => this.#onCall(call),
    );
  }

  #onText(message: PhoneView): void {
    if (message.direction === 'to_phone') {
      if (this.#seen.has(message.id)) return;
      this.#seen.add(message.id);
      this.texts.push(message);
    } else if (message.status === 'received' && this.deed === 'stops') this.#isAnswered();
  }

  #onCall(call: CallView): void {
    this.calls.set(call.id, call);
    if (this.deed !== 'presses') return;
    if (call.heard.some(({ text }) => text === this.#confirmation)) this.#isAnswered();
    else if (call.status === 'in-progress' && call.heard.length > 0) void this.#press(call.id);
  }

  #isAnswered(): void {
    if (this.answeredAt !== null) return;
    this.answeredAt = Date.now();
    this.textsWhenAnswered = this.texts.length;
    this.callsWhenAnswered = new Set(this.calls.keys());
  }

  /** Again after three seconds in which nothing followed: whoever hears everything once more presses once more. */
  async #press(callId: string): Promise<void> {
    if (this.#pressing || this.answeredAt !== null) return;
    this.#pressing = true;
    await delay(this.#listensMs);
    while (this.answeredAt === null && this.calls.get(callId)?.status === 'in-progress') {
      const at = Date.now();
      try {
        await this.#simulator.press(this.phone, '9');
        this.pressedAt ??= at;
        this.presses += 1;
      } catch {
        // The call was over a moment before: there may be another.
        break;
      }
      await delay(3_000);
    }
    this.#pressing = false;
  }
}
