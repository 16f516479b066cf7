import fc, { type Arbitrary } from 'fast-check';
import { anyCodePoint } from '../code-points.ts';
import { type ApiDocument, type JsonSchema, resolve, Validators } from './document.ts';

/**
 * Values that a JSON Schema allows, as arbitraries: the part of draft 2020-12 that our document uses. A keyword or format
 * that is not known here throws, so that nothing of the document goes untested unnoticed. Every value is checked by ajv
 * before it is used; what is generated therefore only has to be right often.
 */

/** Values of rows that exist, by the name of the property or parameter that they stand in. */
export type Known = (name: string) => readonly string[];
const nothingKnown: Known = () => [];

/** How deep schemas that contain themselves are followed before what is optional is left out. */
const MAX_DEPTH = 6;

/** Says something about people or other tools, nothing about values. */
const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  'id',
  'components',
]);
const KNOWN_KEYWORDS = new Set([
  ...ANNOTATIONS,
  ...['$ref', 'type', 'const', 'enum', 'anyOf', 'oneOf', 'allOf', 'example', 'examples'],
  ...['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding', 'contentMediaType'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties'],
]);

/** Where in a schema something is made. */
interface Place {
  known: Known;
  depth: number;
  /** Of the property. */
  name?: string;
  /** What was made for named schemas, by name and depth: making an arbitrary takes longer than a value of it. */
  made: Map<string, Arbitrary<unknown>>;
}

export class Values {
  readonly #document: ApiDocument;
  readonly #validators: Validators;

  constructor(document: ApiDocument) {
    this.#document = document;
    this.#validators = new Validators(document);
  }

  /** Valid values of a schema. `known` is taken for strings where it has something. */
  valid(schema: JsonSchema, known: Known = nothingKnown): Arbitrary<unknown> {
    const validate = this.#validators.of(schema);
    let misses = 0;
    return this.#any(schema, { known, depth: 0, made: new Map() }).filter((value) => {
      const hit = validate(value);
      misses = hit ? 0 : misses + 1;
      if (misses > 2_000)
        throw new Error(`no valid value was found for ${JSON.stringify(schema).slice(0, 500)}`);
      return hit;
    });
  }

  /** The examples that a schema itself gives. */
  examples(schema: JsonSchema): readonly unknown[] {
    const at =
      typeof schema === 'object' && typeof schema.$ref === 'string'
        ? resolve(this.#document, schema.$ref)
        : schema;
    return typeof at === 'boolean' ? [] : examplesOf(at);
  }

  #any(schema: JsonSchema, at: Place): Arbitrary<unknown> {
    if (schema === true) return fc.jsonValue({ maxDepth: 2 });
    if (schema === false) throw new Error('a schema allows nothing');
    for (const keyword of Object.keys(schema)) {
      if (!KNOWN_KEYWORDS.has(keyword)) throw new Error(`values.ts does not know the keyword ${keyword}`);
    }
    const made = this.#made(schema, at);
    const examples = examplesOf(schema);
    const known = at.name !== undefined && typesOf(schema).includes('string') ? at.known(at.name) : [];
    return fc.oneof(
      { weight: 2, arbitrary: made },
      ...(examples.length > 0 ? [{ weight: 2, arbitrary: fc.constantFrom(...examples) }] : []),
      ...(known.length > 0 ? [{ weight: 3, arbitrary: fc.constantFrom(...known) }] : []),
    );
  }

  #made(schema: Readonly<Record<string, unknown>>, at: Place): Arbitrary<unknown> {
    if (typeof schema.$ref === 'string') {
      const { $ref } = schema;
      const key = `${at.depth} ${at.name} ${$ref}`;
      // Made when it is needed: a schema may contain itself.
      return fc.constant(null).chain(() => {
        const made =
          at.made.get(key) ?? this.#any(resolve(this.#document, $ref), { ...at, depth: at.depth + 1 });
        at.made.set(key, made);
        return made;
      });
    }
    if ('const' in schema) return fc.constant(schema.const);
    if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
    for (const either of [schema.anyOf, schema.oneOf]) {
      if (!Array.isArray(either)) continue;
      // The least deep alternative ends what would go on for ever.
      const alternatives = at.depth > MAX_DEPTH ? either.slice(-1) : either;
      return fc.oneof(...alternatives.map((each) => this.#any(asSchema(each), at)));
    }
    if (Array.isArray(schema.allOf)) {
      const parts = [
        ...schema.allOf.map(asSchema),
        ...('properties' in schema ? [without(schema, 'allOf')] : []),
      ];
      return fc
        .tuple(...parts.map((part) => this.#any(part, at)))
        .map((values) => Object.assign({}, ...values));
    }
    const types = typesOf(schema);
    if (types.length === 0) return fc.jsonValue({ maxDepth: 2 });
    return fc.oneof(...types.map((type) => this.#ofType(type, schema, at)));
  }

  #ofType(type: string, schema: Readonly<Record<string, unknown>>, at: Place): Arbitrary<unknown> {
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
      case 'number':
        return numberOf(type, schema);
      case 'string':
        return stringOf(schema);
      case 'array':
        return this.#array(schema, at);
      case 'object':
        return this.#object(schema, at);
      default:
        throw new Error(`values.ts does not know the type ${type}`);
    }
  }

  #array(schema: Readonly<Record<string, unknown>>, at: Place): Arbitrary<unknown> {
    const deeper = { ...at, depth: at.depth + 1 };
    if (Array.isArray(schema.prefixItems)) {
      return fc.tuple(...schema.prefixItems.map((item) => this.#any(asSchema(item), deeper)));
    }
    const minLength = numeric(schema.minItems) ?? 0;
    const most = numeric(schema.maxItems) ?? minLength + 5;
    const maxLength = at.depth > MAX_DEPTH ? minLength : Math.min(most, minLength + 5);
    const item = this.#any(asSchema(schema.items ?? true), deeper);
    return schema.uniqueItems === true
      ? fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) })
      : fc.array(item, { minLength, maxLength });
  }

  #object(schema: Readonly<Record<string, unknown>>, at: Place): Arbitrary<unknown> {
    const required = list(schema.required).map(String);
    const properties = Object.entries(asRecord(schema.properties)).filter(
      ([name]) => at.depth <= MAX_DEPTH || required.includes(name),
    );
    const own = fc.record(
      Object.fromEntries(
        properties.map(([name, each]) => [
          name,
          this.#any(asSchema(each), { ...at, name, depth: at.depth + 1 }),
        ]),
      ),
      { requiredKeys: required },
    );
    const more = schema.additionalProperties;
    if (more === undefined || more === false) return own;
    const names =
      schema.propertyNames === undefined
        ? fc.string({ minLength: 1 })
        : this.#any(asSchema(schema.propertyNames), at);
    const others = fc.dictionary(
      names.map(String),
      this.#any(asSchema(more), { ...at, depth: at.depth + 1 }),
      {
        minKeys: numeric(schema.minProperties) ?? 0,
        maxKeys: Math.min(numeric(schema.maxProperties) ?? 4, 4),
        noNullPrototype: true,
      },
    );
    return fc.tuple(others, own).map(([some, rest]) => ({ ...some, ...rest }));
  }
}

