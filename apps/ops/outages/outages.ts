import { randomUUID } from 'node:crypto';
import { appendAudit } from '#shared/audit/append.ts';
import { inTransaction } from '#shared/postgres/pool.ts';
import { UsageError } from '../arguments.ts';
import { type Command, onlyWord, required } from '../consent/command.ts';

/**
 * Outages in which texts were lost, because they lasted longer than the carrier repeats for: sending waits until somebody answers
 * for them, as one of the texts may have been a STOP (docs/runbooks/sending-in-doubt.md).
 */

const list: Command = {
  usage: ['outages list', 'says of each carrier whether its texts are heard'],
  options: {},
  async run(words, _options, { pool, say }) {
    if (words.length > 0) throw new UsageError('outages list takes nothing');
    const { rows } = await pool.query<{
      carrier: string;
      since: Date | null;
      alive_at: Date;
      is_accepted: boolean;
    }>(
      `SELECT carrier, outage_since AS since, alive_at, outage_since IS NOT DISTINCT FROM accepted_outage AS is_accepted
         FROM inbound_watch ORDER BY carrier`,
    );
    for (const { alive_at: aliveAt, carrier, is_accepted: isAccepted, since } of rows) {
      const outage = since === null ? 'no outage' : `outage since ${since.toISOString()}`;
      say(
        `${carrier}  ${outage}${since !== null && isAccepted ? ', accepted' : ''}, a gateway listened at ${aliveAt.toISOString()}`,
      );
    }
    if (rows.length === 0) say('no gateway has listened yet');
  },
};

const accept: Command = {
  usage: [
    'outages accept CARRIER --why TEXT',
    'lets an outage end in which texts were lost, once a gateway listens and whoever opted out in it is on the suppression list',
  ],
  options: { why: { type: 'string' } },
  async run(words, options, { by, clock, pool, say }) {
    const carrier = onlyWord(words, 'carrier');
    const why = required(options, 'why');
    const since = await inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<{ since: Date }>(
        `UPDATE inbound_watch SET accepted_outage = outage_since
          WHERE carrier = $1 AND outage_since IS NOT NULL RETURNING outage_since AS since`,
        [carrier],
      );
      const [row] = rows;
      if (row === undefined) throw new UsageError(`there is no outage of ${carrier}: see outages list`);
      await appendAudit(
        tx,
        [
          {
            subject: 'outage',
            subjectId: carrier,
            action: 'accepted',
            before: null,
            after: { since: row.since.toISOString(), why },
          },
        ],
        {
          actor: { kind: 'local', id: 'ops', name: by },
          operationId: 'outages accept',
          requestId: randomUUID(),
          ip: '-',
          at: clock.now(),
        },
      );
      return row.since;
    });
    say(
      `the outage of ${carrier} since ${since.toISOString()} ends once what it still repeats has had time to come`,
    );
  },
};

/** What an operator may do about outages, by its words. */
export const outageCommands: Readonly<Record<string, Command>> = {
  'outages list': list,
  'outages accept': accept,
};
