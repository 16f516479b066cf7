import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { runs } from '../properties/runs.ts';
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
  const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
  const letters = (length: number) => fc.stringMatching(new RegExp(`^[a-zA-Z0-9]{${length}}$`));
  const text = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
    fc
      .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
      .map((each) => each.join(''));
  // Put together here, so that none of them stands in this file.
  const samples: Record<string, fc.Arbitrary<string>> = {
    'private key': text('-----BEGIN ', fc.constantFrom('RSA ', 'EC ', ''), 'PRIVATE KEY-----'),
    'access key of AWS': text('AKIA', fc.stringMatching(/^[A-Z0-9]{16}$/)),
    'secret key of AWS': text('aws_secret_access_key = ', letters(40)),
    'API key of Twilio': text('SK', hex(32)),
    'auth token of Twilio': text('TWILIO_AUTH_TOKEN=', hex(32)),
    'API key of ours': text('crl_', fc.stringMatching(/^[a-z0-9]{12}$/), '_', letters(43)),
    'secret of a webhook of ours': fc
      .uint8Array({ minLength: 24, maxLength: 24 })
      .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`),
    'token of GitHub': text('ghp_', letters(36)),
    'token of GitLab': text('glpat-', letters(20)),
    'token of npm': text('npm_', letters(36)),
    'token of Pulumi': text('pul-', hex(40)),
    'token of Slack': text('xoxb-', letters(24)),
    'key of Google': text('AIza', letters(35)),
    'key of a model provider': text('sk-ant-', letters(40)),
    'key of Stripe': text('sk_live_', letters(24)),
    'JSON web token': text('eyJ', letters(20), '.eyJ', letters(30), '.', letters(43)),
    'password in an address': text('postgres://carillon:', letters(12), '@db.example.org/carillon'),
    'secret that is assigned': text("const apiKey = '", letters(30), "7';"),
  };

  it('is known of every kind, wherever it stands', () => {
    assert.deepEqual(Object.keys(samples).sort(), patterns.map(({ what }) => what).sort());
    for (const [what, sample] of Object.entries(samples)) {
      fc.assert(
        fc.property(sample, (secret) => {
          const found = secretsIn(`first line\nsecond: ${secret}\n`);
          assert.ok(
            found.some((each) => each.what === what && each.line === 2),
            `${what}: ${secret}`,
          );
        }),
        { numRuns: runs(50), plugins: [fc.unbiased()] },
      );
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
    const isRandom = fc.property(hex(64), letters(40), (digits, word) => {
      assert.ok(entropyOf(digits) > 3.2);
      assert.ok(entropyOf(word) > 3.8);
    });
    fc.assert(isRandom, { plugins: [fc.unbiased()] });
  });
});
