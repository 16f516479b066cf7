import type { ApiOperation } from './document.ts';
import type { WireAnswer } from './exchange.ts';
import type { Known } from './values.ts';

/** So many values of a name are kept, the newest: few, so that one request changes what another is about. */
const KEPT = 6;

const ROWS_KEPT = 3;

/** What is known from the beginning, and is not displaced by what is learnt. */
export interface Seeded {
  /** By the name of the parameter, or by the path of a collection and that name. */
  values: Readonly<Record<string, readonly string[]>>;
  /** Of what a request names several things: by the path, or as far as its last parameter, what goes into path and body. */
  rows: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

/**
 * What answers have shown of rows that exist: ids by the path of their collection, anything else that names something by
 * the name of its property. Later requests take their parameters from here, so that they reach rows.
 */
export class KnownRows {
  readonly #byName = new Map<string, string[]>();
  /** The newest rows that named two things or more, by the names of their properties. */
  #rows: Map<string, string>[] = [];
  readonly #seeded: Seeded;

  constructor(seeded: Seeded) {
    this.#seeded = seeded;
  }

  /** What an operation may be about: parameters of its path and of its body, all of one row each time. null: not known. */
  about({ parameters, path }: ApiOperation): readonly Readonly<Record<string, string>>[] | null {
    const rows = this.#seeded.rows[path] ?? this.#seeded.rows[path.slice(0, path.lastIndexOf('}') + 1)];
    if (rows !== undefined) return rows;
    const [name, ...others] = parameters.flatMap((each) => (each.in === 'path' ? [each.name] : []));
    if (name === undefined) return [{}];
    const values = others.length > 0 ? [] : this.#of(path, name);
    return values.length === 0 ? null : values.map((value) => ({ [name]: value }));
  }

  /** Values for parameters of an operation: an `id` is one of its own collection. */
  of({ path }: ApiOperation): Known {
    return (name) => this.#of(path, name);
  }

  #of(path: string, name: string): readonly string[] {
    return [
      // Where a name names a row; in bodies it is one that somebody gives.
      ...(name === 'name' && path.includes('/{name}')
        ? (this.#byName.get(`${collectionOf(path, name)} called`) ?? [])
        : []),
      ...(this.#byName.get(`${collectionOf(path, name)} ${name}`) ?? []),
      // The second id of a path, such as `deliveryId`.
      ...(/\wId$/.test(name) ? (this.#byName.get(`${collectionOf(path, name)} id`) ?? []) : []),
      ...(name === 'id' ? [] : (this.#byName.get(name) ?? [])),
      ...(this.#seeded.values[`${collectionOf(path, name)} ${name}`] ?? []),
      ...(this.#seeded.values[name] ?? []),
    ];
  }

  /** Values that stood in one row, which requests that name two things need to be about the same. */
  together(): readonly Known[] {
    return this.#rows.map((row) => (name) => {
      const value = row.get(name);
      return value === undefined ? [] : [value];
    });
  }

  /** Learns from an answer. */
  learn(operation: ApiOperation, path: string, { body, headers, status }: WireAnswer): void {
    if (status >= 300 || body.length === 0) return;
    if (headers.etag !== undefined) this.#note(`${path.split('?')[0]} if-match`, headers.etag);
    if (!/json/.test(headers['content-type'] ?? '')) return;
    const value: unknown = JSON.parse(body.toString());
    const isList = typeof value === 'object' && value !== null && 'items' in value;
    // What a list is of is its own; else it is what the last parameter names.
    const collection = isList ? operation.path : operation.path.replace(/\/\{[^{]*$/, '');
    this.#walk({ operation, collection }, value, 0);
  }

  /** ETags of what is at a path. */
  etags(path: string): readonly string[] {
    return this.#byName.get(`${path} if-match`) ?? [];
  }

  #walk(of: { operation: ApiOperation; collection: string }, value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null || depth > 4) return;
    if (Array.isArray(value)) {
      for (const each of value.slice(0, KEPT)) this.#walk(of, each, depth + 1);
      return;
    }
    const row = new Map<string, string>();
    for (const [name, each] of Object.entries(value)) {
      if (typeof each !== 'string') {
        this.#walk(of, each, depth + 1);
        continue;
      }
      const { collection, operation } = of;
      if (name === 'nextCursor') this.#note(`${operation.path} cursor`, each);
      else if (name === 'name') this.#note(`${collection} called`, each);
      else if (/^(id|slug|phone|\w+(Id|Phone|Number|Code))$/.test(name)) {
        this.#note(`${collection} ${name}`, each);
        if (name === 'id') continue;
        this.#note(name, each);
        row.set(name, each);
        // In paths a person's number is called `phone`.
        if (name !== 'phoneNumber') continue;
        this.#note('phone', each);
        row.set('phone', each);
      }
    }
    // A person's number counts twice.
    if (row.size > (row.has('phone') ? 2 : 1)) this.#rows = [row, ...this.#rows].slice(0, ROWS_KEPT);
  }

  #note(key: string, value: string): void {
    const known = this.#byName.get(key) ?? [];
    if (!known.includes(value)) this.#byName.set(key, [value, ...known].slice(0, KEPT));
  }
}

/** The path of what a parameter names: `/v1/keys` of `id` in `/v1/keys/{id}/revoke`; of a query, the path itself. */
const collectionOf = (path: string, name: string): string => {
  const at = path.indexOf(`/{${name}}`);
  return at < 0 ? path : path.slice(0, at);
};
