import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { CarillonError } from '#shared/errors.ts';
import type { ParsedRecord, SetAside, StreamConsumerDefinition, StreamRecord } from './definition.ts';

/** What is understood of records, in their order, and what is not. */
export interface Understood<T> {
  parsed: ParsedRecord<T>[];
  unreadable: SetAside[];
}

type Parser<T> = Pick<StreamConsumerDefinition<T>, 'parse'>;

/** Records parsed between two turns of the event loop: few enough for an answer of the database not to wait for long. */
const SLICE = 50;

/** Rejects nothing but the program's own errors: what can never be parsed is to be quarantined. */
export function parseAll<T>(definition: Parser<T>, records: readonly StreamRecord[]): Understood<T> {
  const parsed: ParsedRecord<T>[] = [];
  const unreadable: SetAside[] = [];
  for (const record of records) {
    try {
      parsed.push({ ...record, value: definition.parse(record.body) });
    } catch (error) {
      if (!(error instanceof CarillonError) || error.code !== 'invalid_record') throw error;
      unreadable.push({ record, state: 'quarantined', reason: error.message, version: null });
    }
  }
  return { parsed, unreadable };
}

/** Records of one transaction, with what is understood of them. */
export interface Batch<T> {
  records: readonly StreamRecord[];
  understood: Understood<T>;
}

/**
 * Divides records into batches of at most `size`, in their order. While whoever asked for a batch waits for the
 * database, the batch after it is parsed, never more than one. Parsing has no effect, so nothing depends on whether
 * that batch is ever asked for.
 */
export async function* parseAhead<T>(
  definition: Parser<T>,
  records: readonly StreamRecord[],
  size: number,
): AsyncGenerator<Batch<T>, void, undefined> {
  const batchAt = (start: number): readonly StreamRecord[] => records.slice(start, start + size);
  let next = Promise.resolve(parseAll(definition, batchAt(0)));
  for (let start = 0; start < records.length; start += size) {
    const understood = await next;
    next = parseInSlices(definition, batchAt(start + size));
    // It fails for whoever asks for that batch; nobody may.
    next.catch(() => undefined);
    yield { records: batchAt(start), understood };
  }
}

async function parseInSlices<T>(
  definition: Parser<T>,
  records: readonly StreamRecord[],
): Promise<Understood<T>> {
  const parsed: ParsedRecord<T>[] = [];
  const unreadable: SetAside[] = [];
  for (let start = 0; start < records.length; start += SLICE) {
    await turnOfTheLoop();
    const slice = parseAll(definition, records.slice(start, start + SLICE));
    parsed.push(...slice.parsed);
    unreadable.push(...slice.unreadable);
  }
  return { parsed, unreadable };
}
