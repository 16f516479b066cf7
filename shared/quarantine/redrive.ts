import { REMEMBER_DAYS } from '#shared/dialog/store.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import { type StreamName, streams } from '#shared/topology.ts';
import {
  type KeptRecord,
  lockRecords,
  openStates,
  type Selection,
  type Settler,
  type Stays,
  settleRecords,
} from './selection.ts';

/** Has a record on a stream: at once, or by the outbox of the transaction. */
export type Put = (stream: StreamName, key: string, body: string) => Promise<unknown>;

export interface Redriven {
  put: number;
  /** Records that stay as they are, and why. */
  left: Stays[];
}

export interface RedrivenBatch extends Redriven {
  /** Of those that were put. */
  ids: number[];
  /** The last record that was looked at; null: there are no more. */
  last: number | null;
  /** Of a put that failed: the others are noted. */
  failure: PromiseRejectedResult | undefined;
}

/**
 * Puts quarantined records on their streams again, oldest first, as they were: with the same id, so that whoever has
 * processed one recognises it, and under the same key, so that those of one phone keep their order among themselves. Every
 * consumer of the stream sees them again; only the one that set them aside has not had them. A command that the dialog may have
 * forgotten by now stays where another consumer set it aside. Those that it brings back
 * once more get a row of their own, behind `upTo`: else one that can never be processed would go round for ever.
 *
 * A record counts as redriven when `put` has taken it. One that was put and not noted, because the connection broke in
 * between, is put again by the next call, which is harmless for the same reason.
 */
export async function redriveBatch(
  tx: Transaction,
  put: Put,
  selection: Selection,
  page: { after: number; limit: number; upTo: number | null },
  settler: Settler,
): Promise<RedrivenBatch> {
  const records = await lockRecords(tx, selection, openStates(selection), page);
  const left: Redriven['left'] = [];
  const ready: { record: KeptRecord; stream: StreamName }[] = [];
  const known = await knownSince(tx);
  for (const record of records) {
    const stream = streamOf(record);
    const why = stream === null ? null : await whyWaits(tx, record);
    if (stream === null)
      left.push({ id: record.id, code: 'never_on_a_stream', why: 'it was never on a stream' });
    else if (isOthersCommand(record) && record.arrivedAt < known)
      left.push({
        id: record.id,
        code: 'too_old',
        why: `it is older than ${SURELY_KNOWN_DAYS} days: the dialog has had it, and would do it again`,
      });
    else if (why !== null) left.push({ id: record.id, code: 'follows_by_itself', why });
    else ready.push({ record, stream });
  }
  const puts = await Promise.allSettled(
    ready.map(({ record, stream }) => put(stream, record.partitionKey, record.body)),
  );
  const accepted = ready.flatMap(({ record }, index) =>
    puts[index]?.status === 'fulfilled' ? [record] : [],
  );
  // A parked one is settled by its consumer, when it is applied.
  const quarantined = accepted.filter(({ state }) => state === 'quarantined');
  await settleRecords(
    tx,
    quarantined.map(({ id }) => id),
    'redriven',
    settler,
  );
  return {
    put: accepted.length,
    ids: accepted.map(({ id }) => id),
    left,
    last: records.at(-1)?.id ?? null,
    failure: puts.find((result) => result.status === 'rejected'),
  };
}

/** A command that somebody else than the dialog set aside: the dialog has had it, and sees it once more. */
const isOthersCommand = ({ consumer, source }: KeptRecord): boolean =>
  source === 'dialog-commands' && consumer !== 'dialog';

/** A day before the dialog forgets which commands it has had. */
const SURELY_KNOWN_DAYS = REMEMBER_DAYS - 1;

/** From when on commands are known again that were processed, by the clock of the database, which forgets them. */
async function knownSince(tx: Transaction): Promise<Date> {
  const { rows } = await tx.query<{ since: Date }>(
    'SELECT clock_timestamp() - make_interval(days => $1) AS since',
    [SURELY_KNOWN_DAYS],
  );
  return rows[0]?.since ?? new Date();
}

/** The stream to put it on; null for what the gateway kept aside before it was on any. */
export const streamOf = ({ source }: Pick<KeptRecord, 'source'>): StreamName | null =>
  isStream(source) ? source : null;

const isStream = (name: string): name is StreamName => Object.hasOwn(streams, name);

/** Why a parked record is not put: it follows by itself, unless it is the very next and what was missing is there. */
async function whyWaits(tx: Transaction, { consumer, partitionKey, state, version }: KeptRecord) {
  if (state !== 'parked') return null;
  const { rows } = await tx.query<{ version: number }>(
    'SELECT version FROM event_position WHERE consumer = $1 AND phone_number = $2',
    [consumer, partitionKey],
  );
  const next = (rows[0]?.version ?? 0) + 1;
  return version === next ? null : `it is parked, and follows by itself when version ${next} has come`;
}
