import type { Pool } from 'pg';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { dialogCommandSchema } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { recordsOf } from './streams.ts';
import type { System } from './system.ts';

/** Everything that a system knows after a run, read once: rows as they stand, streams from their beginning. */

export interface MessageRow {
  message_id: string;
  phone_number: string;
  ordinal: number;
  lane: string;
  intent: string;
  body: string;
  state: string;
  rule: string | null;
  /** Null: the dialog's. */
  campaign_id: string | null;
  settled_at: Date | null;
}
export interface AttemptRow {
  attempt_id: string;
  message_id: string;
  phone_number: string;
  state: string;
  carrier_message_id: string | null;
  posted_at: Date;
  ended_at: Date | null;
}
export interface LogRow {
  carrier_message_id: string | null;
  direction: string | null;
  phone_number: string | null;
  body: string | null;
  status: string;
  message_id: string | null;
  attempt_id: string | null;
}
export interface StateRow {
  phone_number: string;
  version: number;
  state: Record<string, unknown>;
  drill: Drill | null;
}
export interface ConsentRow {
  phone_number: string;
  status: string;
  recorded_at: Date;
  /** When the person asked. */
  requested_at: Date;
  found_late: boolean;
}

export interface ContactRow {
  contact_id: string;
  phone_number: string;
  version: number;
}

export interface Records {
  carrier: readonly PhoneView[];
  /** Of the stream, repetitions included. */
  commands: readonly DialogCommand[];
  batches: readonly DialogEventBatch[];
  states: readonly StateRow[];
  messages: readonly MessageRow[];
  attempts: readonly AttemptRow[];
  log: readonly LogRow[];
  consent: readonly ConsentRow[];
  contacts: readonly ContactRow[];
  /** When each command was executed. */
  executed: ReadonlyMap<string, Date>;
}

/** What `ContactRow` is. */
export const CONTACTS = 'SELECT contact_id, phone_number, version FROM contact';

/** What `ConsentRow` is, in the order in which it was recorded. */
export const CONSENT =
  'SELECT phone_number, status, recorded_at, requested_at, found_late FROM consent_change ORDER BY position';

export async function readRecords({ database, kinesisUrl, simulator }: System): Promise<Records> {
  const commands = await recordsOf(kinesisUrl, 'dialog-commands');
  const executed = await all<{ command_id: string; processed_at: Date }>(
    database,
    'SELECT command_id, processed_at FROM processed_command',
  );
  const batches = await all<{ batch: DialogEventBatch }>(
    database,
    'SELECT batch FROM dialog_event_batch ORDER BY phone_number, version',
  );
  return {
    carrier: await simulator.messages(),
    commands: commands.flatMap((body) => {
      const parsed = dialogCommandSchema.safeParse(parsedJson(body));
      return parsed.success ? [parsed.data] : [];
    }),
    batches: batches.map(({ batch }) => batch),
    executed: new Map(executed.map((row) => [row.command_id, row.processed_at])),
    states: await all(
      database,
      `SELECT phone_number, version, state, drill
         FROM dialog_state LEFT JOIN dialog_drill ON hash = drill_hash`,
    ),
    messages: await all(
      database,
      `SELECT message_id, phone_number, ordinal::int AS ordinal, lane, intent, body, state, rule, campaign_id, settled_at
         FROM message ORDER BY phone_number, ordinal`,
    ),
    attempts: await all(
      database,
      `SELECT attempt_id, message_id, phone_number, state, carrier_message_id, posted_at, ended_at
         FROM attempt ORDER BY posted_at`,
    ),
    log: await all(
      database,
      `SELECT carrier_message_id, direction, phone_number, body, status, message_id, attempt_id FROM message_log`,
    ),
    consent: await all(database, CONSENT),
    contacts: await all(database, CONTACTS),
  };
}

/** Undefined for what is no JSON: a test may have put anything. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function all<Row extends object>(database: Pool, sql: string): Promise<Row[]> {
  const { rows } = await database.query<Row>(sql);
  return rows;
}
