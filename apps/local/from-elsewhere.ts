import type { IncomingMessage } from 'node:http';

/** A name of somebody else's may lead here as well. */
const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request comes from a page of another site, as browsers say it, or came here under a name that is not this
 * machine's own: a tunnel for webhooks, or a name of somebody else's that leads here. Programs name no origin.
 */
export function isFromElsewhere({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const own = URL.parse(`http://${headers.host ?? ''}`);
  if (!OWN_NAMES.includes(own?.hostname ?? '')) return true;
  if (headers.origin === undefined) return false;
  return URL.parse(headers.origin)?.host !== headers.host;
}
