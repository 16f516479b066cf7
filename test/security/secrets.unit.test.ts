import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entropyOf, patterns, secretsIn } from './secrets.ts';
import { ROOT } from './sources.ts';

/** What looks like a secret and is none: where it stands, how it begins, and what it is. */
const PLANTED: readonly (readonly [file: string, begins: string, what: string])[] = [
  ['apps/api/keys/keys.int.test.ts', 'crl_aaaa', 'a key that nobody has'],
  ['test/api/access.int.test.ts', 'crl_aaaa', 'a key that nobody has'],
  ['test/api/hostile.ts', 'crl_aaaa', 'a key that nobody has'],
  ['apps/api/webhooks/schemas.ts', 'whsec_MfKQ9r8G', 'the example of Standard Webhooks'],
  ['apps/api/webhooks/webhooks.unit.test.ts', 'whsec_MfKQ9r8G', 'the example of Standard Webhooks'],
  ['shared/api-client/api-types.ts', 'whsec_MfKQ9r8G', 'the example of Standard Webhooks'],
  ['apps/api/webhooks/webhooks.int.test.ts', 'https://user:', 'an address that is refused'],
  ['apps/api/webhooks/webhooks.unit.test.ts', 'https://user:', 'an address that is refused'],
  ['shared/carriers/aws/notifications.unit.test.ts', 'https://user:', 'an address that is refused'],
  ['shared/campaigns/links-in-text.unit.test.ts', 'https://ann:', 'a link that is none of ours'],
  ['shared/campaigns/media.unit.test.ts', 'https://ann:', 'an address that is refused'],
  ['docs/local-stack.md', 'postgres://postg', 'a place for a password'],
  ['infra/testing/wire-values.ts', '1b470612', 'by which Pulumi marks a secret, the same everywhere'],
  ['test/pseudonyms.ts', '1:a-pepper', 'of tests'],
];

/** Everything that is or would be committed. */
const filesOf = (): string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 ** 2,
  })
    .split('\0')
    .filter((name) => name !== '');

describe('The repository', function () {
  this.timeout(60_000);

  it('has no secret in it, but for those of tests, which are listed', async () => {
    const names = filesOf();
    assert.ok(names.length > 1_000);
    const found: string[] = [];
    const met = new Set<number>();
    for (const name of names) {
      const bytes = await readFile(join(ROOT, name)).catch(() => Buffer.alloc(0));
      // A picture, a font.
      if (bytes.includes(0)) continue;
      for (const { line, text, what } of secretsIn(bytes.toString())) {
        const listed = PLANTED.findIndex(([file, begins]) => file === name && text.startsWith(begins));
        if (listed >= 0) met.add(listed);
        else found.push(`${name}:${line}: ${what}: ${text.slice(0, 16)}...`);
      }
    }
    assert.deepEqual(
      found,
      [],
      'replace it everywhere it is in use, then take it out, and out of the history; or list it here',
    );
    assert.deepEqual(
      PLANTED.filter((_, index) => !met.has(index)),
      [],
      'stands nowhere any more: take it off the list',
    );
  });
});

describe('A secret', () => {
  const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
  const letters = (length: number): string =>
    Array.from(
      randomBytes(length),
      (byte) => 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[byte % 62],
    ).join('');
  // Put together here, so that none of them stands in this file.
  const samples: Record<string, () => string> = {
    'private key': () => `-----BEGIN ${['RSA ', 'EC ', ''][randomInt(3)]}PRIVATE KEY-----`,
    'access key of AWS': () => `AKIA${letters(16).toUpperCase()}`,
    'secret key of AWS': () => `aws_secret_access_key = ${letters(40)}`,
    'API key of Twilio': () => `SK${hex(16)}`,
    'auth token of Twilio': () => `TWILIO_AUTH_TOKEN=${hex(16)}`,
    'API key of ours': () => `crl_${letters(12).toLowerCase()}_${letters(43)}`,
    'secret of a webhook of ours': () => `whsec_${randomBytes(24).toString('base64')}`,
    'token of GitHub': () => `ghp_${letters(36)}`,
    'token of GitLab': () => `glpat-${letters(20)}`,
    'token of npm': () => `npm_${letters(36)}`,
    'token of Pulumi': () => `pul-${hex(20)}`,
    'token of Slack': () => `xoxb-${letters(24)}`,
    'key of Google': () => `AIza${letters(35)}`,
    'key of a model provider': () => `sk-ant-${letters(40)}`,
    'key of Stripe': () => `sk_live_${letters(24)}`,
    'JSON web token': () => `eyJ${letters(20)}.eyJ${letters(30)}.${letters(43)}`,
    'password in an address': () => `postgres://carillon:${letters(12)}@db.example.org/carillon`,
    'secret that is assigned': () => `const apiKey = '${letters(30)}7';`,
  };

  it('is known of every kind, wherever it stands', () => {
    assert.deepEqual(Object.keys(samples).sort(), patterns.map(({ what }) => what).sort());
    for (const [what, sample] of Object.entries(samples)) {
      for (let n = 0; n < 50; n += 1) {
        const text = `first line\nsecond: ${sample()}\n`;
        const found = secretsIn(text);
        assert.ok(
          found.some((each) => each.what === what && each.line === 2),
          `${what}: ${text}`,
        );
      }
    }
  });

  it('is nothing of what stands in code by the thousand', () => {
    for (const text of [
      "password: 'the password of a test'",
      "const secret = 'a signature secret of a test';",
      "apiKey: 'abcd1234'",
      'https://user@example.org/',
      'http://127.0.0.1:8400/v1/keys',
      'sha512-iUWGGHp4CCRmlPLqFiXYL5Dn9hbJWZ4S4c4bCVUFyZ6p9v8Ql1x3nYVcyL5rVnO5K0a5qCzj1nYVcyL5rVnO5A==',
      '0b0e7b52-53a8-4a29-9a62-5b6d0c3b3a11',
      'AC00000000000000000000000000000000',
      "tokenUrl: 'https://issuer.example.org/oauth2/token'",
      'crl_...',
      'whsec_...',
    ]) {
      assert.deepEqual(secretsIn(text), [], text);
    }
  });

  it('is told from words by how random it is', () => {
    assert.ok(entropyOf('aaaaaaaaaaaaaaaa') < 0.1);
    assert.ok(entropyOf(hex(32)) > 3.2);
    assert.ok(entropyOf(letters(40)) > 3.8);
  });
});
