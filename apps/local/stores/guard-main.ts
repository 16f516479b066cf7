import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { systemClock } from '#shared/clock.ts';
import { GUARD_STOP_MS, type GuardOrder } from './guard-order.ts';
import { clearLeftover, noteProgram } from './leftover.ts';

/**
 * Owns one program that is not ours (PostgreSQL, Redis) and never lets it outlive the stack: the program is stopped
 * on SIGTERM and when the IPC channel to the stack closes, which it also does when the stack is killed. Ends with the
 * program: code 0 when it was asked to, else 1.
 *
 * What to run is its one argument (GuardOrder, as JSON), from our own code: a guard stays for as long as the stack
 * runs, and the reader of settings would be a third of its memory.
 */
const order: GuardOrder = JSON.parse(process.argv[2] ?? '');

let stopping = false;
let stop = (): void => process.exit(0);
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.on(event, () => stop());

const leftover = await clearLeftover(order, order.stopSignal, systemClock());
if (leftover === 'a running program')
  process.stderr.write('ended a server that an earlier run left behind\n');

const program = spawn(order.command, order.args, {
  argv0: order.argv0,
  env: order.environment,
  stdio: ['ignore', 'inherit', 'inherit'],
  ...(order.runAs ?? {}),
});
program.on('error', (error) => {
  process.stderr.write(`${order.command} cannot be started: ${error.message}\n`);
  process.exit(1);
});
program.on('exit', (code, signal) => {
  // Nothing is left to clear.
  rmSync(order.recordFile, { force: true });
  if (!stopping) process.stderr.write(`${order.argv0} ended by itself (${signal ?? `code ${code}`})\n`);
  process.exit(stopping ? 0 : 1);
});
stop = () => {
  if (stopping) return;
  stopping = true;
  program.kill(order.stopSignal);
  setTimeout(() => program.kill('SIGKILL'), GUARD_STOP_MS).unref();
};
if (program.pid !== undefined) await noteProgram(order.recordFile, program.pid);
