import { z } from 'zod';

const loggedSchema = z.object({ level: z.enum(['error', 'warn']), msg: z.string() });

/** What PostgreSQL writes before each line: when, and which process. */
const POSTGRES_PREFIX = /^\d{4}-\d\d-\d\d [\d:.]+ [A-Z]+ \[\d+\] /;

/** How an error begins: our loggers and libraries, Node's own report, PostgreSQL's log. */
const ERROR_LINE = /^\s*(?:(?:Uncaught )?[A-Za-z]*Error\b[^:]*: |(?:FATAL|PANIC|ERROR): |# FATAL|Cannot )/;

/** The line among the last that a process wrote that best says why it ended; null when it wrote nothing. */
export function lastWords(lines: readonly string[]): string | null {
  const newestFirst = lines.toReversed().map((line) => logged(line) ?? line.replace(POSTGRES_PREFIX, ''));
  const errors = newestFirst.filter(
    (line, i) => ERROR_LINE.test(line) || logged(lines.at(-1 - i) ?? '') !== null,
  );
  const spoken = newestFirst.find((line) => /\S/.test(line) && !/^Node\.js v\d/.test(line));
  return (errors[0] ?? spoken ?? null)?.trim() ?? null;
}

function logged(line: string): string | null {
  if (!line.startsWith('{')) return null;
  try {
    return loggedSchema.safeParse(JSON.parse(line)).data?.msg ?? null;
  } catch {
    // Cut off or not JSON.
    return null;
  }
}
