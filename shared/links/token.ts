import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';

/**
 * Short links: `BASE/l/TOKEN`, one token for each recipient and link. A token is worked out of both under a secret key, so
 * that a text that is written again has the same one, and nobody without the key can guess one that is in use: it has 71
 * bits, 12 letters and digits. (A link that ended in a sign would lose it where phones look for links in a text.)
 */

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 12;
const BITS = 71n;

/** What a token looks like; anything else is none. */
export const TOKEN = /^[0-9A-Za-z]{12}$/;

/** Under which path the gateway answers them. */
export const LINK_PATH = '/l';

/** What makes short links of a recipient's long ones. Pure. */
export interface LinkMaker {
  /** `owner`: whose link it is; the same owner and url have the same token. */
  tokenOf(owner: string, url: string): string;
  addressOf(token: string): string;
}

/** `base`: scheme, host and port, no trailing slash. */
export const linkMaker = (base: string, pseudonyms: Pseudonyms): LinkMaker => ({
  tokenOf: (owner, url) => encode(pseudonyms.secretOf('short-link', `${owner}\n${url}`)),
  addressOf: (token) => `${base}${LINK_PATH}/${token}`,
});

/** For texts that nobody gets: of the same length, and leading nowhere. */
export const sampleLinkMaker = (base: string): LinkMaker => ({
  tokenOf: () => 'x'.repeat(LENGTH),
  addressOf: (token) => `${base}${LINK_PATH}/${token}`,
});

/** The owner of a link in a campaign's text to a contact. */
export const recipientOf = (campaignId: string, contactId: string): string => `${campaignId} ${contactId}`;

function encode(secret: Buffer): string {
  let left = BigInt(`0x${secret.toString('hex', 0, 9)}`) & ((1n << BITS) - 1n);
  let token = '';
  for (let n = 0; n < LENGTH; n += 1) {
    token = ALPHABET.charAt(Number(left % 62n)) + token;
    left /= 62n;
  }
  return token;
}
