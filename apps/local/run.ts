import { systemClock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { LocalStack, type StackOptions } from './local-stack.ts';

/** npm passes Ctrl-C on to a process that got it from the terminal already: the same wish, told twice. */
const SAME_WISH_MS = 1_000;

/**
 * Runs the stack until SIGINT, SIGTERM or SIGHUP, then ends the process: 0 when all was stopped, 1 after a fault,
 * 2 when it cannot run as configured. A second Ctrl-C ends everything at once.
 */
export async function runUntilSignal(options: () => Omit<StackOptions, 'clock' | 'write'>): Promise<void> {
  const clock = systemClock();
  // The terminal may go before we do; the stack still ends in order.
  process.stdout.on('error', () => undefined);
  const write = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const { stack, fault } = prepare(() => new LocalStack({ ...options(), clock, write }));
  if (!stack) return end(fault);

  let askedAt: number | undefined;
  const onSignal = (): void => {
    if (askedAt !== undefined) {
      if (clock.monotonic() - askedAt < SAME_WISH_MS) return;
      stack.kill();
      process.exit(1);
    }
    askedAt = clock.monotonic();
    write('stopping');
    void stack.stop().then(() => {
      write('stopped');
      process.exit(0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  try {
    await stack.start();
  } catch (error) {
    if (askedAt !== undefined) return;
    await stack.stop();
    end(error);
  }
}

function prepare(make: () => LocalStack): { stack: LocalStack | null; fault: unknown } {
  try {
    return { stack: make(), fault: null };
  } catch (error) {
    return { stack: null, fault: error };
  }
}

function end(error: unknown): never {
  const foreseen = error instanceof CarillonError;
  process.stderr.write(
    `${foreseen ? messageOf(error) : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(foreseen ? 2 : 1);
}
