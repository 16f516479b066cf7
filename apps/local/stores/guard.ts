import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { systemClock } from '#shared/clock.ts';
import { messageOf } from '#shared/errors.ts';
import { clearLeftover, noteProgram } from './leftover.ts';

/** A program that is not ours (PostgreSQL, Redis). Holds no secret: arguments of a process can be read by anyone. */
export interface GuardedProgram {
  command: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** Another user to run as, for programs that refuse to run as root. */
  runAs: { uid: number; gid: number } | null;
  /** Signal that ends the program cleanly and soon. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** File in which the program itself leaves its process id. */
  pidFile: string;
  /** File in which the program is noted, outside of what it writes. */
  recordFile: string;
}

/** How long a program may take to end before it is killed, in s. */
const PATIENCE_S = 8;

/**
 * The guard: a shell of 1 MiB, where a Node would take 50. It owns the program and never lets it outlive the stack: the
 * program is told to end on SIGTERM, and when the pipe from the stack on its standard input closes, which it also
 * does when the stack is killed. Should the guard itself be killed, the stack closes that pipe, and the half of the
 * guard that reads it ends the program all the same. Ends with the program: code 0 when it was asked to, else 1.
 *
 * Writes the program's process id to descriptor 3. Arguments: the signal, the patience, the command and its own.
 */
const GUARD = `
stop_signal=$1 patience=$2 program= stopping=
shift 2
end_program() {
  [ "$program" ] && kill -s "$stop_signal" "$program" || return
  waited=0
  while kill -0 "$program"; do
    [ "$waited" -eq "$patience" ] && kill -s KILL "$program"
    # Gone, and nobody has taken note of it.
    [ "$waited" -gt "$patience" ] && return
    command -p sleep 1
    waited=$((waited + 1))
  done
}
trap 'stopping=yes; end_program >/dev/null 2>&1 &' TERM INT
exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
program=$!
echo "$program" >&3
exec 3>&-
( read -r _ <&4; end_program ) >/dev/null 2>&1 &
reader=$!
exec 4<&-
[ "$stopping" ] && end_program >/dev/null 2>&1 &
while :; do
  wait "$program"
  code=$?
  kill -0 "$program" 2>/dev/null || break
done
kill "$reader" 2>/dev/null
[ "$stopping" ] && exit 0
[ "$code" -gt 128 ] && how="signal $((code - 128))" || how="exit code $code"
echo "$1 ended by itself ($how)" >&2
exit 1
`;

/** Starts the program behind a guard of its own. What was left of an earlier run must be cleared before. */
export function startGuarded(
  program: GuardedProgram,
  options: SpawnOptions,
  say: (line: string) => void,
): ChildProcess {
  const { args, command, environment, recordFile, runAs, stopSignal } = program;
  const guard = spawn(
    '/bin/sh',
    ['-c', GUARD, 'guard', stopSignal.slice('SIG'.length), String(PATIENCE_S), command, ...args],
    // Somebody else may not be allowed to be where we are.
    { ...options, cwd: '/', env: environment, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], ...(runAs ?? {}) },
  );
  const spoken = guard.stdio[3];
  if (spoken && 'readable' in spoken) {
    text(spoken)
      // A guard that could not be started says nothing.
      .then((pid) => (pid === '' ? undefined : noteProgram(recordFile, Number(pid))))
      .catch((error: unknown) => say(`the program could not be noted: ${messageOf(error)}`));
  }
  guard.once('exit', (code) => {
    // The program ended before its guard: nothing is left to clear.
    if (code !== null) rmSync(recordFile, { force: true });
  });
  return guard;
}

/** Ends what an earlier run left on the program's files. Resolves when the program may start. */
export async function clearTheWay(program: GuardedProgram, say: (line: string) => void): Promise<void> {
  const leftover = await clearLeftover(program, program.stopSignal, systemClock());
  if (leftover === 'a running program') say('ended a server that an earlier run left behind');
}
