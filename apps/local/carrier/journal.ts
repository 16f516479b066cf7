import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { type Jump, NO_JUMP } from '#shared/business-clock/jump.ts';
import { type Call, callSchema } from './calls/call.ts';
import { type Message, messageSchema } from './message.ts';
import type { Template } from './templates.ts';

const jumpSchema = z.object({ previousMs: z.number(), offsetMs: z.number(), jumpsAt: z.number() });

/**
 * Keeps messages, calls, opt-outs and the skipped time on disk: one row per message in SQLite, as JSON. Batches of 20 rows cost about the same
 * as appending to a file (5 microseconds a row, most of it JSON), and rows can be replaced and dropped, so the file
 * needs no compaction of its own.
 *
 * `synchronous=OFF`: what was committed is in the operating system's hands, so it survives the death of the process,
 * which is what is promised. A power cut may lose it; this is a simulator.
 */
export interface Journal {
  /** Oldest first. */
  messages(): Iterable<Message>;
  optOuts(): string[];
  /** All or nothing. */
  write(
    changed: Iterable<Message>,
    dropped: Iterable<number>,
    optOuts: Iterable<[key: string, out: boolean]>,
  ): void;
  /** Oldest first. */
  calls(): Iterable<Call>;
  writeCall(call: Call): void;
  dropCall(ordinal: number): void;
  /** Templates of WhatsApp, which stay when the rest is cleared. */
  templates(): Template[];
  saveTemplate(template: Template): void;
  /** How far business time was ahead when this was written last. */
  jump(): Jump;
  saveJump(jump: Jump): void;
  /** Messages, calls and opt-outs; time goes on. */
  clear(): void;
  close(): void;
}

export function openJournal(directory: string): Journal {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'carrier.db'));
  database.exec(`
    PRAGMA busy_timeout = 3000; -- a predecessor may still be on its way out
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS message (ordinal INTEGER PRIMARY KEY, data TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS call (ordinal INTEGER PRIMARY KEY, data TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS opt_out (pair TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS template (sid TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS business_clock (one INTEGER PRIMARY KEY CHECK (one = 1), jump TEXT NOT NULL);
  `);
  const upsert = database.prepare(
    'INSERT INTO message (ordinal, data) VALUES (?, ?) ON CONFLICT (ordinal) DO UPDATE SET data = excluded.data',
  );
  const drop = database.prepare('DELETE FROM message WHERE ordinal = ?');
  const optOut = database.prepare('INSERT INTO opt_out (pair) VALUES (?) ON CONFLICT DO NOTHING');
  const optIn = database.prepare('DELETE FROM opt_out WHERE pair = ?');

  const upsertCall = database.prepare(
    'INSERT INTO call (ordinal, data) VALUES (?, ?) ON CONFLICT (ordinal) DO UPDATE SET data = excluded.data',
  );
  const dropCall = database.prepare('DELETE FROM call WHERE ordinal = ?');
  const saveTemplate = database.prepare('INSERT OR REPLACE INTO template (sid, body) VALUES (?, ?)');
  const saveJump = database.prepare('INSERT OR REPLACE INTO business_clock (one, jump) VALUES (1, ?)');

  const atomically = (work: () => void): void => {
    database.exec('BEGIN');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    *messages() {
      for (const row of database.prepare('SELECT data FROM message ORDER BY ordinal').iterate()) {
        yield messageSchema.parse(JSON.parse(String(row.data)));
      }
    },
    *calls() {
      for (const row of database.prepare('SELECT data FROM call ORDER BY ordinal').iterate()) {
        yield callSchema.parse(JSON.parse(String(row.data)));
      }
    },
    writeCall: (call) => void upsertCall.run(call.ordinal, JSON.stringify(call)),
    dropCall: (ordinal) => void dropCall.run(ordinal),
    templates: () =>
      database
        .prepare('SELECT sid, body FROM template ORDER BY sid')
        .all()
        .map((row) => ({ contentSid: String(row.sid), body: String(row.body) })),
    saveTemplate: ({ contentSid, body }) => void saveTemplate.run(contentSid, body),
    optOuts: () =>
      database
        .prepare('SELECT pair FROM opt_out')
        .all()
        .map((row) => String(row.pair)),
    write: (changed, dropped, optOuts) =>
      atomically(() => {
        for (const message of changed) upsert.run(message.ordinal, JSON.stringify(message));
        for (const ordinal of dropped) drop.run(ordinal);
        for (const [pair, out] of optOuts) (out ? optOut : optIn).run(pair);
      }),
    jump: () => {
      const row = database.prepare('SELECT jump FROM business_clock').get();
      return row === undefined ? NO_JUMP : jumpSchema.parse(JSON.parse(String(row.jump)));
    },
    saveJump: (jump) => void saveJump.run(JSON.stringify(jump)),
    clear: () => database.exec('DELETE FROM message; DELETE FROM call; DELETE FROM opt_out;'),
    close: () => database.close(),
  };
}
