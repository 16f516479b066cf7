import type { Given } from '../../api/client.ts';
import { isReference } from '../../api/references.ts';

/** What conversations are looked at for, in the order in which they stand. `of`: those of one colleague. */
export const folderNames = ['reply', 'mine', 'unassigned', 'review', 'unknown', 'of', 'all'] as const;
export type Folder = (typeof folderNames)[number];

/** What the address says. */
export interface Filters {
  folder?: Folder | undefined;
  /** Folder `of`: whose. */
  of?: string | undefined;
  q?: string | undefined;
}

type Query = NonNullable<Given<'get', '/v1/conversations'>['query']>;

/** What the list is asked for. `me`: the name of whoever looks. Pure. */
export function queryOf({ folder = 'reply', of, q }: Filters, me: string): Query {
  return { ...queries[folder](of ?? me, me), ...(q === undefined ? {} : searchOf(q)) };
}

const queries: Readonly<Record<Folder, (of: string, me: string) => Query>> = {
  reply: () => ({ needsReply: 'true' }),
  mine: (_of, me) => ({ assignee: me, closed: 'false' }),
  unassigned: () => ({ unassigned: 'true', closed: 'false' }),
  review: () => ({ review: 'true' }),
  unknown: () => ({ unknown: 'true', closed: 'false' }),
  of: (of) => ({ assignee: of, closed: 'false' }),
  all: () => ({}),
};

/** Digits of a national number; fewer are the beginning of nothing. */
const LEAST_DIGITS = 10;

/** Whether it is a whole number, and no name. */
export const isNumber = (q: string): boolean =>
  /^[+\d\s().-]+$/.test(q) && q.replaceAll(/\D/g, '').length >= LEAST_DIGITS;

/** Somebody is looked for by their whole number, or by how their name begins. */
function searchOf(q: string): Query {
  return isNumber(q) || isReference(q) ? { phone: q } : { q };
}
