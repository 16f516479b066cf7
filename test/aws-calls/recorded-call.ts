import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/**
 * Every AWS call that a service of the real system or its operator's command makes, as `recorded-calls.json` keeps it;
 * where streams are not polled, those on Kinesis are as `recorded-calls-with-fan-out.json` has them, and the others the same. Policies are held
 * against them, both ways. A test that needs the set calls `readRecordedCalls()`; nothing has to run for it, because
 * a test for each way of reading records the running system anew in every `npm test` and fails when a file is not what it
 * saw. After a change of the code that calls differently, `npm run aws-calls` writes the files.
 */
const recordedCallSchema = z.strictObject({
  /** A service of the topology, or the operator's command. */
  service: z.string(),
  /** As IAM names it, which is not always as the API does: SendMessageBatch needs `sqs:SendMessage`. */
  action: z.string().regex(/^[a-z0-9-]+:[A-Za-z]+$/),
  /**
   * Stream, queue or registered consumer by its name in the topology; the service's own database role; `task`: the
   * caller's own task.
   */
  resource: z.string(),
});
export type RecordedCall = z.infer<typeof recordedCallSchema>;

/** How the services of a recording read their streams: a set of calls for each way. */
export const readings = ['polling', 'fan-out'] as const;
export type Reading = (typeof readings)[number];

export const recordedFile = (reading: Reading): URL =>
  new URL(
    reading === 'polling' ? './recorded-calls.json' : './recorded-calls-with-fan-out.json',
    import.meta.url,
  );

/** What a file has, sorted, each call once. */
export async function readRecordedFile(reading: Reading): Promise<RecordedCall[]> {
  return z.array(recordedCallSchema).parse(JSON.parse(await readFile(recordedFile(reading), 'utf8')));
}

/** All calls of a system that reads its streams this way. */
export async function readRecordedCalls(reading: Reading = 'polling'): Promise<RecordedCall[]> {
  const polling = await readRecordedFile('polling');
  if (reading === 'polling') return polling;
  return [...(await readRecordedFile(reading)), ...polling.filter((call) => !isOfStreams(call))];
}

/** Whether it is a call that depends on how streams are read. */
export const isOfStreams = ({ action }: RecordedCall): boolean => action.startsWith('kinesis:');

/** Calls without repetition, in the order of the file. */
export class CallSet {
  readonly #calls = new Map<string, RecordedCall>();

  add(call: RecordedCall): void {
    this.#calls.set(`${call.service} ${call.action} ${call.resource}`, call);
  }

  /** Sorted by service, action and resource. */
  get calls(): RecordedCall[] {
    return [...this.#calls].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, call]) => call);
  }
}
