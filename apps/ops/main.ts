import { userInfo } from 'node:os';
import { systemClock } from '#shared/clock.ts';
import { readConfig } from '#shared/config.ts';
import { checkKeys } from '#shared/erasure/keys.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { createLogger } from '#shared/logger.ts';
import { isTransientDatabaseError } from '#shared/postgres/pool.ts';
import { AGENT_USAGE, parseAgent, runAgent } from './agent/run.ts';
import { agentCommandSettings } from './agent/settings.ts';
import { FaultsFound, parseCommand, USAGE, UsageError } from './arguments.ts';
import { DISPATCH_USAGE, parseDispatch, runDispatch } from './campaigns/run.ts';
import { dispatchSettings } from './campaigns/settings.ts';
import { clockOf } from './clock.ts';
import { checkConsentCommand, consentUsage, runConsentCommand } from './consent/run.ts';
import { CONTENT_USAGE, parseContent, runContent } from './content/run.ts';
import { contentCommandSettings } from './content/settings.ts';
import { ownerPool } from './owner-pool.ts';
import { runCommand } from './run.ts';
import { opsSettings } from './settings.ts';

/**
 * The operator's command, in an environment that says where database and streams are. docs/streams.md and
 * docs/consent.md have the use.
 */
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const args = process.argv.slice(2);
const user = userInfo().username;
try {
  if (args.length === 0 || args[0] === 'help' || args[0] === '--help') {
    say(`${USAGE}\n\n${DISPATCH_USAGE}\n\n${CONTENT_USAGE}\n\n${AGENT_USAGE}\n\n${consentUsage()}`);
  } else if (['quarantine', 'restore'].includes(args[0] ?? '') || args[0]?.startsWith('-')) {
    const command = parseCommand(args, user);
    if (command.kind === 'help') say(USAGE);
    else await runCommand(command, readConfig(opsSettings, process.env), say);
  } else if (args[0] === 'dispatch') {
    const command = parseDispatch(args.slice(1));
    const config = readConfig(dispatchSettings, process.env);
    const pool = ownerPool(config, createLogger('ops', 'error'));
    const isDone = await checkKeys(pool, config.CONSENT_PEPPER)
      .then(() => clockOf(config, pool))
      .then((clock) => runDispatch(command, { clock, config, pool, say }))
      .finally(() => pool.end());
    if (!isDone) process.exitCode = 1;
  } else if (args[0] === 'agent') {
    const command = parseAgent(args.slice(1));
    const config = readConfig(agentCommandSettings, process.env);
    if (!(await runAgent(command, { clock: systemClock(), config, say }))) process.exitCode = 1;
  } else if (args[0] === 'content') {
    const command = parseContent(args.slice(1), user);
    const config = readConfig(contentCommandSettings, process.env);
    const pool = ownerPool(config, createLogger('ops', 'error'));
    const defaultSender = config.ORIGINATION_NUMBER;
    await clockOf(config, pool)
      .then((clock) => runContent(command, { clock, pool, defaultSender, say }))
      .finally(() => pool.end());
  } else {
    checkConsentCommand(args);
    const config = readConfig(opsSettings, process.env);
    const pool = ownerPool(config, createLogger('ops', 'error'));
    const pseudonyms = config.CONSENT_PEPPER;
    const keyPepper = config.API_KEY_PEPPER;
    await checkKeys(pool, pseudonyms)
      .then(() => clockOf(config, pool))
      .then((clock) => runConsentCommand(args, { pool, clock, pseudonyms, keyPepper, say, by: user }))
      .finally(() => pool.end());
  }
} catch (error) {
  const expected =
    error instanceof UsageError ||
    error instanceof FaultsFound ||
    error instanceof CarillonError ||
    isTransientDatabaseError(error);
  process.stderr.write(`${expected || !(error instanceof Error) ? messageOf(error) : error.stack}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
