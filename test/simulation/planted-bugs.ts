/** Mistakes that the simulation has to find; they are put into the text of a module when it is loaded, and exist nowhere else. */
export type PlantedBug = keyof typeof plantedBugs;

interface Planted {
  /** Of what kind it is. */
  says: string;
  file: string;
  plant(source: string): string;
}

/** Throws when the module no longer says what is to be changed: a bug that is not planted would be found by nobody. */
const instead = (source: string, said: string, by: string): string => {
  if (source.split(said).length !== 2) throw new Error(`the module does not say once: ${said}`);
  return source.replace(said, () => by);
};

export const plantedBugs = {
  'checkpoint-first': {
    says: 'a checkpoint before its effect',
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
  },
  'nothing-taken-over': {
    says: 'an heir that forgets what a dead task has left in the outbox',
    file: 'shared/kinesis/shard-worker.ts',
    plant: (source) => instead(source, '    await this.#publishLeftovers();\n', ''),
  },
  'no-posting-deadline': {
    says: 'a missing fence: requests of a sender that was stopped after its claim',
    file: 'shared/sending/turns.ts',
    plant: (source) =>
      instead(source, 'if (begunAt - startedAt > postingDeadlineMs) {', 'if (begunAt < startedAt) {'),
  },
  'retry-overtaken': {
    says: 'an unordered retry: what is behind a message goes while nobody knows whether the carrier has that one',
    file: 'shared/sending/phone-work.ts',
    plant: (source) =>
      instead(
        instead(source, "IN ('queued', 'posting', 'ambiguous', 'held')", "IN ('queued', 'held')"),
        "attempt.state = 'ambiguous'",
        "attempt.state = 'ambiguous' AND false",
      ),
  },
} as const satisfies Record<string, Planted>;
