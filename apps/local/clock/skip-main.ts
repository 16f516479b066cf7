import pg from 'pg';
import { z } from 'zod';
import { systemClock } from '#shared/clock.ts';
import { parsed, readConfig } from '#shared/config.ts';
import { askCarrier, tellCarrier } from './carrier-clock.ts';
import { skip } from './skip.ts';
import { skipOrderSchema } from './skip-order.ts';
import { readTarget } from './target.ts';

/** Skips business time once, prints one line (SkipResult) and ends. Ends as well with whoever started it. */
const { SKIP_ORDER: order } = readConfig(
  {
    SKIP_ORDER: parsed(
      z
        .string()
        .transform((text): unknown => JSON.parse(text))
        .pipe(skipOrderSchema),
      { help: 'Where the database and the carrier are and what is asked for, as JSON.' },
    ),
  },
  process.env,
);
for (const event of ['SIGTERM', 'disconnect']) process.on(event, () => process.exit(1));

const db = new pg.Client({ connectionString: order.databaseUrl });
await db.connect();
const carrier = {
  ask: () => askCarrier(order.carrierUrl),
  tell: (clock: Parameters<typeof tellCarrier>[1]) => tellCarrier(order.carrierUrl, clock),
};
const result = await skip({ db, carrier, isGone, machine: systemClock() }, (now) =>
  readTarget(order.request, now),
);
await db.end();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

/** All instances run on this machine. A number that another process has by now is waited for until it is silent. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
