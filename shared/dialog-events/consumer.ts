import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import type {
  BatchEffects,
  ParsedRecord,
  SetAside,
  StreamConsumerDefinition,
  StreamRecord,
} from '#shared/kinesis/definition.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { readParked, readPositions, settleParked, writePositions } from './positions.ts';

/** The order rule for one record of a phone whose last applied version is known. */
export type Succession = 'repeated' | 'next' | 'gap';

/** What a version is to a consumer that has applied `last` (0: nothing yet). */
export const succession = (last: number, version: number): Succession =>
  version <= last ? 'repeated' : version === last + 1 ? 'next' : 'gap';

/**
 * A consumer of dialog events: each batch once, in the order of versions per phone number.
 * - A version that was applied is ignored.
 * - After a gap the phone is parked: its records are kept aside, others go on. When the missing version arrives (it
 *   was quarantined and is redriven), what was parked follows by itself, in order.
 */
export function dialogEventConsumer(
  consumer: string,
  apply: (tx: Transaction, batches: readonly DialogEventBatch[]) => Promise<BatchEffects>,
): StreamConsumerDefinition<DialogEventBatch> {
  const parse = (body: string): DialogEventBatch => parseRecord(dialogEventBatchSchema, body);
  return {
    consumer,
    stream: 'dialog-events',
    parse,
    async apply(tx, records) {
      const phones = [...new Set(records.map(({ value }) => value.phoneNumber))];
      const positions = await readPositions(tx, consumer, phones);
      const parked = await readParked(tx, consumer, phones);
      const sorted = sortOut(
        records,
        positions,
        new Map(parked.map((row) => [`${row.phoneNumber} ${row.version}`, row.body])),
        parse,
      );
      const effects = await apply(tx, sorted.accepted);
      await writePositions(tx, consumer, sorted.positions);
      if (parked.length > 0) await settleParked(tx, consumer, sorted.positions);
      return { entries: effects.entries, setAside: [...(effects.setAside ?? []), ...sorted.parked] };
    },
  };
}

interface Sorted {
  accepted: DialogEventBatch[];
  parked: SetAside[];
  /** New last versions of the phones that moved. */
  positions: Map<string, number>;
}

/** Pure: which records are applied now, in which order, and which are parked. */
export function sortOut(
  records: readonly (StreamRecord & Pick<ParsedRecord<DialogEventBatch>, 'value'>)[],
  last: ReadonlyMap<string, number>,
  parkedBodies: ReadonlyMap<string, string>,
  parse: (body: string) => DialogEventBatch,
): Sorted {
  const accepted: DialogEventBatch[] = [];
  const waiting = new Map<string, { record: StreamRecord; batch: DialogEventBatch }>();
  const positions = new Map<string, number>();
  const lastOf = (phone: string): number => positions.get(phone) ?? last.get(phone) ?? 0;
  const accept = (batch: DialogEventBatch): void => {
    accepted.push(batch);
    positions.set(batch.phoneNumber, batch.version);
  };
  for (const { value: batch, ...record } of records) {
    const phone = batch.phoneNumber;
    const place = succession(lastOf(phone), batch.version);
    if (place === 'gap') waiting.set(`${phone} ${batch.version}`, { record, batch });
    if (place !== 'next') continue;
    accept(batch);
    for (;;) {
      const key = `${phone} ${lastOf(phone) + 1}`;
      const body = parkedBodies.get(key);
      const follower = waiting.get(key)?.batch ?? (body === undefined ? undefined : parse(body));
      if (follower === undefined) break;
      waiting.delete(key);
      accept(follower);
    }
  }
  const parked = [...waiting.values()].map(
    ({ record, batch }): SetAside => ({
      record,
      state: 'parked',
      reason: `version ${batch.version} of this phone came after version ${lastOf(batch.phoneNumber)}: waits for what is missing`,
      version: batch.version,
    }),
  );
  return { accepted, parked, positions };
}
