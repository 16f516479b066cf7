import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificate, key } from '#test/tls/certificates.ts';

/**
 * A load balancer that signs people in, with the place at which the public keys of its region are fetched
 * (https://public-keys.auth.elb.REGION.amazonaws.com/KEY-ID, as PEM).
 */
export interface LoadBalancerStandIn {
  keysUrl: string;
  /** What it would send as x-amzn-oidc-data. */
  token(claims: object, header?: object, signedBy?: KeyObject): string;
  /** How often a key was fetched. */
  fetches(): number;
  /** Answers with this status instead of keys; null: with keys. */
  failWith(status: number | null): void;
  stop(): Promise<void>;
}

export async function startLoadBalancer(of: {
  arn: string;
  issuer: string;
  clientId: string;
}): Promise<LoadBalancerStandIn> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = randomUUID();
  let fetches = 0;
  let failure: number | null = null;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    fetches += 1;
    const known = request.url === `/${kid}`;
    response.statusCode = failure ?? (known ? 200 : 404);
    response.end(response.statusCode === 200 ? publicKey.export({ type: 'spki', format: 'pem' }) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // With padding, as the load balancer writes it.
  const part = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const exp = Math.floor(Date.now() / 1_000) + 120;
  return {
    keysUrl: `https://localhost:${(server.address() as AddressInfo).port}`,
    token: (claims, header = {}, signedBy = privateKey) => {
      const head = {
        typ: 'JWT',
        kid,
        alg: 'ES256',
        iss: of.issuer,
        client: of.clientId,
        signer: of.arn,
        exp,
        ...header,
      };
      const signed = `${part(head)}.${part({ exp, iss: of.issuer, ...claims })}`;
      const signature = sign('sha256', Buffer.from(signed), { key: signedBy, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
    },
    fetches: () => fetches,
    failWith: (status) => {
      failure = status;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
