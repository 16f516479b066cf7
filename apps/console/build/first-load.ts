import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().optional(),
    imports: z.array(z.string()).optional(),
  }),
);

/** What a browser fetches for the first screen. */
const FIRST_SCREEN = 'src/areas/home/home.tsx';
/** Most of it, in bytes of script packed with gzip. */
export const FIRST_LOAD_BYTES = 185_000;

/** Scripts of the first screen with their size, packed with gzip: the entry, the screen, and all that they import. */
export async function firstLoad(folder: string): Promise<{ file: string; bytes: number }[]> {
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(join(folder, '.vite', 'manifest.json'), 'utf8')),
  );
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const chunk = manifest[name];
    if (chunk === undefined) throw new Error(`the manifest has no ${name}`);
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const imported of chunk.imports ?? []) add(imported);
  };
  for (const [name, { isEntry }] of Object.entries(manifest)) if (isEntry) add(name);
  add(FIRST_SCREEN);
  return Promise.all(
    [...wanted].map(async (name) => {
      const file = manifest[name]?.file ?? '';
      const packed = await stat(join(folder, `${file}.gz`)).catch(() => stat(join(folder, file)));
      return { file, bytes: packed.size };
    }),
  );
}
