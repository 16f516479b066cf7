import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const FLUSH_MS = 200;
const FLUSH_CHARACTERS = 64 * 1024;

/**
 * Lines appended to a file that is set aside when it is full: NAME.log, then NAME.log.1, NAME.log.2, older ones go.
 * Written in portions, at the latest 200 ms after a line.
 */
export class LogFile {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #kept: number;
  #file: number;
  #size: number;
  #lines: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, options: { maxBytes: number; kept: number } = { maxBytes: 5_000_000, kept: 2 }) {
    this.path = path;
    this.#maxBytes = options.maxBytes;
    this.#kept = options.kept;
    this.#file = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  write(line: string): void {
    this.#lines.push(line, '\n');
    this.#characters += line.length + 1;
    if (this.#characters >= FLUSH_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const portion = this.#lines.join('');
    this.#lines = [];
    this.#characters = 0;
    this.#size += writeSync(this.#file, portion);
    if (this.#size >= this.#maxBytes) this.#setAside();
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }

  #setAside(): void {
    closeSync(this.#file);
    for (let age = this.#kept; age >= 1; age -= 1) {
      const younger = age === 1 ? this.path : `${this.path}.${age - 1}`;
      if (existsSync(younger)) renameSync(younger, `${this.path}.${age}`);
    }
    this.#file = openSync(this.path, 'a', 0o600);
    this.#size = 0;
  }
}
