import { exchange } from './tcp-exchange.ts';

/** Protocol 3.0, then names and values of the session asked for. */
const startupMessage = (): Buffer => {
  const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + length.length);
  return Buffer.concat([length, body]);
};

/**
 * Null when the server takes sessions, else why not. Asks for one and goes away before the password, as `pg_isready`
 * does: a server that starts, recovers or stops refuses with an error instead of asking for the password.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
 */
export const probePostgres = (port: number): Promise<string | null> =>
  exchange({ host: '127.0.0.1', port }, startupMessage(), (answer) => {
    if (answer.startsWith('R')) return null;
    // Fields of an error: a letter, a text and a zero each; M is the message.
    return /\0M([^\0]*)/.exec(answer)?.[1] ?? 'answers in no protocol of PostgreSQL';
  });
