import { type DialogEventBatch, dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import type { Pseudonyms } from '#shared/erasure/pseudonyms.ts';
import type {
  BatchEffects,
  ParsedRecord,
  SetAside,
  StreamConsumerDefinition,
  StreamRecord,
} from '#shared/kinesis/definition.ts';
import { quarantineParked } from '#shared/kinesis/quarantine.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { applyAccepted } from './apply-accepted.ts';
import { type ParkedRow, readParked, readPositions, settleParked, writePositions } from './positions.ts';

/** The order rule for one record of a phone whose last applied version is known. */
export type Succession = 'repeated' | 'next' | 'gap';

/** What a version is to a consumer that has applied `last` (0: nothing yet). */
export const succession = (last: number, version: number): Succession =>
  version <= last ? 'repeated' : version === last + 1 ? 'next' : 'gap';

/**
 * A consumer of dialog events: each batch once, in the order of versions per phone number.
 * - A version that was applied is ignored, and so is one of before an erasure of its person.
 * - After a gap the phone is parked: its records are kept aside, others go on. When the missing version arrives (it
 *   was quarantined and is redriven), what was parked follows by itself, in order.
 * - A parked batch that turns out to be at fault itself is quarantined, and what is behind it stays parked: the record
 *   that brought it along is not blamed for it.
 */
export function dialogEventConsumer(
  consumer: string,
  pseudonyms: Pseudonyms,
  apply: (tx: Transaction, batches: readonly DialogEventBatch[]) => Promise<BatchEffects>,
): StreamConsumerDefinition<DialogEventBatch> {
  const parse = (body: string): DialogEventBatch => parseRecord(dialogEventBatchSchema, body);
  return {
    consumer,
    stream: 'dialog-events',
    parse,
    async apply(tx, records) {
      const phones = [...new Set(records.map(({ value }) => value.phoneNumber))];
      const positions = await readPositions(tx, consumer, phones, pseudonyms);
      const parked = await readParked(tx, consumer, phones);
      const sorted = sortOut(
        records,
        positions,
        new Map(parked.map((row) => [keyOf(row.partitionKey, row.version), row])),
      );
      const applied = await applyAccepted(tx, sorted.accepted, parse, apply);
      await writePositions(tx, consumer, applied.positions);
      if (parked.length > 0) await settleParked(tx, consumer, applied.positions);
      await quarantineParked(tx, { consumer, source: 'dialog-events' }, applied.faulty);
      const waiting = sorted.parked.map((accepted) => parkedAside(accepted, positions, applied.positions));
      // Those at fault have a row already: they are named for whoever counts and logs what is set aside.
      return { entries: applied.entries, setAside: [...applied.faulty, ...applied.setAside, ...waiting] };
    },
  };
}

/** A batch whose turn it is. */
export interface Accepted {
  phoneNumber: string;
  version: number;
  record: StreamRecord;
  /** Null: it was parked, and is to be parsed; else it came with the batch of the stream. */
  value: DialogEventBatch | null;
}

interface Sorted {
  accepted: Accepted[];
  /** Of the stream, behind a gap. */
  parked: Accepted[];
}

const keyOf = (phoneNumber: string, version: number): string => `${phoneNumber} ${version}`;

/** Pure: which records are applied now, in which order, and which are parked. */
export function sortOut(
  records: readonly (StreamRecord & Pick<ParsedRecord<DialogEventBatch>, 'value'>)[],
  last: ReadonlyMap<string, number>,
  parkedRows: ReadonlyMap<string, ParkedRow>,
): Sorted {
  const accepted: Accepted[] = [];
  const waiting = new Map<string, Accepted>();
  const positions = new Map(last);
  const accept = (one: Accepted): void => {
    accepted.push(one);
    positions.set(one.phoneNumber, one.version);
  };
  for (const { value, ...record } of records) {
    const { phoneNumber, version } = value;
    const one: Accepted = { phoneNumber, version, record, value };
    const place = succession(positions.get(phoneNumber) ?? 0, version);
    if (place === 'gap') waiting.set(keyOf(phoneNumber, version), one);
    if (place !== 'next') continue;
    accept(one);
    for (let next = version + 1; ; next += 1) {
      const key = keyOf(phoneNumber, next);
      const row = parkedRows.get(key);
      const follower = waiting.get(key) ?? (row && { phoneNumber, version: next, record: row, value: null });
      if (follower === undefined) break;
      waiting.delete(key);
      accept(follower);
    }
  }
  return { accepted, parked: [...waiting.values()] };
}

function parkedAside(
  { phoneNumber, record, version }: Accepted,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): SetAside {
  const last = after.get(phoneNumber) ?? before.get(phoneNumber) ?? 0;
  return {
    record,
    state: 'parked',
    reason: `version ${version} of this phone came after version ${last}: waits for what is missing`,
    version,
  };
}
