import type { Erased } from '#shared/erasure/erased.ts';
import type { LogRow } from './row.ts';

/** The numbers that rows are about, each once. */
export const phonesOf = (rows: readonly LogRow[]): string[] => [
  ...new Set(rows.flatMap(({ content, mentioned }) => (content ?? mentioned).phoneNumber ?? [])),
];

/**
 * The row without what was erased. Pure. A message from before its person was erased is counted, under the hash of the
 * number, without its words. A status says nothing of when its message was: where it alone is known the hash stands in
 * for the number until the message itself comes, which has the right one.
 */
export function forgetErased(row: LogRow, erased: ReadonlyMap<string, Erased>): LogRow {
  const { content, mentioned } = row;
  if (content !== null) {
    const known = erased.get(content.phoneNumber);
    if (known === undefined || content.occurredAt > known.erasedAt) return row;
    return {
      ...row,
      content: { ...content, phoneNumber: known.pseudonym, body: '', mediaUrls: [] },
      call: withoutKeys(row),
    };
  }
  const known = mentioned.phoneNumber === null ? undefined : erased.get(mentioned.phoneNumber);
  return known === undefined
    ? row
    : { ...row, mentioned: { ...mentioned, phoneNumber: known.pseudonym }, call: withoutKeys(row) };
}

/** What somebody answered in a call. That they took it, and for how long, stays. */
const withoutKeys = ({ call }: LogRow): LogRow['call'] => (call === null ? null : { ...call, keys: [] });
