import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

/** The OpenAPI document of the API as tests read it: everything in these tests comes from it, nothing from a list. */

/** JSON Schema, draft 2020-12. `true` is any value. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;
const jsonSchema: z.ZodType<JsonSchema> = z.union([z.boolean(), z.record(z.string(), z.unknown())]);

const contentSchema = z.record(z.string(), z.looseObject({ schema: jsonSchema }));
const parameterSchema = z.looseObject({
  in: z.enum(['path', 'query', 'header']),
  name: z.string(),
  required: z.boolean().default(false),
  schema: jsonSchema,
});
const responseSchema = z.looseObject({
  description: z.string(),
  headers: z.record(z.string(), z.unknown()).default({}),
  content: contentSchema.default({}),
});
const operationSchema = z.looseObject({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameterSchema).default([]),
  requestBody: z.looseObject({ required: z.boolean(), content: contentSchema }).optional(),
  responses: z.record(z.string(), responseSchema),
});
const documentSchema = z.looseObject({
  tags: z.array(z.looseObject({ name: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), jsonSchema) }),
});

export type ApiDocument = z.infer<typeof documentSchema>;
export type ApiResponse = z.infer<typeof responseSchema>;
export type ApiParameter = z.infer<typeof parameterSchema>;
export interface ApiOperation extends z.infer<typeof operationSchema> {
  method: string;
  path: string;
}

export const parseDocument = (document: unknown): ApiDocument => documentSchema.parse(document);

export const operationsOf = (document: ApiDocument): ApiOperation[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );

/** What a `$ref` of the document names. Throws for one that leads nowhere or out of the document. */
export function resolve(document: ApiDocument, ref: string): JsonSchema {
  const [, name] = /^#\/components\/schemas\/([^/]+)$/.exec(ref) ?? [];
  const schema = name === undefined ? undefined : document.components.schemas[name];
  if (schema === undefined) throw new Error(`${ref} names no schema of the document`);
  return schema;
}

/** Validators of schemas of one document, each compiled once, and what they refer to once for all of them. */
export class Validators {
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: ApiDocument) {
    // Words that are OpenAPI's and say nothing about a value. Any other that is not known is a fault of the document.
    this.#ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
    this.#ajv.addVocabulary(['example', 'discriminator', 'externalDocs', 'xml']);
    addFormats.default(this.#ajv);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      this.#ajv.addSchema(schema, `#/components/schemas/${name}`);
    }
  }

  of(schema: JsonSchema): ValidateFunction {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    if (known) return known;
    const compiled = this.#ajv.compile(schema);
    this.#compiled.set(key, compiled);
    return compiled;
  }

  /** What is wrong with a value; null: nothing. */
  faults(schema: JsonSchema, value: unknown): string | null {
    const validate = this.of(schema);
    return validate(value) ? null : this.#ajv.errorsText(validate.errors);
  }
}
