import { z } from 'zod';
import type { Clock } from '#shared/clock.ts';
import { describeEnding } from './child.ts';
import type { ProcessEvent } from './process.ts';

/** What the terminal shows: one line per event, one per kind of warning. Everything else is in the log files. */
const REPEAT_AFTER_MS = 30_000;
const LONGEST_LINE = 300;

/** The fields of our services' JSON log lines that matter here. */
const logLineSchema = z.object({
  level: z.enum(['warn', 'error']),
  msg: z.string(),
  err: z.object({ message: z.string() }).optional(),
});

export class ConsoleOutput {
  readonly #write: (line: string) => void;
  readonly #clock: Clock;
  readonly #said = new Map<string, { at: number; unsaid: number }>();

  constructor(parts: { write: (line: string) => void; clock: Clock }) {
    this.#write = parts.write;
    this.#clock = parts.clock;
  }

  line(text: string): void {
    this.#write(text);
  }

  about(name: string, text: string): void {
    const shown = text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}...` : text;
    this.#write(`${this.#clock.now().toISOString().slice(11, 19)}  ${name.padEnd(9)}  ${shown}`);
  }

  event(name: string, event: ProcessEvent): void {
    if (event.type === 'serving') {
      if (event.again) this.about(name, 'is ready again');
    } else if (event.type === 'unready') {
      this.about(name, `is not ready: ${event.reason}`);
    } else if (event.type === 'hung') {
      this.about(name, `hangs: no answer for ${Math.round(event.silentMs / 1_000)} s; it is killed`);
    } else {
      const last = event.lastWords === null ? '' : ` Its last words: ${event.lastWords}`;
      this.about(
        name,
        `ended unexpectedly (${describeEnding(event.ending)}); starting it again in ${event.restartInMs} ms.${last}`,
      );
    }
  }

  /** Shows warnings and errors; the same one again only after a while, with how often it came meanwhile. */
  logLine(name: string, line: string): void {
    if (!line.startsWith('{"level":"warn"') && !line.startsWith('{"level":"error"')) return;
    const entry = parseLine(line);
    if (!entry) return;
    const key = `${name} ${entry.level} ${entry.msg}`;
    const now = this.#clock.monotonic();
    const said = this.#said.get(key);
    if (said && now - said.at < REPEAT_AFTER_MS) {
      said.unsaid += 1;
      return;
    }
    this.#said.set(key, { at: now, unsaid: 0 });
    const cause = entry.err && !entry.msg.includes(entry.err.message) ? `: ${entry.err.message}` : '';
    const more = said && said.unsaid > 0 ? ` (and ${said.unsaid} more like it)` : '';
    this.about(name, `${entry.level}: ${entry.msg}${cause}${more}`);
  }
}

function parseLine(line: string): z.infer<typeof logLineSchema> | null {
  try {
    return logLineSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // Cut off or not JSON: it stands in the log file.
    return null;
  }
}
