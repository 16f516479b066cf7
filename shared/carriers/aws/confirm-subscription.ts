import { CarillonError, messageOf } from '#shared/errors.ts';
import type { ReceivedWebhook } from '../carrier.ts';
import type { SnsAddresses } from './sns-addresses.ts';
import { envelopeOf, regionOf } from './sns-envelope.ts';

const TIMEOUT_MS = 5_000;

/**
 * Visits the address by which a subscription is confirmed, of a notification that was verified: signed by SNS, for a topic of
 * ours. Only at SNS itself, and without following it anywhere. Rejects with `unavailable` when SNS does not take it.
 */
export async function confirmSubscription(webhook: ReceivedWebhook, addresses: SnsAddresses): Promise<void> {
  const envelope = envelopeOf(webhook.body);
  if (envelope === null || envelope.Type === 'Notification') throw new Error('no subscription to confirm');
  const { SubscribeURL, TopicArn } = envelope;
  if (!addresses.isConfirmation(SubscribeURL, regionOf(TopicArn) ?? '')) {
    throw new CarillonError('invalid_record', 'a subscription would be confirmed elsewhere than at SNS');
  }
  let status: number;
  try {
    const response = await fetch(SubscribeURL, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    status = response.status;
  } catch (error) {
    throw new CarillonError('unavailable', `a subscription cannot be confirmed: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (status !== 200) {
    throw new CarillonError('unavailable', `a subscription was not confirmed: HTTP ${status}`);
  }
}
