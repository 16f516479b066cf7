import type { Request } from 'express';
import { isSecret, parseApiKey } from '#shared/api-keys/api-key.ts';
import { readKey } from '#shared/api-keys/key-store.ts';
import type { Clock } from '#shared/clock.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { Problem } from '../http/problem.ts';
import type { Identity } from './identity.ts';

/** A way in: null when the request does not use it. Throws a problem when it uses it wrongly. */
export type SignIn = (request: Request) => Promise<Identity | null>;

/** Names the way to sign in, as 401 must (RFC 9110, section 11.6.1). */
export const CHALLENGE = { 'www-authenticate': 'Bearer realm="Carillon"' };

/**
 * Who asks: the first way in that the request uses. 401 for none of them.
 *
 * The other ways go by what a browser sends by itself, so a page of somebody else could use them: with those, what
 * changes something must come from a page of ours (`requireOwnPage`).
 */
export async function authenticate(request: Request, ways: readonly SignIn[]): Promise<Identity> {
  for (const way of ways) {
    const identity = await way(request);
    if (identity === null) continue;
    if (identity.kind !== 'key') requireOwnPage(request, identity);
    return identity;
  }
  throw new Problem('not_signed_in', 'Send an API key: Authorization: Bearer crl_...', {
    headers: CHALLENGE,
  });
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that a browser sends for somebody else's page. Browsers say where a request comes from
 * (https://www.w3.org/TR/fetch-metadata/); those of before 2023 say at least the origin of the page
 * (https://fetch.spec.whatwg.org/#origin-header). Scripts and command lines say nothing: at this machine that is whoever sits
 * there, but somebody whom the load balancer signed in has a browser, and programs have keys.
 */
function requireOwnPage(request: Request, { kind }: Identity): void {
  if (SAFE.has(request.method)) return;
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  if (site !== undefined) {
    if (site === 'same-origin' || site === 'none') return;
  } else if (origin === undefined) {
    if (kind === 'local') return;
    throw new Problem(
      'not_allowed',
      'Nothing says that the request comes from a page of ours. Programs send an API key.',
    );
  } else if (isOwn(origin, request, kind)) return;
  throw new Problem('not_allowed', 'The request comes from a page of another site.');
}

/** Whether pages of that origin are ours: it has the name that the request was sent to. People are signed in over TLS alone. */
function isOwn(origin: string, request: Request, kind: Identity['kind']): boolean {
  const host = request.get('host');
  if (host === undefined) return false;
  return (kind === 'local' ? ['https', 'http'] : ['https']).some(
    (scheme) => URL.parse(`${scheme}://${host}`)?.origin === origin,
  );
}

/**
 * Sign-in by API key. A key that is unknown, revoked or expired is told apart for nobody. It is read at every request, so
 * that a revocation holds at once. `used` hears of keys that were accepted.
 */
export const byApiKey =
  (parts: { db: Queryable; pepper: string; clock: Pick<Clock, 'now'>; used(id: string): void }): SignIn =>
  async (request) => {
    const header = request.get('authorization');
    if (header === undefined) return null;
    const [, token] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
    const given = token === undefined ? null : parseApiKey(token);
    const stored = given === null ? null : await readKey(parts.db, given.id);
    const now = parts.clock.now();
    if (
      given === null ||
      stored === null ||
      !isSecret(given.secret, parts.pepper, stored.hash) ||
      stored.key.revokedAt !== null ||
      (stored.key.expiresAt !== null && stored.key.expiresAt <= now)
    ) {
      throw new Problem('not_signed_in', 'The API key is not valid. Ask an admin for another.', {
        headers: CHALLENGE,
      });
    }
    const { id, name, role } = stored.key;
    parts.used(id);
    return { kind: 'key', id, name, role };
  };

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Sign-in of whoever sits at this machine, as an admin, without anything. Only where the service listens on loopback
 * alone, which the settings make sure of; the name that was asked for must be loopback too, or a page of somebody else
 * whose name was made to point here could use it.
 */
export const byLocalSeat = (): SignIn => async (request) => {
  if (!LOOPBACK.test(request.get('host') ?? '')) return null;
  return { kind: 'local', id: 'local', name: 'You, at this machine', role: 'admin' };
};
