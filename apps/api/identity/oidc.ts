import { AlbJwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwtBaseError, NonRetryableFetchError } from 'aws-jwt-verify/error';
import { z } from 'zod';
import { includes, type Role } from '#shared/api-keys/role.ts';
import { Problem } from '../http/problem.ts';
import { CHALLENGE, type SignIn } from './authenticate.ts';
import type { OidcConfig } from './oidc-settings.ts';

/** Longest of a token that is looked at; the load balancer sends at most 16 KiB of headers. */
const MAX_TOKEN = 16 * 1024;

const claimsSchema = z.looseObject({
  sub: z.string().min(1).max(255),
  email: z.string().max(320).optional(),
  name: z.string().max(200).optional(),
});

/**
 * Sign-in of people whom our load balancer has signed in at the identity provider
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html). It says who it
 * is in a token that it signs itself; any load balancer of anybody could sign such a one, so the signer must be ours.
 *
 * Keys are fetched by their id from the load balancers of the region, and kept. `keysUrl` is for tests.
 */
export function byLoadBalancer(config: OidcConfig, { keysUrl }: { keysUrl?: string } = {}): SignIn {
  const verifier = AlbJwtVerifier.create({
    albArn: config.loadBalancerArn,
    issuer: config.issuer,
    clientId: config.clientId,
    ...(keysUrl === undefined ? {} : { jwksUri: keysUrl }),
  });
  return async (request) => {
    const token = request.get('x-amzn-oidc-data');
    if (token === undefined) return null;
    const claims = claimsSchema.safeParse(token.length > MAX_TOKEN ? null : await verified(verifier, token));
    if (!claims.success) throw notValid();
    const { email, name, sub } = claims.data;
    const role = highestRole(groupsOf(claims.data[config.roleClaim]), config.roleOf);
    if (role === null) {
      throw new Problem(
        'not_allowed',
        `${email ?? name ?? sub} is signed in, but in no group that has a role here. An admin of the identity provider can add you to one.`,
      );
    }
    return { kind: 'person', id: sub, name: email ?? name ?? sub, role };
  };
}

const notValid = (cause?: unknown): Problem =>
  new Problem('not_signed_in', 'Your sign-in is not valid any more. Sign in again.', {
    headers: CHALLENGE,
    cause,
  });

async function verified(
  verifier: { verify(token: string): Promise<unknown> },
  token: string,
): Promise<unknown> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (isAway(error)) {
      throw new Problem('unavailable', 'Sign-ins cannot be checked at the moment. Try again.', {
        headers: { 'retry-after': '5' },
        cause: error,
      });
    }
    if (error instanceof JwtBaseError) throw notValid(error);
    throw error;
  }
}

/** Whether the keys could not be had, rather than that there is no such key. */
const isAway = (error: unknown): boolean =>
  error instanceof FetchError &&
  (!(error instanceof NonRetryableFetchError) || /status code is 5/i.test(error.message));

/** A list, or a text: one group, or several as `[a, b]` or `a,b`, as some providers write a list. */
function groupsOf(claim: unknown): readonly string[] {
  if (Array.isArray(claim)) return claim.filter((each) => typeof each === 'string');
  if (typeof claim !== 'string') return [];
  const parts = claim.replace(/^\[|\]$/g, '').split(',');
  return [claim, ...parts.map((part) => part.trim().replace(/^"|"$/g, ''))];
}

function highestRole(groups: readonly string[], roleOf: ReadonlyMap<string, Role>): Role | null {
  let highest: Role | null = null;
  for (const group of groups) {
    const role = roleOf.get(group);
    if (role !== undefined && (highest === null || includes(role, highest))) highest = role;
  }
  return highest;
}
