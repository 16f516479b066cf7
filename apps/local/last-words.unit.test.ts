import assert from 'node:assert/strict';
import { lastWords } from './last-words.ts';

describe('The last words of a process', () => {
  for (const [label, lines, words] of [
    [
      "are the error in Node's report",
      [
        'node:internal/modules/cjs/loader:1568',
        '  throw err;',
        '  ^',
        '',
        "Error: Cannot find module 'apps/sender/main.ts'",
        '    at Module._resolveFilename (node:internal/modules/cjs/loader:1564:15)',
        '',
        'Node.js v24.21.0',
      ],
      "Error: Cannot find module 'apps/sender/main.ts'",
    ],
    [
      'are the message of an error that was logged',
      [
        '{"level":"info","msg":"started"}',
        '{"level":"error","msg":"ends after an unexpected error: permission denied"}',
        '{"level":"info","msg":"stopped"}',
      ],
      'ends after an unexpected error: permission denied',
    ],
    [
      "are PostgreSQL's fatal line",
      ['FATAL:  lock file "postmaster.pid" already exists', 'HINT:  Is another postmaster running?'],
      'FATAL:  lock file "postmaster.pid" already exists',
    ],
    [
      "are PostgreSQL's fatal line, as its log has it, and not that its guard saw it end",
      [
        '2026-03-01 09:00:00.274 UTC [16451] WARNING:  could not create listen socket for "127.0.0.1"',
        '2026-03-01 09:00:00.275 UTC [16451] FATAL:  could not create any TCP/IP sockets',
        '2026-03-01 09:00:00.290 UTC [16451] LOG:  database system is shut down',
        '/opt/postgres ended by itself (exit code 1)',
      ],
      'FATAL:  could not create any TCP/IP sockets',
    ],
    [
      'are the last of several errors',
      ['TypeError: first', 'Error [ERR_X]: second'],
      'Error [ERR_X]: second',
    ],
    ['are the last line when nothing looks like an error', ['one', 'two', ''], 'two'],
    ['are none of a process that said nothing', [], null],
  ] as const) {
    it(label, () => assert.equal(lastWords(lines), words));
  }
});
