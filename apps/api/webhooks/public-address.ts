import { Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Where outgoing webhooks may go: to addresses of the public internet alone. Whoever may add an endpoint could otherwise
 * have this service speak to the metadata of the task, to the database and to whatever else only it can reach.
 */
export interface AddressRule {
  /** Whether this machine is allowed besides, without TLS too. */
  readonly thisMachine: boolean;
}
export const PUBLIC_INTERNET: AddressRule = { thisMachine: false };
/** For the local stack and for tests: what they deliver to listens next to them. */
export const ALSO_THIS_MACHINE: AddressRule = { thisMachine: true };

/** The only port that the network lets out (infra: rules of the service). */
const PORT = '443';

/** IPv6 that is given out to networks (RFC 4291, section 2.4); everything else there is special in some way. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is one that webhooks may go to. */
export function isAllowedAddress(text: string, { thisMachine }: AddressRule): boolean {
  // Stricter than the library, which reads 1.2.3 as an address too.
  if (isIP(text) === 0) return false;
  // An IPv4 address in IPv6 clothes is what it wears them over.
  const address = ipaddr.process(text);
  const range = address.range();
  if (range === 'loopback') return thisMachine;
  if (range !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST);
}

export class ForbiddenAddress extends Error {
  constructor(host: string) {
    super(`${host} has an address that is not of the public internet.`);
    this.name = 'ForbiddenAddress';
  }
}

/** An address as URLs write it, without brackets; null: a name. */
const addressIn = (hostname: string): string | null => {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
};

/** All addresses of a name. Rejects when it has none, or nobody answers. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * Asks the name servers themselves: getaddrinfo reads the hosts file too, and waits in one of the few threads that the
 * whole process shares, for as long as a name server of somebody's likes to be silent.
 */
export const resolveName: Resolve = async (name) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const addresses = found.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  if (addresses.length > 0) return addresses;
  // No AAAA is no news: the answer for A says why there is nothing.
  throw found[0].status === 'rejected' ? found[0].reason : new Error(`${name} has no address.`);
};

const LOCALHOST = ['127.0.0.1', '::1'] as const;

/**
 * Looks a name up for the connection itself: every address of it must be allowed, and the connection goes to one of those
 * that were looked at. A name that answers otherwise at the next question gains nothing.
 */
export const allowedLookup =
  (rule: AddressRule, resolve: Resolve): LookupFunction =>
  (name, options, callback) => {
    const asked = rule.thisMachine && name === 'localhost' ? Promise.resolve(LOCALHOST) : resolve(name);
    asked.then(
      (addresses) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        const [first] = found;
        if (first === undefined || !addresses.every((address) => isAllowedAddress(address, rule))) {
          callback(new ForbiddenAddress(name), []);
        } else if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };

/** Why nothing can be sent to this address of an endpoint; null: something can, as far as its text says. */
export function urlFault(text: string, rule: AddressRule): string | null {
  if (!URL.canParse(text)) return 'must be an address: https://...';
  const url = new URL(text);
  const address = addressIn(url.hostname);
  const isThisMachine = url.hostname === 'localhost' || (address !== null && isLoopback(address));
  const local = rule.thisMachine && isThisMachine;
  if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password';
  if (url.hash !== '') return 'must not have a part after #';
  if (local) return null;
  if (address !== null && !isAllowedAddress(address, rule)) return 'must be in the public internet';
  // Names that never are (RFC 6761, RFC 6762, RFC 8375): what they lead to is looked at once more when they are resolved.
  if (/(^|\.)(localhost|local|internal|home\.arpa)\.?$/.test(url.hostname)) {
    return 'must be in the public internet';
  }
  if (url.port !== '') return `must use port ${PORT}`;
  return null;
}

const isLoopback = (address: string): boolean => ipaddr.process(address).range() === 'loopback';
