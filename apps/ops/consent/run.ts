import { parseArgs } from 'node:util';
import { UsageError } from '../arguments.ts';
import { dialogCommands } from '../dialog/dialog-commands.ts';
import { keyCommands } from '../keys/keys.ts';
import { outageCommands } from '../outages/outages.ts';
import { progressCommands } from '../progress/progress-commands.ts';
import { reportCommands } from '../reports/report-commands.ts';
import type { Command, CommandContext, Given } from './command.ts';
import { erasureCommands } from './erase.ts';
import { evidenceCommands } from './evidence.ts';
import { listCommands } from './lists.ts';
import { numberCommands } from './numbers.ts';
import { revocationCommands } from './revocations.ts';

/** Everything that an operator may do about consent, numbers, API keys, outages, dialogs, progress and reports, by its words. */
export const consentCommands: Readonly<Record<string, Command>> = {
  ...revocationCommands,
  ...listCommands,
  ...evidenceCommands,
  ...numberCommands,
  ...erasureCommands,
  ...keyCommands,
  ...outageCommands,
  ...dialogCommands,
  ...progressCommands,
  ...reportCommands,
};

export const consentUsage = (): string =>
  [
    'Consent, numbers, API keys, outages, dialogs, progress and reports.',
    '',
    ...Object.values(consentCommands).flatMap(({ usage: [call, does] }) => [
      `  npm run ops -- ${call}`,
      `      ${does}`,
    ]),
    '',
    '  --by NAME        who does it, for the history (default: your user name)',
  ].join('\n');

/** Throws a `UsageError` for a command line that names no command: to be asked before anything is connected. */
export function checkConsentCommand(args: readonly string[]): void {
  commandOf(args);
}

/**
 * Carries out a command line. Rejects with a `UsageError` for one that is none. `context.by`: who it is when --by does
 * not say.
 */
export async function runConsentCommand(args: readonly string[], context: CommandContext): Promise<void> {
  const { name, command } = commandOf(args);
  const { values, positionals } = parseCommand(command, args.slice(name.split(' ').length));
  const by = typeof values.by === 'string' ? values.by : context.by;
  await command.run(positionals, values, { ...context, by });
}

function commandOf([first, second]: readonly string[]): { name: string; command: Command } {
  const two = `${first} ${second}`;
  const name = Object.hasOwn(consentCommands, two) ? two : (first ?? '');
  const command = Object.hasOwn(consentCommands, name) ? consentCommands[name] : undefined;
  if (command === undefined) throw new UsageError(consentUsage());
  return { name, command };
}

function parseCommand({ options, usage: [call] }: Command, args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...options, by: { type: 'string' } },
    });
    // Without `multiple`, an option has one value.
    return { values: values as Given, positionals };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${call}`);
  }
}