const examplesOf = (schema: Readonly<Record<string, unknown>>): readonly unknown[] => [
  ...list(schema.examples),
  ...('example' in schema ? [schema.example] : []),
];

function numberOf(type: 'integer' | 'number', schema: Readonly<Record<string, unknown>>): Arbitrary<number> {
  const step = numeric(schema.multipleOf);
  const least = numeric(schema.minimum) ?? numeric(schema.exclusiveMinimum) ?? Number.MIN_SAFE_INTEGER;
  const most = numeric(schema.maximum) ?? numeric(schema.exclusiveMaximum) ?? Number.MAX_SAFE_INTEGER;
  const whole = fc.integer({ min: Math.ceil(least), max: Math.floor(most) });
  if (step !== undefined) return whole.map((value) => Math.round(value / step) * step);
  return type === 'integer' ? whole : fc.oneof(whole, fc.double({ min: least, max: most, noNaN: true }));
}

const FORMATS: Readonly<Record<string, Arbitrary<string>>> = {
  'date-time': fc
    .date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString()),
  date: fc
    .date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    })
    .map((date) => date.toISOString().slice(0, 10)),
  time: fc.tuple(fc.nat(23), fc.nat(59)).map(([hour, minute]) => `${two(hour)}:${two(minute)}:00`),
  uuid: fc.uuid(),
  // A file.
  binary: fc.string({ unit: anyCodePoint, maxLength: 200 }),
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
};
const two = (value: number): string => String(value).padStart(2, '0');

/** Made once for each pattern and length: making one takes some 10 ms, and schemas that contain themselves want many. */
const madeStrings = new Map<string, Arbitrary<string>>();

function stringOf(schema: Readonly<Record<string, unknown>>): Arbitrary<string> {
  if (typeof schema.format === 'string') {
    const known = FORMATS[schema.format];
    if (!known) throw new Error(`values.ts does not know the format ${schema.format}`);
    return known;
  }
  const key = JSON.stringify([schema.pattern, schema.minLength, schema.maxLength]);
  const made = madeStrings.get(key) ?? makeString(schema);
  madeStrings.set(key, made);
  return made;
}

function makeString(schema: Readonly<Record<string, unknown>>): Arbitrary<string> {
  if (typeof schema.pattern === 'string') return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  const minLength = numeric(schema.minLength) ?? 0;
  const most = numeric(schema.maxLength);
  const maxLength = Math.min(most ?? minLength + 40, minLength + 40);
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength, maxLength }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength }) },
    // The edges.
    { weight: 1, arbitrary: fc.constant('a'.repeat(minLength)) },
    { weight: 1, arbitrary: fc.constant('z'.repeat(Math.min(most ?? 5_000, 100_000))) },
  );
}

const typesOf = (schema: Readonly<Record<string, unknown>>): string[] =>
  typeof schema.type === 'string' ? [schema.type] : list(schema.type).map(String);
const numeric = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const asSchema = (value: unknown): JsonSchema => (typeof value === 'boolean' ? value : asRecord(value));
const without = (schema: Readonly<Record<string, unknown>>, keyword: string): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => name !== keyword));
