import { readFileSync, watchFile } from 'node:fs';

/**
 * Loaded by Node itself (`--import`) before a service: its time of day is the machine's plus what a file says, in ms, as after
 * a step of the machine's clock. Time that only goes on (timers, `performance.now()`) stays as it is.
 */
const file = process.env.CLOCK_SHIFT_FILE ?? '';
const LOOK_MS = 100;
let shiftMs = 0;

function look(): void {
  try {
    shiftMs = Number(readFileSync(file, 'utf8'));
  } catch {
    // There is none yet.
    shiftMs = 0;
  }
}

look();
watchFile(file, { interval: LOOK_MS }, look).unref();
const now = Date.now.bind(Date);
const shiftedNow = (): number => now() + shiftMs;
globalThis.Date = new Proxy(Date, {
  apply: (target) => new target(shiftedNow()).toString(),
  construct: (target, args, asked) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, asked),
  get: (target, key, receiver) => (key === 'now' ? shiftedNow : Reflect.get(target, key, receiver)),
});
