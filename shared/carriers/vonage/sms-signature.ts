import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SignatureMethod, VonageAccount } from './account.ts';
import { MOST_AGE_SECONDS } from './webhook-token.ts';

/** For the difference between Vonage's clock and ours. */
const SKEW_SECONDS = 300;

/**
 * The signature of a webhook of the SMS API, in lower-case hexadecimal: over all parameters but `sig`, sorted by name, each as
 * `&name=value`, with `&` and `=` in values written as `_`.
 * https://developer.vonage.com/en/getting-started/concepts/signing-messages#manually-generate-a-signature
 *
 * Vonage's library for Node writes every & and = as _ and encodes values before; the page above and the libraries for other
 * languages do not, and neither does this (decision 36).
 */
export function smsSignature(
  parameters: Readonly<Record<string, string>>,
  secret: string,
  method: SignatureMethod,
): string {
  const text = Object.keys(parameters)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${(parameters[name] ?? '').replace(/[&=]/g, '_')}`)
    .join('');
  return method === 'md5hash'
    ? createHash('md5')
        .update(text + secret)
        .digest('hex')
    : createHmac(method, secret).update(text).digest('hex');
}

/**
 * Whether parameters are Vonage's, for our account: signed by the one method that the account uses, and not older than Vonage
 * repeats a webhook. `now`: the machine's own time.
 *
 * What is signed does not say where a name ends: of a webhook that somebody has seen, `text` and its value could be hidden in
 * the name of another parameter, and the signature would hold. Vonage has no such names.
 */
export function isSignedSms(
  parameters: Readonly<Record<string, string>>,
  account: VonageAccount,
  now: Date,
): boolean {
  const { sig, timestamp } = parameters;
  if (sig === undefined || parameters['api-key'] !== account.apiKey) return false;
  if (Object.keys(parameters).some((name) => /[&=]/.test(name))) return false;
  const age = now.getTime() / 1_000 - Number(timestamp);
  if (timestamp === undefined || !(age <= MOST_AGE_SECONDS && age >= -SKEW_SECONDS)) return false;
  const given = Buffer.from(sig.toLowerCase());
  const computed = Buffer.from(smsSignature(parameters, account.signatureSecret, account.signatureMethod));
  return given.length === computed.length && timingSafeEqual(given, computed);
}
