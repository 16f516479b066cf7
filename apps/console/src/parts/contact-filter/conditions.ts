import type { ContactFilter } from '#shared/api-client/api-types.ts';

/** A filter as rows that people fill in: conditions that must all hold, or of which any must. */
export interface Rows {
  mode: 'all' | 'any';
  rows: readonly Row[];
}

export const comparisons = ['is', 'isNot', 'contains', 'atLeast', 'atMost', 'known', 'unknown'] as const;
export type Comparison = (typeof comparisons)[number];

export interface Row {
  /** Name of a field; `tag`, `list` or `replied` for what is none. */
  field: string;
  compare: Comparison;
  /** As it is typed. */
  value: string;
}

/** What is no field of a contact's, and can be asked about. */
export const others = ['tag', 'list', 'replied'] as const;
const isOther = (field: string): boolean => others.some((each) => each === field);

/** Fields of every contact that are instants: people compare them by days, as they are where the reader is. */
const instants = ['last_reply_at', 'created_at', 'updated_at'];
export const isInstant = (field: string): boolean => instants.includes(field);

/** Fields whose values are no texts. */
export type FieldTypes = ReadonlyMap<string, 'text' | 'number' | 'date' | 'boolean' | 'choice'>;

function typedValue(value: string, type: string | undefined): string | number | boolean {
  if (type === 'number') return Number(value);
  if (type === 'boolean') return value === 'true';
  return value;
}

/** The first and the last moment of a day. */
const beginOf = (day: string): string => new Date(`${day}T00:00`).toISOString();
const endOf = (day: string): string => new Date(`${day}T23:59:59.999`).toISOString();

/** The day that such a moment is of; null: it is another moment, as programs may ask for one. */
function dayOf(instant: string, of: (day: string) => string): string | null {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return null;
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return of(day) === at.toISOString() ? day : null;
}

function conditionOf({ compare, field, value }: Row, types: FieldTypes): ContactFilter {
  const inner = ((): ContactFilter => {
    if (field === 'tag') return { tag: value };
    if (field === 'list') return { list: value };
    if (field === 'replied') return { replied: true };
    if (compare === 'known' || compare === 'unknown') return { field, known: compare === 'known' };
    if (compare === 'contains') return { field, contains: value };
    if (isInstant(field)) {
      return compare === 'atLeast' ? { field, atLeast: beginOf(value) } : { field, atMost: endOf(value) };
    }
    const typed = typedValue(value, types.get(field));
    if (compare === 'atLeast') return { field, atLeast: typed };
    if (compare === 'atMost') return { field, atMost: typed };
    return { field, is: typed };
  })();
  return compare === 'isNot' ? { not: inner } : inner;
}

/** Whether a row says something yet. */
export const isFilledIn = ({ compare, field, value }: Row): boolean =>
  field !== '' &&
  (field === 'replied' || compare === 'known' || compare === 'unknown' || value.trim() !== '');

/** The filter of rows that are filled in; null: none is. */
export function filterOf({ mode, rows }: Rows, types: FieldTypes): ContactFilter | null {
  const conditions = rows.filter(isFilledIn).map((row) => conditionOf(row, types));
  if (conditions.length === 0) return null;
  const [only] = conditions;
  if (conditions.length === 1 && only !== undefined) return only;
  return mode === 'all' ? { all: conditions } : { any: conditions };
}

function rowOf(filter: ContactFilter): Row | null {
  if ('not' in filter) {
    const row = rowOf(filter.not);
    return row?.compare === 'is' ? { ...row, compare: 'isNot' } : null;
  }
  if ('tag' in filter) return { field: 'tag', compare: 'is', value: filter.tag };
  if ('list' in filter) return { field: 'list', compare: 'is', value: filter.list };
  if ('replied' in filter) {
    return { field: 'replied', compare: filter.replied ? 'is' : 'isNot', value: '' };
  }
  if (!('field' in filter)) return null;
  const { field } = filter;
  if ('known' in filter) return { field, compare: filter.known ? 'known' : 'unknown', value: '' };
  if (isInstant(field)) {
    const [compare, day] =
      'atLeast' in filter
        ? (['atLeast', dayOf(String(filter.atLeast), beginOf)] as const)
        : (['atMost', 'atMost' in filter ? dayOf(String(filter.atMost), endOf) : null] as const);
    return day === null ? null : { field, compare, value: day };
  }
  if ('contains' in filter) return { field, compare: 'contains', value: filter.contains };
  if ('is' in filter) return { field, compare: 'is', value: String(filter.is) };
  if ('atLeast' in filter) return { field, compare: 'atLeast', value: String(filter.atLeast) };
  if ('atMost' in filter) return { field, compare: 'atMost', value: String(filter.atMost) };
  return null;
}

/** The rows of a filter; null: it is deeper than rows can say, as programs may write one. */
export function rowsOf(filter: ContactFilter | null): Rows | null {
  if (filter === null) return { mode: 'all', rows: [] };
  const [mode, parts] =
    'all' in filter
      ? (['all', filter.all] as const)
      : 'any' in filter
        ? (['any', filter.any] as const)
        : (['all', [filter]] as const);
  const rows = parts.map(rowOf);
  return rows.every((row) => row !== null) ? { mode, rows } : null;
}

/** Comparisons that make sense of a field. */
export function comparisonsOf(field: string, types: FieldTypes): readonly Comparison[] {
  if (isOther(field)) return ['is', 'isNot'];
  if (isInstant(field)) return ['atLeast', 'atMost', 'known', 'unknown'];
  const type = types.get(field) ?? 'text';
  if (type === 'number' || type === 'date') return ['is', 'isNot', 'atLeast', 'atMost', 'known', 'unknown'];
  if (type === 'boolean' || type === 'choice') return ['is', 'isNot', 'known', 'unknown'];
  return ['is', 'isNot', 'contains', 'known', 'unknown'];
}
