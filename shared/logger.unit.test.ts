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

describe('the log', () => {
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
