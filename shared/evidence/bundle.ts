import { z } from 'zod';
import type { Standings } from '#shared/consent/standing.ts';
import { readStandings } from '#shared/consent/store.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { inSnapshot, type Pool, type Queryable } from '#shared/postgres/pool.ts';
import { chain, type Link, lastHash, type Verified, verifyChain } from './chain.ts';
import { collectEvidence } from './collect.ts';
import type { Entry } from './entry.ts';

/** What a bundle is about; the chain begins with it. */
export type BundleHead = {
  format: typeof FORMAT;
  phoneNumber: string;
  /** When it was put together, and by whom. */
  producedAt: string;
  producedBy: string;
  /** Where the person stood then, by scope. */
  standings: { scope: string; status: string; since: string; granted: string[]; deadline: string | null }[];
};

export interface Bundle {
  head: BundleHead;
  links: Link<Entry>[];
  /** Hash of the last link: what the whole bundle is known by. */
  lastHash: string;
}

const FORMAT = 'carillon-evidence/1';

/** Puts together everything on record about one person, as it stood at one moment. */
export const evidenceOf = (
  pool: Pool,
  phone: PhoneNumber,
  options: { now: Date; by: string; pseudonyms: Pseudonyms },
): Promise<Bundle> => inSnapshot(pool, (tx) => bundleOf(tx, phone, options));

async function bundleOf(
  db: Queryable,
  phone: PhoneNumber,
  { now, by, pseudonyms }: { now: Date; by: string; pseudonyms: Pseudonyms },
): Promise<Bundle> {
  const standings: Standings = (await readStandings(db, [phone], pseudonyms)).get(phone) ?? new Map();
  const head: BundleHead = {
    format: FORMAT,
    phoneNumber: phone,
    producedAt: now.toISOString(),
    producedBy: by,
    standings: [...standings].map(([scope, { status, requestedAt, consents, deadline }]) => ({
      scope,
      status,
      since: requestedAt.toISOString(),
      granted: [...new Set(consents.flatMap(({ granted }) => granted))].sort(),
      deadline,
    })),
  };
  const links = chain(head, await collectEvidence(db, [phone, ...pseudonyms.allOf(phone)]));
  return { head, links, lastHash: lastHash(head, links) };
}

const bundleSchema = z.object({
  head: z.object({ format: z.literal(FORMAT) }).loose(),
  links: z.array(z.object({ previous: z.string(), entry: z.json(), hash: z.string() })),
  lastHash: z.string(),
});

/**
 * Whether the text of a bundle's JSON file is as it was made; see `verifyChain` about `expected`. Throws for a text that
 * is no bundle.
 */
export function verifyBundle(text: string, expected: string | null): Verified {
  const parsed = bundleSchema.parse(JSON.parse(text));
  return verifyChain(z.json().parse(parsed.head), parsed.links, parsed.lastHash, expected);
}
