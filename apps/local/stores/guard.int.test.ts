import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '#test/eventually.ts';
import { identityOf } from '../process-identity.ts';
import { clearTheWay, type GuardedProgram, startGuarded } from './guard.ts';
import { noteProgram } from './leftover.ts';

describe('The guard of a program', () => {
  let folder: string;
  const guards: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guard-'));
  });
  afterEach(async () => {
    // Closes the pipes, which ends everything.
    for (const guard of guards.splice(0)) guard.kill('SIGKILL');
    // What was killed may still be writing its last line.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A shell that gets ready, leaves its process id and then does as it is told. */
  const program = (script: string, first = ':'): GuardedProgram => ({
    command: '/bin/sh',
    args: ['-c', `${first}; echo $$ > "$0"; ${script}`, join(folder, 'pid')],
    environment: { PATH: process.env.PATH ?? '' },
    runAs: null,
    stopSignal: 'SIGTERM',
    pidFile: join(folder, 'pid'),
    recordFile: join(folder, 'record.json'),
  });
  const FOR_EVER = 'exec sleep 600';
  const said: string[] = [];
  function start(script: string, first?: string): ChildProcess {
    said.length = 0;
    const guard = startGuarded(program(script, first), {}, assert.fail);
    guard.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
    guards.push(guard);
    return guard;
  }
  async function pidOf(): Promise<number> {
    let pid = 0;
    await eventually(async () => {
      pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
      assert.ok(pid > 0);
      // What it leaves is noted: everything is up.
      await access(join(folder, 'record.json'));
    });
    return pid;
  }
  const gone = (pid: number): Promise<void> =>
    eventually(async () => assert.equal(await identityOf(pid), null));
  const unnoted = (): Promise<void> =>
    assert.rejects(access(join(folder, 'record.json')), { code: 'ENOENT' });

  it('ends it when it is asked to, and with it: code 0', async () => {
    const guard = start(FOR_EVER);
    const pid = await pidOf();
    guard.kill('SIGTERM');
    assert.deepEqual(await once(guard, 'exit'), [0, null]);
    assert.equal(await identityOf(pid), null);
    await unnoted();
  });

  it('lets it end in its own time', async () => {
    const guard = start('while :; do sleep 0.05; done', 'trap "sleep 0.2; exit" TERM');
    await pidOf();
    guard.kill('SIGTERM');
    assert.deepEqual(await once(guard, 'exit'), [0, null]);
  });

  it('ends it when whoever started it is gone', async () => {
    const guard = start(FOR_EVER);
    const pid = await pidOf();
    guard.stdin?.destroy();
    await gone(pid);
  });

  it('ends it although the guard itself is killed', async () => {
    const guard = start(FOR_EVER);
    const pid = await pidOf();
    guard.kill('SIGKILL');
    await gone(pid);
  });

  it('kills one that does not end', async () => {
    const guard = start('while :; do sleep 0.05; done', 'trap "" TERM');
    const pid = await pidOf();
    guard.kill('SIGTERM');
    assert.deepEqual(await once(guard, 'exit'), [0, null]);
    assert.equal(await identityOf(pid), null);
  });

  for (const [how, script] of [
    ['exit code 3', 'exit 3'],
    ['signal 9', 'kill -KILL $$'],
  ] as const) {
    it(`ends with it when it ends by itself, and says how: ${how}`, async () => {
      const guard = start(script);
      const [code] = await once(guard, 'close');
      assert.equal(code, 1);
      assert.match(said.join(''), new RegExp(`/bin/sh ended by itself \\(${how}\\)`));
    });
  }

  it('comes after what an earlier run left behind is gone', async () => {
    const leftover = spawn('sleep', ['600'], { stdio: 'ignore' });
    const pid = leftover.pid ?? assert.fail('it was not started');
    await noteProgram(join(folder, 'record.json'), pid);
    const heard: string[] = [];
    await clearTheWay(program(FOR_EVER), (line) => heard.push(line));
    assert.equal(await identityOf(pid), null);
    assert.deepEqual(heard, ['ended a server that an earlier run left behind']);
    await unnoted();
  });
});
