import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js';
import { UNKNOWN } from './resource-record.ts';

/**
 * Property values as Pulumi's protocol writes them. Special values are marked objects; the marks are constants of the
 * protocol (@pulumi/pulumi, runtime/rpc.js).
 */
const SIGNATURE_KEY = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const OUTPUT_VALUE = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const RESOURCE_REFERENCE = '5cf8f73096256a8f31e491e813e4eb8e';
const WIRE_UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export interface PlainValues {
  values: Record<string, unknown>;
  /** Paths of what was marked secret, with dots and indexes. */
  secretPaths: string[];
}

/** Values of a program without marks: secrets are unwrapped and named, unknown values are `UNKNOWN`. */
export function plainValues(struct: Readonly<Record<string, JavaScriptValue>>): PlainValues {
  const secretPaths: string[] = [];
  const values = Object.fromEntries(
    Object.entries(struct).map(([key, value]) => [key, plain(value, key, secretPaths)]),
  );
  return { values, secretPaths };
}

function plain(value: unknown, path: string, secretPaths: string[]): unknown {
  if (value === WIRE_UNKNOWN) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}.${index}`, secretPaths));
  if (!isObject(value)) return value;
  switch (value[SIGNATURE_KEY]) {
    case SECRET:
      secretPaths.push(path);
      return plain(value.value, path, secretPaths);
    case OUTPUT_VALUE:
      if (value.secret === true) secretPaths.push(path);
      return 'value' in value ? plain(value.value, path, secretPaths) : UNKNOWN;
    case RESOURCE_REFERENCE:
      return value.urn;
    default:
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, plain(item, `${path}.${key}`, secretPaths)]),
      );
  }
}

/** Plain values back in the protocol's form, so that what was secret or unknown stays so in the program. */
export function wireValues(
  values: Readonly<Record<string, unknown>>,
  secretPaths: readonly string[],
): Record<string, JavaScriptValue> {
  const secret = new Set(secretPaths);
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, wire(value, key, secret)]));
}

function wire(value: unknown, path: string, secret: ReadonlySet<string>): JavaScriptValue {
  const bare = wireBare(value, path, secret);
  return secret.has(path) ? { [SIGNATURE_KEY]: SECRET, value: bare } : bare;
}

function wireBare(value: unknown, path: string, secret: ReadonlySet<string>): JavaScriptValue {
  if (value === UNKNOWN) return WIRE_UNKNOWN;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item, index) => wire(item, `${path}.${index}`, secret));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, wire(item, `${path}.${key}`, secret)]),
    );
  }
  throw new Error(`a value of type ${typeof value} at ${path} has no form in the protocol`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
