import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import { parseInboundSms } from '#shared/contracts/inbound-sms.ts';
import { messageLogRecordSchema } from '#shared/contracts/message-log.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import { readErased } from '#shared/erasure/erased.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type { StreamConsumerDefinition } from '#shared/kinesis/definition.ts';
import type { Logger } from '#shared/logger.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { Queryable } from '#shared/postgres/pool.ts';
import { upsertCalls } from './call-store.ts';
import { countDeliveries } from './campaign-deliveries.ts';
import { countKeyOptOuts, countOptOuts } from './campaign-opt-outs.ts';
import { deliveryErrorsOf, type ErrorReport, numberFaultsOf } from './delivery-errors.ts';
import { forgetErased, phonesOf } from './forget-erased.ts';
import { mergeBatch } from './merge.ts';
import { recordNumberFaults } from './number-faults.ts';
import { type LogRow, rowOfInbound, rowOfRecord } from './row.ts';
import { conflictsWithLog, upsertRows } from './store.ts';
import { tellWebhooks } from './tell-webhooks.ts';

interface PersistDeps {
  pseudonyms: Pseudonyms;
  logger: Logger;
  metrics: Metrics;
}

/** A person's text, and whether it opted them out. */
interface Text {
  row: LogRow;
  optedOut: boolean;
}

/** Keeps what was sent, and what became of it. `callsChanged`: told when a batch with calls in it has committed. */
export const logConsumer = (
  deps: PersistDeps & { callsChanged?: () => void },
): StreamConsumerDefinition<LogRow> => {
  let hasCalls = false;
  return {
    consumer: 'log',
    stream: 'message-log',
    // Rows are made while the batch before is at the database, not inside the transaction.
    parse: (body) => rowOfRecord(parseRecord(messageLogRecordSchema, body)),
    apply: async (tx, records) => {
      const rows = await persist(
        tx,
        records.map(({ value }) => value),
        deps,
      );
      hasCalls ||= rows.some(({ call }) => call !== null);
      return { entries: [] };
    },
    committed: () => {
      if (hasCalls) deps.callsChanged?.();
      hasCalls = false;
    },
  };
};

/**
 * Keeps what people texted. Other commands are none of its business, whatever they look like: the dialog judges
 * them. Null stands for one of those. `withinDays`: for how long a campaign is answered after its text.
 */
export const inboundLogConsumer = (
  deps: PersistDeps & { withinDays: number },
): StreamConsumerDefinition<Text | null> => ({
  consumer: 'log-inbound',
  stream: 'dialog-commands',
  parse: (body) => {
    const text = parseInboundSms(body);
    return text === null ? null : textOf(text);
  },
  apply: async (tx, records) => {
    const texts = records.flatMap(({ value }) => value ?? []);
    const optOuts = new Set(texts.flatMap(({ optedOut, row }) => (optedOut ? [row.logId] : [])));
    const written = await persist(
      tx,
      texts.map(({ row }) => row),
      deps,
    );
    await countOptOuts(
      tx,
      written.filter(({ logId }) => optOuts.has(logId)),
      deps.withinDays,
    );
    return { entries: [] };
  },
});

const textOf = (text: InboundSms): Text => ({
  row: rowOfInbound(text),
  optedOut: text.payload.consent === 'opted_out',
});

/**
 * Merges rows of single records and writes them, with what they say against numbers; tells webhooks; reports words and
 * codes that we do not know, statuses that disagree and errors of delivery. Returns what was written, a row per message.
 */
async function persist(
  db: Queryable,
  read: readonly LogRow[],
  { logger, metrics, pseudonyms }: PersistDeps,
): Promise<readonly LogRow[]> {
  const erased = await readErased(db, phonesOf(read), pseudonyms);
  const single = erased.size === 0 ? read : read.map((row) => forgetErased(row, erased));
  const { rows, conflicts } = mergeBatch(single);
  const disagreeing = [...conflicts, ...(await conflictsWithLog(db, rows))];
  await upsertRows(db, rows);
  await upsertCalls(db, rows);
  await recordNumberFaults(db, numberFaultsOf(single));
  await tellWebhooks(db, rows);
  await countDeliveries(db, rows);
  await countKeyOptOuts(db, single);
  for (const conflict of disagreeing) {
    logger.warn(conflict, 'a message has two final statuses that contradict each other');
  }
  if (disagreeing.length > 0) metrics.observe('StatusConflicts', disagreeing.length, {});
  const unknown = single.flatMap((row) => row.unknownStatuses);
  if (unknown.length > 0) {
    logger.warn({ words: [...new Set(unknown)] }, 'the carrier uses statuses that no table knows');
    metrics.observe('UnknownStatuses', unknown.length, {});
  }
  for (const error of deliveryErrorsOf(single)) reportError(error, { logger, metrics });
  return rows;
}

/** What somebody has to look into is said with its code; the rest is only counted. */
function reportError(error: ErrorReport, { logger, metrics }: Pick<PersistDeps, 'logger' | 'metrics'>): void {
  metrics.observe('DeliveryErrors', error.count, { Class: error.class });
  if (error.class === 'unknown') {
    logger.error(error, 'the carrier reports an error code that no table knows');
  } else if (error.class === 'halt' || error.class === 'throttle') {
    logger.warn(error, 'the carrier did not deliver for a reason that is ours');
  }
}
