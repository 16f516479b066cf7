import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type DialogCommand, dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import { type DialogState, initialState } from '#shared/contracts/dialog-state.ts';
import { parseRecord } from '#shared/contracts/parse-record.ts';
import { execute } from '#shared/dialog/batch.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { inTransaction, type Pool } from '#shared/postgres/pool.ts';
import { relayByPutRecord } from '../outbox/put-record-relay.ts';
import { readStream } from './read-stream.ts';
import type { NaiveTask, Stop } from './task.ts';

/**
 * The product's engine with a transaction for each command: its id (what is known is done), the state locked and written, its
 * events, a row of the outbox, and what was texted. What is in the outbox is put before the checkpoint moves.
 */
export const startDialog = (
  task: NaiveTask,
  programme: Programme,
  { fail, kinesis, pool }: { kinesis: KinesisClient; pool: Pool; fail: (error: unknown) => void },
): Promise<Stop> =>
  readStream(
    { kinesis, pool, streamName: task.streams.commands },
    (body) => oneCommand(pool, programme, parseRecord(dialogCommandSchema, body)),
    () => relayByPutRecord(pool, kinesis, task.streams.events),
    fail,
  );

async function oneCommand(pool: Pool, programme: Programme, command: DialogCommand): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const { rowCount } = await tx.query(
      'INSERT INTO processed_command (command_id) VALUES ($1) ON CONFLICT DO NOTHING',
      [command.commandId],
    );
    if (rowCount === 0) return;
    const { rows } = await tx.query<{ state: DialogState }>(
      'SELECT state FROM dialog_state WHERE phone_number = $1 FOR UPDATE',
      [command.phoneNumber],
    );
    const state = rows[0]?.state ?? initialState(command.phoneNumber, 'en');
    const facts = {
      drill: null,
      programme,
      codeVerdict: null,
      suppressed: false,
      overtaken: false,
      isCampaignActive: true,
      defaultLanguage: 'en',
    };
    const result = execute(command, { ...state, currentDrill: null }, facts, new Date());
    if (command.type === 'INBOUND_SMS') {
      await tx.query('INSERT INTO naive_log (carrier_message_id, phone_number, status) VALUES ($1, $2, $3)', [
        command.payload.carrierMessageId,
        command.phoneNumber,
        'received',
      ]);
    }
    if (result === null) return;
    const { batch } = result;
    await tx.query(
      `INSERT INTO dialog_state (phone_number, version, state, updated_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (phone_number) DO UPDATE SET version = excluded.version, state = excluded.state, updated_at = now()`,
      [command.phoneNumber, result.state.version, JSON.stringify(result.state)],
    );
    await tx.query(
      `INSERT INTO dialog_event_batch (phone_number, version, command_id, batch, occurred_at) VALUES ($1, $2, $3, $4, $5)`,
      [batch.phoneNumber, batch.version, batch.commandId, JSON.stringify(batch), batch.occurredAt],
    );
    await tx.query('INSERT INTO plain_outbox (ordering_key, body) VALUES ($1, $2)', [
      batch.phoneNumber,
      JSON.stringify(batch),
    ]);
  });
}
