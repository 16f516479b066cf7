import assert from 'node:assert/strict';
import { parseScript } from './script.ts';

describe('parseScript', () => {
  it('reads texts and waits, and skips comments and empty lines', () => {
    const source = '\uFEFF# a lesson\nHANDWASH\r\n\n  1  \nWAIT 2.5\nwait for me\nwait\n#2\n';
    assert.deepEqual(parseScript(source), {
      ok: true,
      steps: [
        { type: 'text', line: 2, body: 'HANDWASH' },
        { type: 'text', line: 4, body: '1' },
        { type: 'wait', line: 5, seconds: 2.5 },
        { type: 'text', line: 6, body: 'wait for me' },
        { type: 'text', line: 7, body: 'wait' },
      ],
    });
  });

  it('reads skips of time', () => {
    assert.deepEqual(parseScript('/skip 10m\n/skip  09:00  America/Chicago\n/skipped'), {
      ok: true,
      steps: [
        { type: 'skip', line: 1, request: { by: 'PT10M' } },
        { type: 'skip', line: 2, request: { to: '09:00', zone: 'America/Chicago' } },
        { type: 'text', line: 3, body: '/skipped' },
      ],
    });
  });

  it('names the lines that cannot be sent', () => {
    assert.deepEqual(parseScript(`ok\n${'x'.repeat(1_601)}\nwait 99999\n/skip`), {
      ok: false,
      problems: [
        'line 2: a text has at most 1600 characters, this one has 1601',
        'line 3: a wait lasts at most 3600 seconds',
        'line 4: a skip is /skip 10m or /skip 09:00 America/Chicago',
      ],
    });
  });

  it('refuses a script without texts', () => {
    assert.deepEqual(parseScript('# nothing\n\n'), { ok: false, problems: ['it has no texts'] });
  });
});
