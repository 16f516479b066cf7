import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Pool } from '#shared/postgres/pool.ts';
import { readStream } from './read-stream.ts';
import type { NaiveTask, Stop } from './task.ts';

/** Statuses in their order: one that comes late changes nothing. */
const RANKS = ['queued', 'sending', 'sent', 'delivered'];

/** What became of messages: a statement for each status. */
export const startLog = (
  task: NaiveTask,
  { fail, kinesis, pool }: { kinesis: KinesisClient; pool: Pool; fail: (error: unknown) => void },
): Promise<Stop> =>
  readStream(
    { kinesis, pool, streamName: task.streams.log },
    async (body) => {
      const { carrierMessageId, phoneNumber, status } = JSON.parse(body) as Record<string, string>;
      await pool.query(
        `INSERT INTO naive_log AS log (carrier_message_id, phone_number, status) VALUES ($1, $2, $3)
         ON CONFLICT (carrier_message_id) DO UPDATE SET status = excluded.status, changed_at = clock_timestamp()
          WHERE array_position($4::text[], log.status) < array_position($4, excluded.status)`,
        [carrierMessageId, phoneNumber, status, RANKS],
      );
    },
    async () => undefined,
    fail,
  );
