import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readConfig } from '#shared/config.ts';
import { operatorEnvironment } from '../apps/local/operator-environment.ts';
import { localSettings } from '../apps/local/settings.ts';

/**
 * `npm run ops`: the operator's command (apps/ops). Where the environment names no database, it is that of the system
 * that `npm start` runs on this machine, in the folder CARILLON_DATA; where there is none either, the command itself
 * says what is missing.
 */
const environment =
  process.env.DB_HOST === undefined
    ? await operatorEnvironment(readConfig(localSettings, process.env).CARILLON_DATA)
    : null;
const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('../apps/ops/main.ts', import.meta.url)), ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, ...environment } },
);
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
