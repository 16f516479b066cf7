import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { contextFiles } from '../../infra/image/context-files.ts';
import { patternsOf } from '../../infra/image/docker-ignore.ts';
import { type Copy, copiesOf, type Instruction, instructionsOf } from '../../infra/image/dockerfile.ts';
import { consoleFolder } from '../console-folder.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The Dockerfile, as far as it matters here. */
export interface Dockerfile {
  /** Instructions of the last stage, in order: name and the rest. */
  lines: readonly Instruction[];
  copies: readonly Copy[];
  nodeVersion: string;
}

export async function readDockerfile(): Promise<Dockerfile> {
  const text = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const all = instructionsOf(text);
  const lines = all.slice(all.findLastIndex(([name]) => name === 'FROM'));
  const copies = copiesOf(lines);
  const nodeVersion = /^NODE_VERSION=(.+)$/.exec(all.find(([name]) => name === 'ARG')?.[1] ?? '')?.[1] ?? '';
  return { lines, copies, nodeVersion };
}

/**
 * Puts into `folder` what the image has in /app: the files that the COPY lines name and .dockerignore lets through,
 * the built console, and of node_modules what `npm ci --omit=dev` would install, told by the lock file.
 */
export async function assembleImage(folder: string): Promise<void> {
  const { copies } = await readDockerfile();
  const patterns = patternsOf(await readFile(join(ROOT, '.dockerignore'), 'utf8'));
  for (const copy of copies) {
    if (copy.from === 'console') await copyConsole(folder, copy);
    else if (copy.from !== null) await copyProductionDependencies(folder, copy);
    else for (const source of copy.sources) await copyContext(source, target(folder, copy, source), patterns);
  }
}

/** A target that ends with a slash is a folder to put the source in. */
const target = (folder: string, copy: Copy, source: string): string =>
  join(folder, copy.target.endsWith('/') ? join(copy.target, source) : copy.target);

async function copyContext(source: string, to: string, patterns: readonly string[]): Promise<void> {
  for (const file of await contextFiles(ROOT, source, patterns)) {
    const at = join(to, relative(source, file));
    await mkdir(dirname(at), { recursive: true });
    await cp(join(ROOT, file), at);
  }
}

/** What the stage of the console ends with. */
const copyConsole = async (folder: string, copy: Copy): Promise<void> =>
  cp(await consoleFolder(), join(folder, copy.target), { recursive: true });

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});

async function copyProductionDependencies(folder: string, copy: Copy): Promise<void> {
  if (copy.sources.join() !== '/app/node_modules' || copy.target !== 'node_modules') {
    throw new Error(`what is copied from the stage ${copy.from} is not understood`);
  }
  const { packages } = lockSchema.parse(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')));
  const wanted = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  /** By the folder that they lie in. */
  const together = new Map<string, string[]>();
  for (const [path, { optional }] of wanted) {
    const from = join(ROOT, path);
    if (!existsSync(from)) {
      // For another kind of machine.
      if (optional === true) continue;
      throw new Error(`${path} is not installed`);
    }
    if (existsSync(join(from, 'node_modules'))) await copyWithoutNested(from, join(folder, path));
    else together.set(dirname(path), [...(together.get(dirname(path)) ?? []), from]);
  }
  // Hundreds of packages: file by file from here, it takes ten times as much of a processor.
  for (const [parent, packagesThere] of together) {
    await mkdir(join(folder, parent), { recursive: true });
    await run('cp', ['-R', ...packagesThere, join(folder, parent)]);
  }
}

/** What lies nested in a package is named by itself where it is wanted. */
function copyWithoutNested(from: string, to: string): Promise<void> {
  const isOwn = (entry: string): boolean => !relative(from, entry).startsWith('node_modules');
  return cp(from, to, { recursive: true, filter: isOwn });
}
