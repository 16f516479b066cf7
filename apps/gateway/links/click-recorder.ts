import type { Clock } from '#shared/clock.ts';
import { isPassing } from '#shared/due-rows.ts';
import { messageOf } from '#shared/errors.ts';
import type { Logger } from '#shared/logger.ts';
import type { Click } from './record-clicks.ts';

/** Clicks of one statement. */
const AT_ONCE = 500;
/** Clicks that wait while the database is away; those beyond are lost, and counted so. Some megabytes. */
export const MOST_WAITING = 20_000;
/** Between two tries, in ms. */
const AGAIN_MS = 250;

export interface ClickRecorderParts {
  /** Records all of these or none. May be repeated. */
  write(clicks: readonly Click[]): Promise<void>;
  clock: Pick<Clock, 'sleep'>;
  logger: Logger;
  /** Told of clicks that there was no room for. */
  lost(clicks: number): void;
  /** For errors that only a fresh process can mend. */
  onFailure(error: unknown): void;
}

/**
 * Writes clicks together: all that came while the last statement was under way, so that one comes at once and a thousand
 * cost a few statements. What could not be written is written again until it is.
 */
export class ClickRecorder {
  readonly #parts: ClickRecorderParts;
  readonly #stopping = new AbortController();
  #waiting: { click: Click; written: () => void }[] = [];
  #loop: Promise<void> | null = null;

  constructor(parts: ClickRecorderParts) {
    this.#parts = parts;
  }

  /** Resolves when the click is recorded for good, or when there is no room for it. Never rejects. */
  record(click: Click): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#parts.lost(1);
      return Promise.resolve();
    }
    return new Promise((written) => {
      this.#waiting.push({ click, written });
      this.#loop ??= this.#writeAll();
    });
  }

  /** Tries once more to write what waits. What cannot be written then is lost, and said so. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    if (this.#waiting.length === 0) return;
    this.#parts.lost(this.#waiting.length);
    this.#parts.logger.error({ clicks: this.#waiting.length }, 'clicks could not be recorded before the end');
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, AT_ONCE);
      try {
        await this.#parts.write(batch.map(({ click }) => click));
      } catch (error) {
        if (!isPassing(error)) {
          this.#parts.onFailure(error);
          break;
        }
        this.#parts.logger.warn({ err: error }, `clicks have to wait: ${messageOf(error)}`);
        if (this.#stopping.signal.aborted) break;
        // Being stopped cuts the pause short: then there is one more try.
        await this.#parts.clock.sleep(AGAIN_MS, this.#stopping.signal).catch(() => undefined);
        continue;
      }
      this.#waiting.splice(0, batch.length);
      for (const { written } of batch) written();
    }
    this.#loop = null;
  }
}
