import { type KeyObject, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

/** How long a token is valid, in s, and how long it is used. https://developer.vonage.com/en/getting-started/concepts/authentication#json-web-tokens */
const VALID_SECONDS = 900;
const USED_MS = 600_000;

/** Tokens under which an application of Vonage makes requests: signed by its private key (RS256), one for many requests. */
export class ApplicationTokens {
  readonly #applicationId: string;
  readonly #key: KeyObject;
  readonly #now: () => Date;
  #current: { token: Promise<string>; until: number } | null = null;

  /** `now`: the machine's own time. */
  constructor(applicationId: string, key: KeyObject, now: () => Date) {
    this.#applicationId = applicationId;
    this.#key = key;
    this.#now = now;
  }

  /** Rejects when it cannot be signed; then it is tried again. */
  current(): Promise<string> {
    const now = this.#now().getTime();
    if (this.#current === null || now >= this.#current.until) {
      const current = { token: this.#sign(Math.floor(now / 1_000)), until: now + USED_MS };
      current.token.catch(() => {
        if (this.#current === current) this.#current = null;
      });
      this.#current = current;
    }
    return this.#current.token;
  }

  #sign(issuedAt: number): Promise<string> {
    return new SignJWT({ application_id: this.#applicationId })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + VALID_SECONDS)
      .setJti(randomUUID())
      .sign(this.#key);
  }
}
