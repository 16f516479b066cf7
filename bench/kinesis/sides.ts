/** Who consumes: our consumer, or one that is written with lifion-kinesis. */
export type Side = 'ours' | 'lifion-kinesis';

/** What a worker process is told by its environment, as one JSON value. */
export interface WorkerTask {
  side: Side;
  worker: string;
  streamName: string;
  kinesisEndpoint: string;
  dynamoEndpoint: string;
  postgres: { host: string; port: number; user: string; password: string; database: string };
}

/** What both write for every record: the same rows, with as many records to a statement as they have in hand. */
export const EFFECT = `
CREATE TABLE effect (
  n      bigserial   PRIMARY KEY,
  worker text        NOT NULL,
  shard  text        NOT NULL,
  key    text        NOT NULL,
  number int         NOT NULL,
  at     timestamptz NOT NULL DEFAULT clock_timestamp()
)`;

export const WRITE_EFFECTS = `
INSERT INTO effect (worker, shard, key, number)
SELECT $1, $2, key, number FROM unnest($3::text[], $4::int[]) WITH ORDINALITY AS record(key, number, place)
 ORDER BY place`;

/** Where lifion-kinesis keeps its leases and checkpoints. */
export const STATE_TABLE = 'lifion-state';
