import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const LINES = 400;

/** Long lines of both kinds in turn, more than a pipe holds, as a service writes them. */
const program = `
  import { createLogger, writeLine } from '#shared/logger.ts';
  import { createMetrics } from '#shared/metrics.ts';
  const logger = createLogger('log', 'info');
  const metrics = createMetrics('log', { flushMs: 60_000, now: () => new Date(), write: writeLine });
  for (let i = 0; i < ${LINES}; i += 1) {
    logger.info({ i, long: 'x'.repeat(9_000) }, 'a line');
    for (let j = 0; j < 100; j += 1) metrics.observe('BatchMilliseconds', Math.random() * 1e6 + i, { Consumer: 'log' });
    metrics.flush(true);
  }
`;

describe('What a service writes to its standard output', () => {
  it('is one document a line, whole and in order, logs and metrics among each other, however slowly it is read', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Nobody reads until the pipe is full.
    await once(child.stdout, 'readable');
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    const documents = lines.map((line): Record<string, unknown> => JSON.parse(line));
    assert.equal(documents.length, 2 * LINES);
    for (const [at, document] of documents.entries()) {
      if (at % 2 === 0) assert.equal(document.i, at / 2);
      else assert.ok('_aws' in document && Array.isArray(document.BatchMilliseconds));
    }
  });
});
