import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

/** The stack files at the root of the product, as Pulumi hands them to a program. */

const ROOT = new URL('../../', import.meta.url);

/** Stands for every value that a stack file keeps encrypted: only Pulumi's own passphrase could open it. */
export const OPENED_SECRET = 'opened-secret-of-the-stack-file';

const encryptedSchema = z.strictObject({ secure: z.string() });
const stackFileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

/** A stack's configuration as the language runner gets it: texts, with objects as JSON. */
export interface StackConfig {
  config: Record<string, string>;
  secretKeys: string[];
}

/** Names of all stack files. */
export async function stackNames(): Promise<string[]> {
  const names = await readdir(ROOT);
  return names.flatMap((name) => /^Pulumi\.([\w-]+)\.yaml$/.exec(name)?.[1] ?? []).sort();
}

export async function stackConfig(stack: string): Promise<StackConfig> {
  const text = await readFile(new URL(`Pulumi.${stack}.yaml`, ROOT), 'utf8');
  const result: StackConfig = { config: {}, secretKeys: [] };
  for (const [key, value] of Object.entries(stackFileSchema.parse(parse(text)).config)) {
    const opened = withOpenedSecrets(value);
    result.config[key] = typeof opened === 'string' ? opened : JSON.stringify(opened);
    if (JSON.stringify(opened) !== JSON.stringify(value)) result.secretKeys.push(key);
  }
  return result;
}

function withOpenedSecrets(value: unknown): unknown {
  if (encryptedSchema.safeParse(value).success) return OPENED_SECRET;
  if (Array.isArray(value)) return value.map(withOpenedSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withOpenedSecrets(item)]));
}
