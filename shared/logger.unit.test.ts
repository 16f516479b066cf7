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

/** Lines that a process has logged, by a program that has a logger. */
async function linesOf(program: string): Promise<string[]> {
  const source = `
    import { createLogger } from ${JSON.stringify(MODULE)};
    const logger = createLogger('gateway', 'debug');
    ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = (await child.stdout.setEncoding('utf8').toArray()).join('');
  return output.split('\n').slice(0, -1);
}

describe('the log', () => {
  it('has no whole phone number, wherever it is said', async () => {
    const lines = await linesOf(`
      const number = '+14155550101';
      logger.info({ phoneNumber: number, from: number, to: [number] }, 'fields');
      logger.info({ reason: 'the number ' + number + ' is not valid' }, 'a reason');
      logger.info({ says: [number, 'and ' + number] }, 'a list');
      logger.warn({}, 'cannot be asked for calls to ' + number);
      logger.error({ err: new Error('GET /Messages.json?To=%2B14155550101') }, 'an error');
      logger.error({ err: 'thrown as a text: ' + number }, 'a text that was thrown');
      logger.error({ err: new AggregateError([new Error('first ' + number)], 'all ' + number) }, 'several');
      logger.child({ partitionKey: number }).info({}, 'a child');
    `);
    assert.equal(lines.length, 8);
    for (const line of lines) {
      assert.doesNotMatch(line, /4155550101/);
      assert.match(line, /\*{6,}01/, 'masked, not left out');
    }
  });

  it('says of errors of others neither credentials nor arguments nor what they quote', async () => {
    const lines = await linesOf(`
      const fields = {
        config: { headers: { Authorization: 'Basic hunter2' } },
        request: { body: 'please stop texting me' },
        command: { name: 'sadd', args: ['please stop texting me'] },
        code: 'ECONNRESET',
      };
      logger.error({ err: Object.assign(new Error('socket hang up'), fields) }, 'a request failed');
      try { JSON.parse('"please stop texting me'.repeat(2)); } catch (err) { logger.error({ err }, err.message); }
      try { JSON.parse('please stop texting me'); } catch (err) { logger.error({ err, reason: err.message }, err.message); }
      const value = new Error('invalid input syntax for type uuid: "please stop\\ntexting me"');
      logger.error({ err: value }, 'failed: ' + value.message);
    `);
    assert.equal(lines.length, 4);
    for (const line of lines) assert.doesNotMatch(line, /hunter2|texting|sadd/);
    assert.equal(JSON.parse(lines[0] ?? '').err.code, 'ECONNRESET');
    assert.match(lines[2] ?? '', /Unexpected token in JSON/);
    assert.match(lines[3] ?? '', /invalid input syntax for type uuid/);
  });

  it('is a line for each message, whatever is in it: nobody writes another one, or moves the cursor of a terminal', async () => {
    const nasty = [
      'x\n{"level":"info","msg":"forged"}',
      'x\r\nforged',
      '\u001b[2J\u001b[1;1H',
      '\u009b2J\u0085\u007f',
      'a\u2028b\u2029c',
      '\u202edesrever\u2066',
      '\0\ud800',
      '"}\\',
    ];
    const lines = await linesOf(`
      for (const text of ${JSON.stringify(nasty)}) {
        logger.warn({ reason: text, err: new Error(text), list: [text] }, text);
      }
    `);
    assert.equal(lines.length, nasty.length);
    for (const line of lines) {
      assert.equal(JSON.parse(line).service, 'gateway');
      assert.equal(JSON.parse(line).level, 'warn');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about them
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    }
  });

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
