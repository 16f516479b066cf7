import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/**
 * A certificate for localhost and 127.0.0.1, and the authority that signed it, for stand-ins of servers that speak TLS.
 * Made anew by every process that asks: nobody else trusts the authority, and no key lies anywhere.
 */
const HOUR_MS = 3_600_000;
const valid = {
  keyType: 'ec',
  algorithm: 'sha256',
  notBeforeDate: new Date(Date.now() - HOUR_MS),
  notAfterDate: new Date(Date.now() + 24 * HOUR_MS),
} as const;

const signer = await generate([{ name: 'commonName', value: 'Authority of a test' }], {
  ...valid,
  extensions: [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ],
});
const server = await generate([{ name: 'commonName', value: 'localhost' }], {
  ...valid,
  ca: { key: signer.private, cert: signer.cert },
  extensions: [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ],
});

export const authority: string = signer.cert;
export const certificate: string = server.cert;
export const key: string = server.private;

/** The authority as a file, for processes that are told where it is; gone with this process. */
const folder = mkdtempSync(join(tmpdir(), 'carillon-authority-'));
// Not a secret, and read by processes of other users.
chmodSync(folder, 0o755);
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
export const authorityFile: string = join(folder, 'authority.pem');
writeFileSync(authorityFile, authority, { mode: 0o644 });
