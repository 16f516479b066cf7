import { userInfo } from 'node:os';
import { readConfig } from '#shared/config.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { parseCommand, USAGE, UsageError } from './arguments.ts';
import { runCommand } from './run.ts';
import { opsSettings } from './settings.ts';

/** The operator's command, in an environment that says where database and streams are. docs/streams.md has the use. */
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
try {
  const command = parseCommand(process.argv.slice(2), userInfo().username);
  if (command.kind === 'help') say(USAGE);
  else await runCommand(command, readConfig(opsSettings, process.env), say);
} catch (error) {
  const expected = error instanceof UsageError || error instanceof CarillonError;
  process.stderr.write(`${expected || !(error instanceof Error) ? messageOf(error) : error.stack}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
