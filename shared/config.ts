import { z } from 'zod';
import { CarillonError } from './errors.ts';

/**
 * Configuration: one table of settings per service, read from environment variables once, at the start. All faults
 * are listed together. Nothing else in the product reads the environment.
 */

export interface Setting<T> {
  schema: z.ZodType<T>;
  /** Text that stands for an absent variable; undefined: the variable is required. */
  fallback: string | undefined;
  help: string;
  /** ms, bytes, connections, ...; empty where the value has none. */
  unit: string;
  /** Never printed. */
  secret: boolean;
  /** Refused in every deployment: for the local stack. */
  localOnly?: true;
  /** Name of a flag of the same table that takes its place: exactly one of the two is given. */
  unless?: string;
  /** A list of the same table that must name this member: without it the setting is not read, and is null. */
  onlyFor?: { list: string; member: string };
}

export type Settings = Record<string, Setting<unknown>>;
/** Settings that may be missing, and are null then. */
export type MaybeSettings<S extends Settings> = {
  [K in keyof S]: S[K] extends Setting<infer T> ? Setting<T | null> : never;
};
export type Config<S extends Settings> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

interface Options {
  help: string;
  /** Left out: required. */
  fallback?: string;
  unit?: string;
  secret?: boolean;
}

function setting<T>(schema: z.ZodType<T>, options: Options): Setting<T> {
  return {
    schema,
    fallback: options.fallback,
    help: options.help,
    unit: options.unit ?? '',
    secret: options.secret ?? false,
  };
}

export const text = (options: Options): Setting<string> => setting(z.string().min(1), options);

/** May be empty: an empty text is null. */
export const optionalText = (options: Omit<Options, 'fallback'>): Setting<string | null> =>
  setting(
    z.string().transform((value) => (value === '' ? null : value)),
    { ...options, fallback: '' },
  );

export const url = (options: Options): Setting<string> =>
  setting(
    z.url().transform((value) => value.replace(/\/$/, '')),
    options,
  );

export const integer = (range: { min: number; max: number }, options: Options): Setting<number> =>
  setting(
    z
      .string()
      .regex(/^-?\d+$/, 'must be a whole number')
      .transform(Number)
      .pipe(z.number().min(range.min).max(range.max)),
    options,
  );

export const flag = (options: Options): Setting<boolean> =>
  setting(
    z.enum(['true', 'false']).transform((value) => value === 'true'),
    options,
  );

/** A flag of the local stack: false, and infra refuses to set it. */
export const localFlag = (options: Omit<Options, 'fallback'>): Setting<boolean> => ({
  ...flag({ ...options, fallback: 'false' }),
  localOnly: true,
});

/** A setting of the local stack: infra refuses to set it. */
export const localOnly = <T>(row: Setting<T>): Setting<T> => ({ ...row, localOnly: true });

export const oneOf = <const V extends readonly [string, ...string[]]>(
  values: V,
  options: Options,
): Setting<V[number]> => setting(z.enum(values), options);

/** A secret text, or null where the flag `unless` is set: required without the flag, refused with it. */
export const secretUnless = (unless: string, options: Omit<Options, 'fallback'>): Setting<string | null> => ({
  ...setting<string | null>(z.string().min(1), { ...options, secret: true }),
  unless,
});

/** Settings that only those need whose list, a setting of the same table, names a member. */
export const onlyFor = <S extends Settings>(list: string, member: string, settings: S): MaybeSettings<S> =>
  Object.fromEntries(
    Object.entries(settings).map(([name, row]) => [name, { ...row, onlyFor: { list, member } }]),
  ) as MaybeSettings<S>;

/** Whether a setting is read at all, by the text of the list that it depends on. `textOf`: of a variable, with its fallback. */
export const isRead = (
  row: Pick<Setting<unknown>, 'onlyFor'>,
  textOf: (name: string) => string | undefined,
): boolean =>
  row.onlyFor === undefined || membersOf(textOf(row.onlyFor.list) ?? '').includes(row.onlyFor.member);

/** The members of a list as variables have it: separated by commas. */
export const membersOf = (text: string): string[] =>
  text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');

/** For settings with a shape of their own, from text: a phone number, a list. */
export const parsed = <T>(schema: z.ZodType<T>, options: Options): Setting<T> => setting(schema, options);

/**
 * The values of all settings (a service's own, and those of its frame). An empty variable counts as absent.
 * Throws `invalid_configuration` with one line per fault: name, fault, help. Values of secrets are not repeated.
 */
export function readConfig<S extends Settings, F extends Settings = Record<never, never>>(
  settings: S,
  environment: NodeJS.ProcessEnv,
  frame?: F,
): Config<S> & Config<F> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  const rows: Record<string, Setting<unknown>> = { ...frame, ...settings };
  const textOf = (name: string): string | undefined => environment[name] || rows[name]?.fallback;
  for (const [name, row] of Object.entries(rows)) {
    if (!isRead(row, textOf)) {
      values[name] = null;
      continue;
    }
    const raw = textOf(name);
    if (row.unless !== undefined && environment[row.unless] === 'true') {
      if (raw === undefined) values[name] = null;
      else faults.push(`${name} is given although ${row.unless} is true: exactly one of the two.`);
      continue;
    }
    if (raw === undefined) {
      const other = row.unless === undefined ? '' : ` Or set ${row.unless} to true.`;
      faults.push(`${name} is missing: ${row.help}${other}`);
      continue;
    }
    const result = row.schema.safeParse(raw);
    if (result.success) values[name] = result.data;
    else {
      const shown = row.secret ? '(secret)' : JSON.stringify(raw);
      const reason = result.error.issues.map((issue) => issue.message).join('; ');
      faults.push(`${name} is ${shown}: ${reason}. ${row.help}`);
    }
  }
  if (faults.length > 0) {
    throw new CarillonError(
      'invalid_configuration',
      `The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
  return values as Config<S> & Config<F>;
}
