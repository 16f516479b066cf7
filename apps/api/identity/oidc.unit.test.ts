import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Request } from 'express';
import { type LoadBalancerStandIn, startLoadBalancer } from '#test/stand-ins/load-balancer.ts';
import { authority } from '#test/tls/certificates.ts';
import { Problem, type ProblemCode } from '../http/problem.ts';
import { authenticate, type SignIn } from './authenticate.ts';
import { byLoadBalancer } from './oidc.ts';
import { oidcConfigOf } from './oidc-settings.ts';

const given = {
  OIDC_ISSUER: 'https://id.example.org',
  OIDC_CLIENT_ID: 'carillon',
  ALB_ARN: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/carillon/0123456789abcdef',
  OIDC_ROLE_CLAIM: 'groups',
  OIDC_ROLES: 'Outreach staff=operator, admins=admin,everyone=viewer',
};
const stranger = given.ALB_ARN.replace('123456789012', '999999999999');

const requestWith = (headers: Record<string, string>, method = 'GET'): Request =>
  ({ method, get: (name: string) => headers[name.toLowerCase()] }) as Request;

describe('Sign-in at the load balancer', () => {
  let balancer: LoadBalancerStandIn;
  let signIn: SignIn;
  const publicAuthorities = getCACertificates('default');
  beforeEach(async () => {
    setDefaultCACertificates([...publicAuthorities, authority]);
    balancer = await startLoadBalancer({
      arn: given.ALB_ARN,
      issuer: given.OIDC_ISSUER,
      clientId: given.OIDC_CLIENT_ID,
    });
    const config = oidcConfigOf(given);
    assert.ok(config);
    signIn = byLoadBalancer(config, { keysUrl: balancer.keysUrl });
  });
  afterEach(async () => {
    await balancer.stop();
    setDefaultCACertificates(publicAuthorities);
  });
  const ask = (token: string) => signIn(requestWith({ 'x-amzn-oidc-data': token }));
  const isRefused = async (token: string, code: ProblemCode): Promise<Problem> => {
    try {
      await ask(token);
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      assert.equal(error.code, code);
      return error;
    }
    return assert.fail('it was accepted');
  };

  it('gives people the highest role of their groups, by what the provider calls them', async () => {
    const person = await ask(
      balancer.token({ sub: 'u-1', email: 'ada@example.org', groups: ['everyone', 'Outreach staff'] }),
    );
    assert.deepEqual(person, { kind: 'person', id: 'u-1', name: 'ada@example.org', role: 'operator' });
  });

  for (const groups of ['admins', '[everyone, admins]', '["everyone","admins"]', 'admins,everyone']) {
    it(`reads groups in ${groups}`, async () => {
      const person = await ask(balancer.token({ sub: 'u-1', groups }));
      assert.equal(person?.role, 'admin');
    });
  }

  it('is none of the business of requests without the header', async () => {
    assert.equal(await signIn(requestWith({})), null);
  });

  it('fetches a key once', async () => {
    const token = balancer.token({ sub: 'u-1', groups: ['admins'] });
    await Promise.all([ask(token), ask(token)]);
    await ask(token);
    assert.equal(balancer.fetches(), 1);
  });

  const nobody: [label: string, claims: object][] = [
    ['a group without a role', { groups: ['guests'] }],
    ['no groups', {}],
    ['groups that are no texts', { groups: [{ admins: true }, 7] }],
    ['a group whose name contains one with a role', { groups: ['not admins'] }],
  ];
  for (const [label, claims] of nobody) {
    it(`lets nobody in with ${label}, and says why`, async () => {
      const { message } = await isRefused(
        balancer.token({ sub: 'u-1', email: 'bob@example.org', ...claims }),
        'not_allowed',
      );
      assert.match(message, /bob@example\.org is signed in, but in no group/);
    });
  }

  const past = Math.floor(Date.now() / 1_000) - 60;
  const admin = { sub: 'u-1', groups: ['admins'] };
  const forged: [label: string, token: () => string][] = [
    ["somebody else's load balancer", () => balancer.token(admin, { signer: stranger })],
    ['no load balancer', () => balancer.token(admin, { signer: undefined })],
    ['another client', () => balancer.token(admin, { client: 'another' })],
    [
      'another issuer',
      () => balancer.token({ ...admin, iss: 'https://evil.example' }, { iss: 'https://evil.example' }),
    ],
    [
      'another key',
      () => balancer.token(admin, {}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ],
    ['a key that nobody has', () => balancer.token(admin, { kid: randomUUID() })],
    ['a key id that is a path', () => balancer.token(admin, { kid: '../../evil' })],
    ['yesterday', () => balancer.token({ ...admin, exp: past }, { exp: past })],
    ['no algorithm', () => balancer.token(admin, { alg: 'none' })],
    ['nobody in particular', () => balancer.token({ groups: ['admins'] })],
    ['a text that is no token', () => 'x'.repeat(40)],
    ['far too long a text', () => 'x'.repeat(100_000)],
  ];
  for (const [label, token] of forged) {
    it(`refuses a token of ${label}`, async () => {
      await isRefused(token(), 'not_signed_in');
    });
  }

  it('refuses claims that were changed under the signature', async () => {
    const [head, , signature] = balancer.token({ sub: 'u-1', groups: ['everyone'] }).split('.');
    const [, claims] = balancer.token({ sub: 'u-1', groups: ['admins'] }).split('.');
    await isRefused(`${head}.${claims}.${signature}`, 'not_signed_in');
  });

  it('asks to try again while keys cannot be fetched', async () => {
    balancer.failWith(503);
    await isRefused(balancer.token(admin), 'unavailable');
    balancer.failWith(null);
    assert.equal((await ask(balancer.token(admin)))?.role, 'admin');
  });

  it('changes nothing for a page of another site', async () => {
    const headers = { 'x-amzn-oidc-data': balancer.token(admin), 'sec-fetch-site': 'cross-site' };
    await assert.rejects(authenticate(requestWith(headers, 'POST'), [signIn]), /another site/);
    assert.equal((await authenticate(requestWith(headers), [signIn])).role, 'admin');
  });

  const host = 'carillon.example.org';
  const changes = (headers: Record<string, string>) =>
    authenticate(requestWith({ host, 'x-amzn-oidc-data': balancer.token(admin), ...headers }, 'POST'), [
      signIn,
    ]);

  for (const [label, headers] of [
    ['says so', { 'sec-fetch-site': 'same-origin' }],
    [
      'says so, whatever stands before it calls our name',
      { 'sec-fetch-site': 'same-origin', origin: 'https://a.example' },
    ],
    ['says only the origin of the page', { origin: `https://${host}` }],
  ] as const) {
    it(`changes something for a page of ours in a browser that ${label}`, async () => {
      assert.equal((await changes(headers)).role, 'admin');
    });
  }

  for (const [label, headers] of [
    ['of another site', { origin: 'https://evil.example' }],
    ['of another name of the same site', { origin: 'https://www.example.org' }],
    ['of our name without TLS', { origin: `http://${host}` }],
    ['of another port', { origin: `https://${host}:8443` }],
    ['that has no origin', { origin: 'null' }],
    ['that begins as our name does', { origin: `https://${host}.evil.example` }],
  ] as const) {
    it(`changes nothing for a page ${label}, in a browser that says only its origin`, async () => {
      await assert.rejects(changes(headers), /another site/);
    });
  }

  it('changes nothing where nothing says whose page it is, and shows everything', async () => {
    await assert.rejects(changes({}), /Programs send an API key/);
    const headers = { host, 'x-amzn-oidc-data': balancer.token(admin) };
    assert.equal((await authenticate(requestWith(headers), [signIn])).role, 'admin');
  });
});

describe('Settings of the sign-in at the load balancer', () => {
  const none = Object.fromEntries(Object.keys(given).map((name) => [name, null])) as Record<
    keyof typeof given,
    null
  >;

  it('may all be left out', () => {
    assert.equal(oidcConfigOf(none), null);
  });

  it('are given all or none, and all faults are said together', () => {
    assert.throws(
      () =>
        oidcConfigOf({ ...none, ALB_ARN: 'arn:aws:s3:::x', OIDC_ROLES: 'a=owner,b=viewer,b=admin,=viewer' }),
      (error: Error) => {
        for (const fault of [
          /OIDC_ISSUER is missing/,
          /OIDC_CLIENT_ID is missing/,
          /OIDC_ROLE_CLAIM is missing/,
          /ALB_ARN is no ARN/,
          /"a=owner"/,
          /"b" twice/,
          /"=viewer"/,
        ]) {
          assert.match(error.message, fault);
        }
        return true;
      },
    );
  });
});
