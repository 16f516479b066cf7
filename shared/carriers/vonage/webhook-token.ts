import { errors, jwtVerify } from 'jose';
import { isHashOf } from '../body-hash.ts';
import type { ReceivedWebhook, Verification } from '../carrier.ts';
import type { VonageAccount } from './account.ts';

/**
 * How old a token may be. Vonage repeats for a day what was not answered, and does not say that a repetition has a token of
 * its own; a webhook that is brought twice does nothing, so that age protects little, and a text that is refused is lost.
 */
export const MOST_AGE_SECONDS = 25 * 3_600;
/** For the difference between Vonage's clock and ours. */
const SKEW_SECONDS = 300;

/**
 * Whether a webhook of the Messages API is Vonage's, and for our account: a JWT in the header, HS256 and nothing else, by the
 * signature secret of the account that it names, of a body with the hash that it says.
 * https://developer.vonage.com/en/getting-started/concepts/webhooks#validating-signed-webhooks
 *
 * Without any token it is undecided: Vonage says that this happens, rarely, and asks for a 5xx, upon which it signs.
 */
export async function verifyToken(
  webhook: ReceivedWebhook,
  account: VonageAccount,
  now: Date,
): Promise<Verification> {
  const header = webhook.header('authorization');
  if (header === undefined) return 'undecided';
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
  if (token === undefined) return 'forged';
  try {
    const { payload } = await jwtVerify(token, Buffer.from(account.signatureSecret), {
      algorithms: ['HS256'],
      requiredClaims: ['iat', 'api_key', 'payload_hash'],
      maxTokenAge: MOST_AGE_SECONDS,
      clockTolerance: SKEW_SECONDS,
      currentDate: now,
    });
    return payload.api_key === account.apiKey && isHashOf(payload.payload_hash, webhook.body)
      ? 'genuine'
      : 'forged';
  } catch (error) {
    if (error instanceof errors.JOSEError) return 'forged';
    throw error;
  }
}
