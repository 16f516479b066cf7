import assert from 'node:assert/strict';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { eventually } from '../eventually.ts';
import type { System } from './system.ts';

/** A person played by a test, who says when what must have been heard. */
export class Person {
  readonly phone: PhoneNumber;
  readonly #system: System;
  readonly #heard: string[] = [];

  constructor(phone: string, system: System) {
    this.phone = phoneNumber(phone);
    this.#system = system;
  }

  /** Writes a text and gets exactly these answers, in this order; none: it is only waited for the text to be taken in. */
  async says(body: string, ...answers: readonly string[]): Promise<void> {
    const { id } = await this.#system.simulator.text(this.phone, body);
    this.#heard.push(...answers);
    await eventually(async () => {
      const conversation = await this.#system.simulator.conversation(this.phone);
      assert.equal(conversation.find((message) => message.id === id)?.status, 'received');
      this.#assertHeard(conversation);
    });
  }

  /** Hears more without having said anything. */
  async hears(...texts: readonly string[]): Promise<void> {
    this.#heard.push(...texts);
    await eventually(async () => this.#assertHeard(await this.#system.simulator.conversation(this.phone)));
  }

  #assertHeard(conversation: Awaited<ReturnType<System['simulator']['conversation']>>): void {
    assert.deepEqual(
      conversation.filter(({ direction }) => direction === 'to_phone').map(({ body }) => body),
      this.#heard,
    );
  }
}
