import { readFile, rename, writeFile } from 'node:fs/promises';
import { CarillonError, messageOf } from '#shared/errors.ts';

/**
 * A small JSON file, or null when there is none. Throws `invalid_configuration` when it is not what we write, which
 * is what `schema` says by throwing.
 */
export async function readKept<T>(file: string, schema: { parse(value: unknown): T }): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new CarillonError('invalid_configuration', `${file} is damaged: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Replaces the file in one step; readable by its owner only. */
export async function writeKept(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
