import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MODULE = fileURLToPath(new URL('./logger.ts', import.meta.url));

/** A process that logs once its reader is gone, and wants to end. */
const PROGRAM = `
  import { createLogger } from ${JSON.stringify(MODULE)};
  process.on('message', () => {
    const logger = createLogger('gateway', 'info');
    for (let line = 0; line < 100; line += 1) logger.info({ line }, 'draining');
    process.exit(0);
  });
  process.send('started');
`;

/** A process that logs an error of PostgreSQL, which quotes the row that it is about. */
const FAULT = `
  import { createLogger } from ${JSON.stringify(MODULE)};
  const fault = Object.assign(new Error('a constraint was broken'), {
    code: '23514', constraint: 'message_check', detail: 'Failing row contains (+14155550101, please stop texting me).',
    where: 'COPY message, line 1: "+14155550101"',
  });
  createLogger('gateway', 'info').error({ err: fault }, 'a batch failed');
`;

describe('the log', () => {
  it('says of an error what it is, and nothing of the row that PostgreSQL quotes', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', FAULT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = (await child.stdout.setEncoding('utf8').toArray()).join('');
    const { err } = JSON.parse(line);
    assert.deepEqual(
      [err.code, err.constraint, err.message],
      ['23514', 'message_check', 'a constraint was broken'],
    );
    assert.doesNotMatch(line, /4155550101|texting/);
  });

  it('does not keep a process from ending when nobody reads it any more', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      timeout: 4_000,
      killSignal: 'SIGKILL',
    });
    await once(child, 'message');
    child.stdout?.destroy();
    const ended = once(child, 'exit');
    child.send('go on');
    assert.deepEqual(await ended, [0, null]);
  });
});
