import { createHash, createHmac } from 'node:crypto';

/** Who may sign: secret access keys by access key id. */
export type SigningKeys = ReadonlyMap<string, string>;

/**
 * Judges a token as RDS does: a presigned request to connect as this role at this address, signed with a known key. The
 * signature is computed anew from the token's own parts (Signature Version 4). Null: it is right; else what is wrong.
 */
export function judgeToken(
  token: string,
  expected: { address: string; role: string; keys: SigningKeys },
): string | null {
  const url = new URL(`https://${token}`);
  const query = url.searchParams;
  if (url.host !== expected.address) return `it is for ${url.host}`;
  if (query.get('Action') !== 'connect') return 'it does not ask to connect';
  if (query.get('DBUser') !== expected.role) return `it is for the role ${query.get('DBUser')}`;
  if (query.get('X-Amz-Expires') !== '900') return 'it does not expire after 15 minutes';
  const [keyId = '', date = '', region = '', service = ''] = query.get('X-Amz-Credential')?.split('/') ?? [];
  const secret = expected.keys.get(keyId);
  if (secret === undefined) return `nobody knows the key ${keyId}`;
  if (service !== 'rds-db') return `it is signed for ${service}`;
  const signature = signatureOf(url, secret, [date, region, service, 'aws4_request']);
  return signature === query.get('X-Amz-Signature') ? null : 'its signature is wrong';
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(url: URL, secret: string, scope: readonly string[]): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  const request = ['GET', '/', query, `host:${url.host}`, '', 'host', sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', url.searchParams.get('X-Amz-Date'), scope.join('/'), sha256(request)];
  const key = scope.reduce<string | Buffer>(
    (parent, part) => createHmac('sha256', parent).update(part).digest(),
    `AWS4${secret}`,
  );
  return createHmac('sha256', key).update(text.join('\n')).digest('hex');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
