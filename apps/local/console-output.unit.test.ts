import assert from 'node:assert/strict';
import { type Clock, systemClock } from '#shared/clock.ts';
import { ConsoleOutput } from './console-output.ts';

describe('The console', () => {
  let lines: string[];
  let elapsedMs: number;
  let output: ConsoleOutput;
  beforeEach(() => {
    lines = [];
    elapsedMs = 0;
    const clock: Clock = {
      ...systemClock(),
      now: () => new Date('2030-01-01T09:00:00Z'),
      monotonic: () => elapsedMs,
    };
    output = new ConsoleOutput({ write: (line) => lines.push(line), clock });
  });
  const logged = (level: string, msg: string, more: object = {}): string =>
    JSON.stringify({ level, time: '2030-01-01T09:00:00Z', service: 'sender', ...more, msg });

  it('shows warnings and errors of services with their cause, and nothing else of their logs', () => {
    output.logLine('sender', logged('info', 'started'));
    output.logLine('sender', logged('warn', 'redis is away', { err: { message: 'ECONNREFUSED' } }));
    output.logLine('sender', logged('error', 'ends after an unexpected error'));
    output.logLine('sender', '{"_aws":{"Timestamp":1}}');
    output.logLine('postgres', 'LOG:  database system is ready to accept connections');
    assert.deepEqual(lines, [
      '09:00:00  sender     warn: redis is away: ECONNREFUSED',
      '09:00:00  sender     error: ends after an unexpected error',
    ]);
  });

  it('does not repeat a line for 30 s, then says how often it came', () => {
    for (const at of [0, 1, 29_999, 30_000]) {
      elapsedMs = at;
      output.logLine('sender', logged('warn', 'throttled'));
    }
    assert.deepEqual(lines, [
      '09:00:00  sender     warn: throttled',
      '09:00:00  sender     warn: throttled (and 2 more like it)',
    ]);
  });

  it('keeps services apart when they say the same', () => {
    output.logLine('sender', logged('warn', 'redis is away'));
    output.logLine('gateway', logged('warn', 'redis is away'));
    assert.equal(lines.length, 2);
  });

  it('says how a process ended, when it is started again and what it said last', () => {
    output.event('sender', {
      type: 'ended',
      ending: { code: null, signal: 'SIGKILL' },
      restartInMs: 400,
      lastWords: 'out of memory',
    });
    assert.deepEqual(lines, [
      '09:00:00  sender     ended unexpectedly (signal SIGKILL); starting it again in 400 ms. Its last words: out of memory',
    ]);
  });

  it('is not upset by a log line that was cut off', () => {
    output.logLine('sender', '{"level":"error","time":"2030');
    assert.deepEqual(lines, []);
  });
});
