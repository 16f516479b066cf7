import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import type { CallCallbacks } from './voice.ts';

/** Paths under which the gateway receives a carrier's webhooks. AWS brings both kinds by one subscription. */
const paths: Readonly<Record<CarrierName, { inbound: string; status: string }>> = {
  twilio: { inbound: '/webhooks/twilio/sms', status: '/webhooks/twilio/status' },
  vonage: { inbound: '/webhooks/vonage/inbound', status: '/webhooks/vonage/status' },
  aws: { inbound: '/webhooks/aws/sns', status: '/webhooks/aws/sns' },
};

export const webhookPaths = (carrier: CarrierName): { inbound: string; status: string } => paths[carrier];

/** How they come there: https://developer.vonage.com/en/messaging/sms/guides/inbound-sms says GET or POST. */
export const webhookMethods = (carrier: CarrierName): readonly ('get' | 'post')[] =>
  carrier === 'vonage' ? ['get', 'post'] : ['post'];

/** The path of an older system, whose numbers at Vonage may still be set to it. */
export const OLD_INBOUND_PATH = '/sms/inbound';

/** What is before the query. */
export const pathOf = (target: string): string => target.split('?', 1)[0] ?? target;

/** Paths under which it receives those about calls; `inbound`: somebody calls a number of ours. */
export const voicePaths = (carrier: CarrierName): CallCallbacks & { inbound: string } => ({
  status: `/webhooks/${carrier}/voice/status`,
  keys: `/webhooks/${carrier}/voice/keys`,
  machine: `/webhooks/${carrier}/voice/machine`,
  inbound: `/webhooks/${carrier}/voice/inbound`,
});

/**
 * Tells Twilio to repeat a webhook that it could not deliver: five times, on a failed connection, on a read
 * time-out and on any 5xx. Without it the carrier repeats once, and only when it could not connect. It is read from
 * the address's fragment, which is neither requested nor signed.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export const RETRY_PARAMETERS = '#rc=5&rp=ct,rt,5xx';

/** The others repeat on their own: Vonage for a day, AWS as its subscription says. */
const retryParameters = (carrier: CarrierName): string => (carrier === 'twilio' ? RETRY_PARAMETERS : '');

/** The addresses to set at the carrier for our numbers. `publicUrl`: scheme, host and port, no trailing slash. */
export function webhookAddresses(
  publicUrl: string,
  carrier: CarrierName,
): { inbound: string; status: string } {
  const { inbound, status } = webhookPaths(carrier);
  const retries = retryParameters(carrier);
  return { inbound: `${publicUrl}${inbound}${retries}`, status: `${publicUrl}${status}${retries}` };
}

/**
 * The status callback address of one attempt. It carries our own ids, and the carrier signs it, so that a callback
 * says which attempt it is about even when the answer to the request never reached us.
 */
export function statusCallbackUrl(
  publicUrl: string,
  carrier: CarrierName,
  ids: { attemptId: string; messageId: string },
): string {
  const query = new URLSearchParams({ attempt: ids.attemptId, message: ids.messageId });
  return `${publicUrl}${webhookPaths(carrier).status}?${query}${retryParameters(carrier)}`;
}

/** The whole address of a path of ours, with its query, so that the carrier repeats what it could not deliver there. */
export const webhookAddress = (publicUrl: string, carrier: CarrierName, target: string): string =>
  `${publicUrl}${target}${retryParameters(carrier)}`;

/** The address to set at the carrier for calls to our numbers. */
export const inboundCallAddress = (publicUrl: string, carrier: CarrierName): string =>
  webhookAddress(publicUrl, carrier, voicePaths(carrier).inbound);

/** The addresses of one attempt to call somebody: as `statusCallbackUrl`, for each kind of callback. */
export function callCallbacks(
  publicUrl: string,
  carrier: CarrierName,
  ids: { attemptId: string; messageId: string },
): CallCallbacks {
  const paths = voicePaths(carrier);
  const query = new URLSearchParams({ attempt: ids.attemptId, message: ids.messageId });
  const address = (path: string): string => webhookAddress(publicUrl, carrier, `${path}?${query}`);
  return { status: address(paths.status), keys: address(paths.keys), machine: address(paths.machine) };
}
