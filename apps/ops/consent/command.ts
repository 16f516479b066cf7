import type { ParseArgsOptionsConfig } from 'node:util';
import type { Clock } from '#shared/clock.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { UsageError } from '../arguments.ts';

/** What a command works with. */
export interface CommandContext {
  pool: Pool;
  clock: Clock;
  pseudonyms: Pseudonyms;
  /** Of the hashes of API keys. */
  keyPepper: string;
  /** Prints a line. */
  say: (line: string) => void;
  /** Who does it: kept with everything that is changed. */
  by: string;
}

/** One thing that an operator may do. */
export interface Command {
  /** How it is called, and what it does, in a line each. */
  usage: readonly [call: string, does: string];
  options: ParseArgsOptionsConfig;
  /** `words` are those after the command's own. Resolves when it is done; rejects with what went wrong. */
  run(words: readonly string[], options: Given, context: CommandContext): Promise<void>;
}

/** Options as they were given: text, or true for a flag. */
export type Given = Readonly<Record<string, string | boolean | undefined>>;

/** The text of an option. Throws a `UsageError` when it is missing or empty. */
export function required(options: Given, name: string): string {
  const value = options[name];
  if (typeof value !== 'string' || value.trim() === '') throw new UsageError(`--${name} is missing`);
  return value;
}

/** The only word of a command. Throws a `UsageError` when there is none, or more than one. */
export function onlyWord(words: readonly string[], what: string): string {
  const [word, ...rest] = words;
  if (word === undefined || rest.length > 0) throw new UsageError(`expected one ${what}`);
  return word;
}
