import type { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import { defaultsByClass } from './defaults.ts';
import { type InfraSettings, infraSettingsSchema } from './schema.ts';

/** Keys of a stack file that are secrets: read where they are used, never part of the settings. */
export const SECRET_KEYS = ['secrets', 'signInSecret'] as const;

const NAMESPACE = 'carillon:';

/**
 * The settings of a stack from its configuration, as Pulumi hands it over: full keys, texts, objects as JSON. Throws
 * `invalid_configuration` with one line per fault: key, value, fault, and what to do about it.
 */
export function readInfraSettings(configuration: Readonly<Record<string, string>>): InfraSettings {
  const given = Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => key.startsWith(NAMESPACE))
      .map(([key, value]): [string, unknown] => [key.slice(NAMESPACE.length), parsedValue(value)])
      .filter(([key]) => !SECRET_KEYS.some((secret) => secret === key)),
  );
  // A stack without a valid class is still told its other faults.
  const defaults = given.class === 'prod' ? defaultsByClass.prod : defaultsByClass.dev;
  const result = infraSettingsSchema.safeParse(merged(defaults, given));
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, given));
  throw new CarillonError(
    'invalid_configuration',
    `The stack's configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
  );
}

/** Objects, lists, numbers and truth values arrive as JSON; everything else is text. */
function parsedValue(text: string): unknown {
  if (!/^([[{]|-?\d+(\.\d+)?$|true$|false$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Text that only begins like JSON: the schema says what is wrong with it.
    return text;
  }
}

function merged(defaults: unknown, given: unknown): unknown {
  if (!isObject(defaults) || !isObject(given)) return given === undefined ? defaults : given;
  const keys = new Set([...Object.keys(defaults), ...Object.keys(given)]);
  return Object.fromEntries([...keys].map((key) => [key, merged(defaults[key], given[key])]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function faultsOf(issue: z.core.$ZodIssue, given: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return `${nameOf(path)} is not a setting. Remove it, or correct its name.`;
    });
  }
  const value = valueAt(given, issue.path);
  const state = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
  return [`${nameOf(issue.path)} ${state}: ${issue.message}. ${helpFor(issue.path)}`.trim()];
}

const nameOf = (path: readonly PropertyKey[]): string => `${NAMESPACE}${path.map(String).join('.')}`;

const valueAt = (from: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? value[String(key)] : undefined), from);

/** The description of the setting, or of the nearest one around it. */
function helpFor(path: readonly PropertyKey[]): string {
  let schema: unknown = infraSettingsSchema;
  let help = '';
  for (const key of path) {
    schema = inside(schema, String(key));
    const description = isObject(schema) ? schema.description : undefined;
    if (typeof description === 'string') help = description;
  }
  return help;
}

function inside(schema: unknown, key: string): unknown {
  const bare = unwrapped(schema);
  if (!isObject(bare)) return undefined;
  if (isObject(bare.shape)) return bare.shape[key];
  return bare.valueType ?? bare.element;
}

function unwrapped(schema: unknown): unknown {
  if (!isObject(schema) || typeof schema.unwrap !== 'function') return schema;
  return unwrapped(schema.unwrap());
}
