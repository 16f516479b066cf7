import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import { isPhoneNumber, type PhoneNumber } from '#shared/phone/phone-number.ts';

/**
 * What stands for a phone number in an address. Addresses end in logs: of the load balancer, of proxies, in the history of
 * browsers. A reference is the number under a key that only this system has, one block of AES-256: the same number has the
 * same one, nobody without the key can tell whose it is or make one, and nothing has to be kept to read it. The key comes of
 * CONSENT_PEPPER: under another one in use old references are none any more.
 */
const PREFIX = 'ph_';
/** A block in base64url. */
export const REFERENCE = /^ph_[\w-]{22}$/;

const BLOCK_BYTES = 16;
/** E.164 has at most 15 digits: half a byte each, and the rest is this. */
const DIGIT_BYTES = 8;
const NO_DIGIT = 'f';

export class PhoneReferences {
  readonly #key: Buffer;

  constructor(pseudonyms: Pseudonyms) {
    this.#key = pseudonyms.secretOf('phone-reference', '');
  }

  of(phone: PhoneNumber): string {
    const digits = phone.slice(1).padEnd(DIGIT_BYTES * 2, NO_DIGIT);
    const block = Buffer.concat([Buffer.from(digits, 'hex'), Buffer.alloc(BLOCK_BYTES - DIGIT_BYTES)]);
    const cipher = createCipheriv('aes-256-ecb', this.#key, null).setAutoPadding(false);
    return PREFIX + Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
  }

  /** Null: it is no reference of this system. The zeros behind the digits prove that it is one. */
  phoneOf(reference: string): PhoneNumber | null {
    if (!REFERENCE.test(reference)) return null;
    const decipher = createDecipheriv('aes-256-ecb', this.#key, null).setAutoPadding(false);
    const sealed = Buffer.from(reference.slice(PREFIX.length), 'base64url');
    const block = Buffer.concat([decipher.update(sealed), decipher.final()]);
    if (block.subarray(DIGIT_BYTES).some((byte) => byte !== 0)) return null;
    const number = `+${block.toString('hex', 0, DIGIT_BYTES).replace(/f+$/, '')}`;
    return isPhoneNumber(number) ? number : null;
  }

  /** For positions of lists: of what is no number, as of somebody who was erased, it is the same text. */
  sealed(name: string): string {
    return isPhoneNumber(name) ? this.of(name) : name;
  }

  unsealed(text: string): string {
    return this.phoneOf(text) ?? text;
  }
}
