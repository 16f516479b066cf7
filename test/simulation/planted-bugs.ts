import type { Trouble } from './run.ts';

/** Mistakes that the simulation has to find; they are put into the text of a module when it is loaded, and exist nowhere else. */
export type PlantedBug = keyof typeof plantedBugs;

interface Planted {
  /** Of what kind it is. */
  says: string;
  file: string;
  plant(source: string): string;
  /** The weather in which it shows, so that few runs are needed. */
  trouble: Trouble;
  /** What is said of it. */
  shows: RegExp;
}

/** Throws when the module no longer says what is to be changed: a bug that is not planted would be found by nobody. */
const instead = (source: string, said: string, by: string): string => {
  if (source.split(said).length !== 2) throw new Error(`the module does not say once: ${said}`);
  return source.replace(said, () => by);
};

const KILLED: Trouble = {
  weather: { killed: 0.1, stopped: 0, carrier: 0, refused: 0, lost: 0, slow: 0.05, cut: 0 },
  strikes: ['dialog', 'outbound', 'log', 'progress'],
};

export const plantedBugs = {
  'checkpoint-first': {
    says: 'a checkpoint before its effect',
    shows: /was not executed|did not come to rest/,
    file: 'shared/kinesis/process-batch.ts',
    plant: (source) =>
      instead(
        // By the checkpoint it would be recognised, and everything be lost at once.
        instead(source, 'sequenceNumber === held.checkpoint', "sequenceNumber === ''"),
        'return inTransaction(pool, async (tx: Transaction) => {',
        `const last = records.at(-1)?.sequenceNumber;
  if (last !== undefined) await inTransaction(pool, (tx) => checkpointLease(tx, scope, lease.shard, last));
  return inTransaction(pool, async (tx: Transaction) => {`,
      ),
    trouble: KILLED,
  },
  'nothing-taken-over': {
    says: 'an heir that forgets what a dead task has left in the outbox',
    shows: /did not come to rest: .*"outbox":[1-9]/,
    file: 'shared/kinesis/shard-worker.ts',
    plant: (source) => instead(source, '    await this.#publishLeftovers();\n', ''),
    trouble: KILLED,
  },
  'no-posting-deadline': {
    says: 'a missing fence: requests of a sender that was stopped after its claim',
    shows: /belongs to 0 attempts|was accepted 2 times/,
    file: 'shared/sending/turns.ts',
    plant: (source) =>
      instead(source, 'if (begunAt - startedAt > postingDeadlineMs) {', 'if (begunAt < startedAt) {'),
    // Until its attempts were looked for, not found and made by another.
    trouble: {
      weather: { stopped: 0.2, killed: 0, carrier: 0, refused: 0, lost: 0, slow: 0, cut: 0 },
      stoppedMs: { least: 30_000, most: 60_000 },
      strikes: ['sender'],
      tasks: { sender: 2 },
    },
  },
  'retry-overtaken': {
    says: 'an unordered retry: what is behind a message goes while nobody knows whether the carrier has that one',
    shows: /sent in the order/,
    file: 'shared/sending/phone-work.ts',
    plant: (source) =>
      instead(
        instead(source, "IN ('queued', 'posting', 'ambiguous', 'held')", "IN ('queued', 'held')"),
        "attempt.state = 'ambiguous'",
        "attempt.state = 'ambiguous' AND false",
      ),
    trouble: { weather: { carrier: 0.6, killed: 0, stopped: 0, refused: 0, lost: 0, slow: 0.1, cut: 0 } },
  },
} as const satisfies Record<string, Planted>;
