import { systemClock } from '#shared/clock.ts';
import type { Config } from '#shared/config.ts';
import { createKinesis, streamNamer } from '#shared/kinesis/client.ts';
import { createStreamProducer, type StreamProducer } from '#shared/kinesis/producer.ts';
import { createLogger } from '#shared/logger.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { countRecords, findRecords, openStates } from '#shared/quarantine/selection.ts';
import { type Command, UsageError } from './arguments.ts';
import { ownerPool } from './owner-pool.ts';
import { discard } from './quarantine/discard.ts';
import { countLines, discardedLines, recordLines, recordPage, redrivenLines } from './quarantine/print.ts';
import { redrive } from './quarantine/redrive.ts';
import { countUnsettled } from './restore/count.ts';
import { whyLogIsBehind } from './restore/log-lag.ts';
import { settleAfterRestore, type WhyLogIsBehind, whyNotYet } from './restore/settle.ts';
import type { opsSettings } from './settings.ts';

/** Records that are listed one by one; beyond them only how many there are. */
const SHOWN = 50;
/** Below the time after which the database ends a transaction that waits for a put. */
const PUT_PATIENCE_MS = 4_000;

/** Runs one command, and says what it did through `say`, line by line. Rejects with UsageError, or with what failed. */
export async function runCommand(
  command: Exclude<Command, { kind: 'help' }>,
  config: Config<typeof opsSettings>,
  say: (line: string) => void,
): Promise<void> {
  const logger = createLogger('ops', 'error');
  const pool = ownerPool(config, logger);
  const clock = systemClock();
  const kinesis = createKinesis(config, clock);
  const nameOf = streamNamer(config);
  const producer = createStreamProducer({
    kinesis,
    nameOf,
    clock,
    logger,
    patienceMs: PUT_PATIENCE_MS,
  });
  try {
    const log = { kinesis, streamName: nameOf('message-log'), now: () => clock.machineTime() };
    await execute(command, { pool, producer, whyBehind: () => whyLogIsBehind(pool, log) }, say);
  } finally {
    await producer.close();
    kinesis.destroy();
    await pool.end();
  }
}

async function execute(
  command: Exclude<Command, { kind: 'help' }>,
  deps: { pool: Pool; producer: StreamProducer; whyBehind: WhyLogIsBehind },
  say: (line: string) => void,
): Promise<void> {
  const { pool } = deps;
  switch (command.kind) {
    case 'list': {
      const { selection, states } = command;
      const counts = await countRecords(pool, selection, states);
      const total = counts.reduce((sum, { count }) => sum + count, 0);
      const records = await findRecords(pool, selection, states, { after: 0, limit: SHOWN });
      for (const line of recordLines(records)) say(line);
      if (total > records.length) say(`... the oldest ${records.length} of ${total}`);
      say(total === 0 ? 'nothing' : '');
      for (const line of countLines(counts)) say(line);
      return;
    }
    case 'show': {
      const one = { ids: [command.id], consumer: null, reason: null };
      const all = ['quarantined', 'parked', 'redriven', 'discarded'] as const;
      const [record] = await findRecords(pool, one, all, { after: 0, limit: 1 });
      if (record === undefined) throw new UsageError(`there is no record ${command.id}`);
      return say(recordPage(record));
    }
    case 'settle': {
      const { window, yes } = command;
      const { known, doubted } = await (yes
        ? settleAfterRestore(pool, window, deps.whyBehind)
        : countUnsettled(pool, window));
      say(`${known} messages are known to have gone, ${doubted} are for the sender to ask the carrier about`);
      if (yes) return say('settled');
      const reasons = [await whyNotYet(pool, window), await deps.whyBehind()].filter((why) => why !== null);
      for (const reason of reasons) say(`--yes would be refused now: ${reason}`);
      return say(reasons.length > 0 ? 'nothing was done' : 'nothing was done; --yes would settle these');
    }
    case 'redrive':
    case 'discard': {
      if (!command.yes) return announce(command, pool, say);
      const lines =
        command.kind === 'redrive'
          ? redrivenLines(await redrive(deps, command.selection, command.by))
          : discardedLines(await discard(deps, command.selection, command.by, command.why));
      for (const line of lines) say(line);
    }
  }
}

/** What --yes would do. */
async function announce(
  { kind, selection }: Extract<Command, { kind: 'redrive' | 'discard' }>,
  pool: Pool,
  say: (line: string) => void,
): Promise<void> {
  const states = openStates(selection);
  for (const line of countLines(await countRecords(pool, selection, states))) say(line);
  const records = await findRecords(pool, selection, states, { after: 0, limit: SHOWN });
  for (const line of recordLines(records)) say(line);
  say(records.length === 0 ? 'nothing to do' : `nothing was done; --yes would ${kind} these`);
}
