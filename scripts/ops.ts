import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Config, readConfig } from '#shared/config.ts';
import { operatorEnvironment } from '../apps/local/operator-environment.ts';
import { localSettings } from '../apps/local/settings.ts';

/**
 * `npm run ops`: the operator's command (apps/ops). Where the environment names no database, it is that of the system
 * that `npm start` runs on this machine, in the folder CARILLON_DATA; where there is none either, that is said, and the
 * command itself says what is missing.
 */
const environment =
  process.env.DB_HOST === undefined ? await localEnvironment(readConfig(localSettings, process.env)) : null;
const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('../apps/ops/main.ts', import.meta.url)), ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, ...environment } },
);
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});

/** That of the system, and what its services go by when they plan campaigns; null: there is none. */
async function localEnvironment(
  config: Config<typeof localSettings>,
): Promise<Record<string, string> | null> {
  const known = await operatorEnvironment(config.CARILLON_DATA);
  if (known === null) {
    if (process.argv.length > 2) {
      process.stderr.write(
        `No system of npm start keeps its data in ${config.CARILLON_DATA} (CARILLON_DATA), and DB_HOST names no database.\n`,
      );
    }
    return null;
  }
  return {
    ...known,
    ORIGINATION_NUMBER: config.ORIGINATION_NUMBER,
    PUBLIC_URL: `http://localhost:${config.CARILLON_PORT}`,
    SHORT_LINK_BASE: `http://localhost:${config.CARILLON_PORT}`,
    ...config.CARILLON_OVERRIDES['*'],
    ...config.CARILLON_OVERRIDES.campaigns,
  };
}
