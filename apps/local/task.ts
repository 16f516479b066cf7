import type { z } from 'zod';
import { CarillonError } from '#shared/errors.ts';
import { type Child, startChild } from './child.ts';
import { lastWords } from './last-words.ts';

/** A process that does one thing and prints its result, a line of JSON, as its last line. */
export interface Task<T> {
  child: Child;
  /** Rejects with `code` and the last words of the process when it does not end well. */
  done: Promise<T>;
}

/**
 * Runs a module of ours that is given `order`, as JSON in the variable of that name. What it loads (a database client is
 * 10 MiB) ends with it, and does not stay in the supervisor for as long as the stack runs.
 */
export function startTask<T>(
  task: {
    name: string;
    module: string;
    variable: string;
    failure: string;
    /** Hears what it says before its result. */
    heard?: (line: string) => void;
  },
  order: unknown,
  result: z.ZodType<T>,
  code: 'invalid_configuration' | 'unavailable',
): Task<T> {
  const lines: string[] = [];
  const plan = {
    name: task.name,
    module: task.module,
    environment: { [task.variable]: JSON.stringify(order) },
    probe: async () => null,
  };
  const child = startChild(plan, (line) => {
    lines.push(line);
    if (!line.startsWith('{')) task.heard?.(line);
  });
  const done = child.ended.then((ending) => {
    if (ending.code === 0) return result.parse(JSON.parse(lines.at(-1) ?? ''));
    throw new CarillonError(code, `${task.failure}: ${lastWords(lines) ?? 'it says nothing'}`);
  });
  return { child, done };
}
