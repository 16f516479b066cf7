import { createHmac } from 'node:crypto';

/** A secret key under which numbers are hashed, and the version by which hashes of it are known. */
export interface PseudonymKey {
  version: number;
  secret: string;
}

/** What stands in place of a number whose person was erased: `erased:VERSION:HMAC-SHA-256 in hex`. */
export type Pseudonym = `erased:${number}:${string}`;

/** Hashed to tell keys of one version apart: no number. */
const PROOF = 'proof of the key';

/**
 * Names by which a number may be on record: itself, and its keyed hash under every key that was ever used. Numbers are
 * few enough to be tried one by one, so a hash without a secret key would hide nothing; with it, nobody who has the
 * database alone can tell whose rows these are, and whoever is given a number again finds them.
 */
export class Pseudonyms {
  readonly #keys: readonly [PseudonymKey, ...PseudonymKey[]];

  /** The first key is the one that new hashes are made with; the others find what was hashed before. */
  constructor(keys: readonly [PseudonymKey, ...PseudonymKey[]]) {
    this.#keys = keys;
  }

  get currentVersion(): number {
    return this.#keys[0].version;
  }

  get versions(): readonly number[] {
    return this.#keys.map(({ version }) => version);
  }

  /** Under the current key. */
  of(phone: string): Pseudonym {
    return hashed(this.#keys[0], phone);
  }

  /** Under every key, the current one first. */
  allOf(phone: string): Pseudonym[] {
    return this.#keys.map((key) => hashed(key, phone));
  }

  /** For each phone a row per name, its own number first: two lists of one length, to be unnested side by side. */
  namesOf(phones: readonly string[]): { phones: string[]; names: string[] } {
    const pairs = phones.flatMap((phone) =>
      [phone, ...this.allOf(phone)].map((name) => [phone, name] as const),
    );
    return { phones: pairs.map(([phone]) => phone), names: pairs.map(([, name]) => name) };
  }

  /**
   * A hash of something else under the current key, raw: what only a service that has the key can work out. `purpose` keeps
   * the hashes of different things apart, and those of numbers, which begin with a plus.
   */
  secretOf(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#keys[0].secret).update(`${purpose}\n${text}`).digest();
  }

  /** What shows, without giving it away, whether a key is the one that a version was used with; null: no such key. */
  proofOf(version: number): string | null {
    const key = this.#keys.find((one) => one.version === version);
    return key === undefined ? null : hmac(key, PROOF);
  }
}

const hmac = ({ secret }: PseudonymKey, text: string): string =>
  createHmac('sha256', secret).update(text).digest('hex');

const hashed = (key: PseudonymKey, phone: string): Pseudonym => `erased:${key.version}:${hmac(key, phone)}`;
