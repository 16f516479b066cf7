import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { authoritiesOf, RDS_AUTHORITIES } from './settings.ts';

describe('The authorities of Amazon RDS', () => {
  const { ca } = authoritiesOf({ DB_CA_FILE: RDS_AUTHORITIES });
  const certificates = ca
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((text) => text.includes('BEGIN'))
    .map((text) => new X509Certificate(text));
  const nameOf = ({ subject }: X509Certificate): string => /^CN=(.*)$/m.exec(subject)?.[1] ?? '';

  it('are roots of Amazon that sign themselves and are good for decades', () => {
    for (const certificate of certificates) {
      const name = nameOf(certificate);
      assert.match(name, /^Amazon RDS [a-z]+-[a-z]+-\d Root CA (?:RSA2048|RSA4096|ECC384) G1$/);
      assert.match(certificate.subject, /^O=Amazon Web Services\\, Inc\.$/m, name);
      assert.equal(certificate.ca, true, name);
      assert.ok(certificate.verify(certificate.publicKey), name);
      assert.ok(new Date(certificate.validTo) > new Date('2060-01-01'), name);
    }
  });

  it('are three of each region, the default one among them', () => {
    const names = certificates.map(nameOf);
    assert.equal(new Set(names).size, names.length);
    const regions = new Set(names.map((name) => name.split(' ')[2]));
    assert.equal(names.length, regions.size * 3);
    for (const region of [
      'us-east-1',
      'us-east-2',
      'us-west-2',
      'eu-west-1',
      'eu-central-1',
      'ap-southeast-2',
    ])
      assert.ok(regions.has(region), region);
  });

  it('can be replaced, and a file that is not there is named', () => {
    assert.throws(() => authoritiesOf({ DB_CA_FILE: '/nowhere.pem' }), {
      code: 'invalid_configuration',
      message: /DB_CA_FILE.*\/nowhere\.pem/,
    });
  });
});
