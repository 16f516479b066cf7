import type { ContactFilter } from '#shared/api-client/api-types.ts';
import { isReference } from '../../../api/references.ts';

/** What the address asks for. */
export interface Asked {
  q?: string | undefined;
  tag?: string | undefined;
  list?: string | undefined;
  filter?: ContactFilter | undefined;
}

const NUMBER = /^[+(]?[\d\s().+-]{7,}$/;

/** Whether what somebody searches for is a phone number, and no name. */
export const isNumber = (text: string): boolean =>
  NUMBER.test(text.trim()) && /\d{7}/.test(text.replaceAll(/\D/g, ''));

/** The parameters of `/v1/contacts` and its export. */
export const queryOf = ({ filter, list, q, tag }: Asked) => ({
  ...(q === undefined ? {} : isNumber(q) || isReference(q) ? { phone: q } : { q }),
  ...(tag === undefined ? {} : { tag }),
  ...(list === undefined ? {} : { list }),
  ...(filter === undefined ? {} : { filter: JSON.stringify(filter) }),
});

/** The same as one filter, for counts and for what is done with all of them; null: a search is none. */
export function filterOfAsked({ filter, list, q, tag }: Asked): ContactFilter | null {
  if (q !== undefined) return null;
  const parts: ContactFilter[] = [
    ...(tag === undefined ? [] : [{ tag }]),
    ...(list === undefined ? [] : [{ list }]),
    ...(filter === undefined ? [] : [filter]),
  ];
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { all: parts };
}

/** The same as an address. */
export const exportAddress = (asked: Asked): string =>
  `/v1/contacts/export?${new URLSearchParams(queryOf(asked))}`;
