import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where Linux keeps files in memory; containers often give it 64 MB. */
const IN_MEMORY = '/dev/shm';
/** More than the files of a whole run take at any time. */
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * The folder for what tests throw away: in memory where there is room. A database per test file is thousands of files,
 * made and removed; on a disk's file system that alone was a quarter of PostgreSQL's work.
 */
export function scratchRoot(): string {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ENOUGH_BYTES ? IN_MEMORY : tmpdir();
  } catch {
    // Not Linux, or none is mounted.
    return tmpdir();
  }
}
