import { hash } from 'node:crypto';

/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** One entry with its place in the chain. */
export interface Link<E extends Json = Json> {
  /** SHA-256, in hex, of the link before; of the first: of the head of the bundle. */
  previous: string;
  entry: E;
  /** SHA-256, in hex, of `previous` and `entry` in canonical form. */
  hash: string;
}

/**
 * The one text of a value: no white space, names in the order of their UTF-16 code units, strings and numbers as
 * JSON.stringify writes them (RFC 8785 for what is used here).
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

const sha256 = (value: Json): string => hash('sha256', canonicalJson(value), 'hex');

/** Chains entries to what stands at their head: each hash vouches for everything before it. */
export function chain<E extends Json>(head: Json, entries: readonly E[]): Link<E>[] {
  let previous = sha256(head);
  return entries.map((entry) => {
    const link = { previous, entry, hash: linkHash(previous, entry) };
    previous = link.hash;
    return link;
  });
}

const linkHash = (previous: string, entry: Json): string => sha256({ previous, entry });

/** What a whole chain is known by: the hash of its last link. */
export const lastHash = (head: Json, links: readonly Link[]): string => links.at(-1)?.hash ?? sha256(head);

export type Verified =
  | { kind: 'intact' }
  /** `position` counts from 1; 0 is the head. */
  | { kind: 'altered'; position: number; why: string };

/**
 * Whether a chain is as it was made, and if not, where it first is not. Whoever can write the file can also compute its
 * hashes again, so an intact chain proves nothing without `expected`: the last hash as it was kept elsewhere, on the
 * printed page or with somebody else.
 */
export function verifyChain(
  head: Json,
  links: readonly Link[],
  last: string,
  expected: string | null,
): Verified {
  let previous = sha256(head);
  for (const [index, link] of links.entries()) {
    const position = index + 1;
    if (link.hash !== linkHash(link.previous, link.entry)) {
      return { kind: 'altered', position, why: 'the entry is not the one that was hashed' };
    }
    if (link.previous !== previous) {
      return position === 1
        ? { kind: 'altered', position: 0, why: 'the head of the bundle is not the one that was hashed' }
        : { kind: 'altered', position, why: 'an entry was taken out, put in or moved before it' };
    }
    previous = link.hash;
  }
  const end = { kind: 'altered', position: links.length } as const;
  if (last !== previous) return { ...end, why: 'entries are missing after it, or were added' };
  if (expected !== null && expected !== previous) {
    return { ...end, why: 'the chain is consistent, but it is not the one that the expected hash names' };
  }
  return { kind: 'intact' };
}
