import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 150;
/** No build takes so long: who has the id of the holder by now is somebody else, or there never was one. In ms. */
const LEFT_AFTER_MS = 120_000;

/**
 * Does something while no other process on this machine does the same: the folder `path` is there meanwhile. It saves work
 * and guards nothing: of what hangs, or was killed before it said who it is, two minutes later another does the same.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await take(path))) {
    if (await isLeft(path)) await rm(path, { recursive: true, force: true });
    else await delay(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch {
    return false;
  }
  await writeFile(join(path, 'pid'), String(process.pid));
  return true;
}

/** Whether its holder has ended without giving it back, or has had it for too long. One that has just come has not said who it is. */
async function isLeft(path: string): Promise<boolean> {
  // Gone by now: whoever asks tries again.
  const taken = await stat(path).catch(() => null);
  if (taken === null) return false;
  if (Date.now() - taken.mtimeMs > LEFT_AFTER_MS) return true;
  const pid = Number(await readFile(join(path, 'pid'), 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
