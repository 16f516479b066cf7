import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { LEAST_TERMINAL_RANK } from '#shared/carriers/status.ts';
import { isTransientDatabaseError } from '#shared/postgres/pool.ts';
import { recordsOf } from './streams.ts';
import type { System } from './system.ts';

interface Unrest {
  outbox: number;
  unsettled: number;
  open_attempts: number;
  behind: number;
  texts: number;
  /** Texts in conversations. */
  replies: number;
  /** Messages at the carrier whose end is not in the log. */
  without_end: number;
}

/** What is still to be done, by name; all zero when the system has come to rest. */
export async function unrest(system: System): Promise<Unrest & { unexecuted: number; unheard: number }> {
  const { rows } = await system.database.query<Unrest>(
    `SELECT (SELECT count(*)::int FROM outbox) AS outbox,
            (SELECT count(*)::int FROM message
              WHERE state IN ('queued', 'posting', 'ambiguous', 'held')) AS unsettled,
            (SELECT count(*)::int FROM attempt WHERE state IN ('posting', 'ambiguous')) AS open_attempts,
            (SELECT count(*)::int FROM dialog_state
               CROSS JOIN (VALUES ('outbound'), ('progress'), ('inbox-dialog')) AS followers(consumer)
              WHERE version > coalesce((SELECT event_position.version FROM event_position
                                         WHERE event_position.consumer = followers.consumer
                                           AND event_position.phone_number = dialog_state.phone_number), 0)) AS behind,
            (SELECT count(*)::int FROM message_log WHERE direction = 'inbound') AS texts,
            (SELECT count(*)::int FROM reply) AS replies,
            (SELECT count(*)::int FROM message_log
              WHERE direction IS DISTINCT FROM 'inbound' AND status_rank < $1) AS without_end`,
    [LEAST_TERMINAL_RANK],
  );
  const row = rows[0];
  assert.ok(row);
  const { accepted, calls, inbound, inFlight } = await system.simulator.stats();
  const commands = await recordsOf(system.kinesisUrl, 'dialog-commands');
  const ids = new Set(commands.flatMap((body) => /"commandId":"([0-9a-f-]{36})"/.exec(body)?.[1] ?? []));
  const executed = await system.database.query(
    'SELECT FROM processed_command WHERE command_id = ANY ($1::uuid[])',
    [[...ids]],
  );
  const logged = await system.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM message_log WHERE direction = 'outbound'`,
  );
  return {
    ...row,
    texts: inbound.received - row.texts,
    replies: inbound.received - row.replies,
    unexecuted: ids.size - (executed.rowCount ?? 0),
    unheard: inFlight.webhooks + inFlight.scheduled + accepted + calls - (logged.rows[0]?.count ?? 0),
  };
}

const LOOK_MS = 1_000;

/** Resolves when nothing is left to be done, seen twice in a row; rejects with what is left after `ms`. */
export async function untilAtRest(system: System, ms: number): Promise<void> {
  const end = performance.now() + ms;
  let calm = 0;
  for (;;) {
    const left = await unrest(system).catch((error: unknown) => {
      // What is being started again answers soon.
      if (isTransientDatabaseError(error)) return { away: 1 };
      throw error;
    });
    calm = Object.values(left).every((count) => count === 0) ? calm + 1 : 0;
    if (calm === 2) return;
    if (performance.now() > end) assert.fail(`the system did not come to rest: ${JSON.stringify(left)}`);
    // Streams are read from their beginning at each look.
    await delay(LOOK_MS);
  }
}
