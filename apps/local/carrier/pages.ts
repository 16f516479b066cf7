/** Pages of lists, as Twilio cuts them. */
export interface PageQuery {
  pageSize: number;
  page: number;
  /** Position of the page: what is older, or newer, than the one with this sid. */
  cursor: { sid: string; towards: 'older' | 'newer' } | null;
}

export interface Page<T> {
  /** Newest first. */
  items: T[];
  older: boolean;
  newer: boolean;
}

/**
 * One page of `newestFirst`, which may be more than what matches. Pages hang on items, not on positions: what arrives
 * between two requests neither repeats nor hides anything.
 */
export function pageOf<T extends { ordinal: number }>(
  newestFirst: Iterable<T>,
  query: PageQuery,
  matches: (item: T) => boolean,
  cursorOrdinal: number | null,
): Page<T> {
  if (query.cursor?.towards === 'newer') {
    const newer: T[] = [];
    for (const item of newestFirst) {
      if (cursorOrdinal !== null && item.ordinal <= cursorOrdinal) break;
      if (matches(item)) newer.push(item);
    }
    return { items: newer.slice(-query.pageSize), older: true, newer: newer.length > query.pageSize };
  }
  const items: T[] = [];
  for (const item of newestFirst) {
    if (cursorOrdinal !== null && item.ordinal >= cursorOrdinal) continue;
    if (!matches(item)) continue;
    if (items.length === query.pageSize) return { items, older: true, newer: query.cursor !== null };
    items.push(item);
  }
  return { items, older: false, newer: query.cursor !== null };
}

/** The page in Twilio's form, but for its items. `path`: of the list. */
export function restPage(
  path: string,
  query: PageQuery,
  search: string,
  page: Page<{ sid: string }>,
): Record<string, unknown> {
  const filters = new URLSearchParams(search);
  for (const name of ['Page', 'PageToken', 'PageSize']) filters.delete(name);
  const uri = (index: number, token: string | null): string => {
    const parameters = new URLSearchParams(filters);
    parameters.set('PageSize', String(query.pageSize));
    parameters.set('Page', String(index));
    if (token !== null) parameters.set('PageToken', token);
    return `${path}?${parameters}`;
  };
  const first = page.items[0];
  const last = page.items.at(-1);
  const start = query.page * query.pageSize;
  return {
    end: Math.max(start, start + page.items.length - 1),
    first_page_uri: uri(0, null),
    next_page_uri: page.older && last ? uri(query.page + 1, `PA${last.sid}`) : null,
    page: query.page,
    page_size: query.pageSize,
    previous_page_uri: page.newer && first ? uri(Math.max(0, query.page - 1), `PB${first.sid}`) : null,
    start,
    uri: search === '' ? uri(query.page, null) : `${path}?${search}`,
  };
}
