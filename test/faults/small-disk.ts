import { execFile } from 'node:child_process';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What PostgreSQL's files take while phones chat for some minutes, several times over. */
const MEGABYTES = 900;
const BALLOON = 'balloon';

/** Whether there was room for it. */
async function fits(file: FileHandle, block: Buffer): Promise<boolean> {
  try {
    return (await file.write(block)).bytesWritten === block.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}

/** A disk of its own for PostgreSQL's folder, in memory, that can be filled to its last block. */
export class SmallDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null where nothing may be mounted: only root may, on Linux. */
  static async mount(folder: string): Promise<SmallDisk | null> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
    await mkdir(folder, { recursive: true });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=0700`, 'tmpfs', folder]);
    } catch {
      // A container without the right.
      return null;
    }
    return new SmallDisk(folder);
  }

  /** Nothing can be written that is not there already. */
  async fill(): Promise<void> {
    const balloon = await open(join(this.#folder, BALLOON), 'a');
    try {
      for (const bytes of [1024 ** 2, 4_096]) {
        const block = Buffer.alloc(bytes);
        while (await fits(balloon, block));
      }
    } finally {
      await balloon.close();
    }
  }

  async empty(): Promise<void> {
    await rm(join(this.#folder, BALLOON), { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', [this.#folder]);
  }
}
