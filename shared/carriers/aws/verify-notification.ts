import { verify } from 'node:crypto';
import type { ReceivedWebhook, Verification } from '../carrier.ts';
import type { Certificates } from './certificates.ts';
import type { SnsAddresses } from './sns-addresses.ts';
import { envelopeOf, regionOf, textToSign } from './sns-envelope.ts';

export interface VerificationParts {
  /** ARNs of the topics that are ours. */
  topics: ReadonlySet<string>;
  addresses: SnsAddresses;
  certificates: Certificates;
}

const HASH = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' } as const;

/**
 * Whether a notification is of a topic of ours and signed by SNS, by the version of signature that it says. What costs nothing is judged first: no
 * certificate is asked for on behalf of a topic that is not ours, or from anywhere but SNS.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 *
 * A signature has no time that a receiver could hold against it: SNS repeats for as long as its subscription says. What comes
 * twice is recognised by its id.
 */
export async function verifyNotification(
  webhook: ReceivedWebhook,
  { addresses, certificates, topics }: VerificationParts,
): Promise<Verification> {
  const envelope = envelopeOf(webhook.body);
  if (envelope === null || !topics.has(envelope.TopicArn)) return 'forged';
  const region = regionOf(envelope.TopicArn);
  if (region === null || !addresses.isCertificate(envelope.SigningCertURL, region)) return 'forged';
  const certificate = await certificates.of(envelope.SigningCertURL);
  if (certificate.kind === 'unavailable') return 'undecided';
  if (certificate.kind === 'none') return 'forged';
  const signature = Buffer.from(envelope.Signature, 'base64');
  const text = Buffer.from(textToSign(envelope), 'utf8');
  return verify(HASH[envelope.SignatureVersion], text, certificate.key, signature) ? 'genuine' : 'forged';
}
