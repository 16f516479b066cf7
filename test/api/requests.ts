import fc, { type Arbitrary } from 'fast-check';
import type { ApiOperation, ApiParameter } from './document.ts';
import type { WireRequest } from './exchange.ts';
import type { KnownRows } from './known.ts';
import type { Known, Values } from './values.ts';

/** A request by its parts, before it is put on the wire: what is spoilt is one of them. */
export interface Parts {
  method: string;
  /** The path of the operation, with `{name}` where parameters go. */
  template: string;
  params: Readonly<Record<string, string>>;
  query: readonly (readonly [string, string])[];
  headers: Readonly<Record<string, string | string[]>>;
  /** undefined: none. */
  body: unknown;
}

/** Requests that the document allows. Parameters that are known to name rows are used where there are any. */
export function validRequests(operation: ApiOperation, values: Values, rows: KnownRows): Arbitrary<Parts> {
  const any = requestsOf(operation, values, rows, rows.of(operation));
  const one = rows.together().map((known) => requestsOf(operation, values, rows, known));
  const plain = plainRequests(operation, values, rows);
  return fc.oneof(
    { weight: 6, arbitrary: any },
    ...(plain === null ? [] : [{ weight: 3, arbitrary: plain }]),
    ...one.map((arbitrary) => ({ weight: 1, arbitrary })),
  );
}

/**
 * Requests as the document shows them: about rows that exist, with the example of the body and nothing that may be left
 * out. What many rules decide is reached with these, not by luck. null: a row or an example is missing.
 */
function plainRequests(operation: ApiOperation, values: Values, rows: KnownRows): Arbitrary<Parts> | null {
  const about = rows.about(operation);
  const [schema] = Object.values(operation.requestBody?.content ?? {}).map((each) => each.schema);
  const bodies = schema === undefined ? [undefined] : values.examples(schema);
  if (about === null || bodies.length === 0) return null;
  const parameters = operation.parameters.filter(({ required }) => required);
  return fc
    .tuple(
      requestsOf({ ...operation, parameters }, values, rows, rows.of(operation), fc.constantFrom(...bodies)),
      fc.constantFrom(...about),
    )
    .map(([parts, row]) => ({ ...parts, params: { ...parts.params, ...row }, body: named(parts.body, row) }));
}

/** A body that names the row where it names one. */
const named = (body: unknown, row: Readonly<Record<string, string>>): unknown =>
  typeof body === 'object' && body !== null
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, row[name] ?? value]))
    : body;

function requestsOf(
  operation: ApiOperation,
  values: Values,
  rows: KnownRows,
  known: Known,
  /** Left out: any that the document allows. */
  bodies?: Arbitrary<unknown>,
): Arbitrary<Parts> {
  const of = (where: ApiParameter['in']): Arbitrary<Record<string, unknown>> => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === where);
    return fc.record(
      Object.fromEntries(
        parameters.map((parameter) => [parameter.name, parameterValues(parameter, values, known)]),
      ),
      { requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name) },
    );
  };
  const [[mediaType, { schema: bodySchema = undefined } = {}] = ['application/json']] = Object.entries(
    operation.requestBody?.content ?? {},
  );
  return fc
    .record({
      params: of('path'),
      query: of('query'),
      headers: of('header'),
      body: bodies ?? (bodySchema === undefined ? fc.constant(undefined) : values.valid(bodySchema, known)),
      etag: fc.nat(),
    })
    .map(({ params, query, headers, body, etag }) => {
      const texts = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
      const etags = rows.etags(pathOf(operation.path, texts));
      const ifMatch = etags.length === 0 ? '*' : etags[etag % etags.length];
      return {
        method: operation.method.toUpperCase(),
        template: operation.path,
        params: texts,
        query: Object.entries(query).flatMap(([name, value]) =>
          (Array.isArray(value) ? value : [value]).map((each) => [name, String(each)] as const),
        ),
        headers: {
          ...(body === undefined ? {} : { 'content-type': mediaType }),
          ...Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [
              name.toLowerCase(),
              name === 'If-Match' && ifMatch !== undefined ? ifMatch : sendable(String(value)),
            ]),
          ),
        },
        body,
      };
    });
}

function parameterValues(
  { name, schema, in: where }: ApiParameter,
  values: Values,
  known: Known,
): Arbitrary<unknown> {
  // An example of an Idempotency-Key serves one request only.
  const { example: _, ...other } = typeof schema === 'boolean' ? {} : schema;
  const valid = values.valid(name === 'Idempotency-Key' ? other : schema);
  // A parameter that is empty, or a step, makes another path.
  const made = where === 'path' ? valid.filter((value) => !['', '.', '..'].includes(String(value))) : valid;
  const there = known(name);
  if (there.length === 0) return made;
  // Rows are what most requests are to reach.
  const weight = where === 'path' ? 6 : 1;
  return fc.oneof({ weight: 1, arbitrary: made }, { weight, arbitrary: fc.constantFrom(...there) });
}

const pathOf = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(params[name] ?? ''));

/** What HTTP lets into a header. */
const sendable = (text: string): string => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '_');

/** As encodeURIComponent, which throws for half a surrogate pair: that becomes what is no UTF-8. */
export const encode = (text: string): string =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : [...text].map((each) => (each.isWellFormed() ? encodeURIComponent(each) : '%ED%A0%80')).join('');

/** A file goes as it is. */
const isFile = (headers: Parts['headers'], body: unknown): body is string =>
  typeof body === 'string' && headers['content-type'] === 'text/csv';

/** A request as it goes over the wire. */
export function wireRequest({ body, headers, method, params, query, template }: Parts): WireRequest {
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const path = pathOf(template, params);
  return {
    method,
    path: search === '' ? path : `${path}?${search}`,
    headers,
    body: body === undefined ? null : Buffer.from(isFile(headers, body) ? body : JSON.stringify(body)),
  };
}
