import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import { messageOf } from '#shared/errors.ts';
import type { BatchEffects, SetAside } from '#shared/kinesis/definition.ts';
import { isRecordFault, requirePublishable } from '#shared/kinesis/record-fault.ts';
import type { Transaction } from '#shared/postgres/pool.ts';
import type { Accepted } from './consumer.ts';

type Apply = (tx: Transaction, batches: readonly DialogEventBatch[]) => Promise<BatchEffects>;

export interface Applied {
  entries: BatchEffects['entries'];
  /** Of the stream, to be kept aside. */
  setAside: SetAside[];
  /** Had been parked, and are at fault themselves. */
  faulty: SetAside[];
  /** New last versions of the phones that moved. */
  positions: Map<string, number>;
}

/**
 * Applies batches in their order, all at once. Only where some of them had been parked and something is at fault, one
 * after another, each behind a savepoint: a parked batch that fails is quarantined, and the rest of its phone waits
 * behind it. A record of the stream that fails is thrown, as ever: whoever reads the stream finds it by halving, and
 * what else it brought along is not to blame for it, nor it for them.
 */
export async function applyAccepted(
  tx: Transaction,
  accepted: readonly Accepted[],
  parse: (body: string) => DialogEventBatch,
  apply: Apply,
): Promise<Applied> {
  if (accepted.every(({ value }) => value !== null)) return applyAll(tx, accepted, parse, apply);
  try {
    return await behindSavepoint(tx, () => applyAll(tx, accepted, parse, apply));
  } catch (error) {
    if (!isRecordFault(error)) throw error;
    return applyApart(tx, accepted, parse, apply);
  }
}

async function applyAll(
  tx: Transaction,
  accepted: readonly Accepted[],
  parse: (body: string) => DialogEventBatch,
  apply: Apply,
): Promise<Applied> {
  const batches = accepted.map(({ record, value }) => value ?? parse(record.body));
  const { entries, setAside } = await apply(tx, batches);
  requirePublishable(entries);
  const positions = new Map(accepted.map(({ phoneNumber, version }) => [phoneNumber, version]));
  return { entries, setAside: setAside ?? [], faulty: [], positions };
}

async function applyApart(
  tx: Transaction,
  accepted: readonly Accepted[],
  parse: (body: string) => DialogEventBatch,
  apply: Apply,
): Promise<Applied> {
  const all: Applied = { entries: [], setAside: [], faulty: [], positions: new Map() };
  const stuck = new Map<string, number>();
  for (const one of accepted) {
    const { phoneNumber, record, value, version } = one;
    const behind = stuck.get(phoneNumber);
    if (behind !== undefined) {
      // What was parked stays parked; what came with the stream is parked now.
      const reason = `version ${version} of this phone waits for version ${behind}, which is at fault`;
      if (value !== null) all.setAside.push({ record, state: 'parked', reason, version });
      continue;
    }
    try {
      const { entries, positions, setAside } = await behindSavepoint(tx, () =>
        applyAll(tx, [one], parse, apply),
      );
      all.entries.push(...entries);
      all.setAside.push(...setAside);
      for (const [phone, last] of positions) all.positions.set(phone, last);
    } catch (error) {
      if (value !== null || !isRecordFault(error)) throw error;
      stuck.set(phoneNumber, version);
      all.faulty.push({ record, state: 'quarantined', reason: messageOf(error), version });
    }
  }
  return all;
}

/** As if it had never begun, when it fails. */
async function behindSavepoint<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await tx.query('SAVEPOINT parked');
  try {
    const result = await work();
    await tx.query('RELEASE SAVEPOINT parked');
    return result;
  } catch (error) {
    if (isRecordFault(error)) await tx.query('ROLLBACK TO SAVEPOINT parked');
    throw error;
  }
}
