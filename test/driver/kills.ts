import { setTimeout as delay } from 'node:timers/promises';
import type { System } from './system.ts';

/** Processes of a running system, killed with SIGKILL; whatever started them starts them again. */

/** Kills a service, if it serves; whether it did. */
export async function killServing(system: System, service: string): Promise<boolean> {
  const pid = await system.pidOf(service);
  return pid !== undefined && kill(pid);
}

/** False where it is gone: it has ended since somebody saw it serve, as one does that was killed a moment ago. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

export interface RandomKills {
  kills: number;
  /** Whom next. */
  next(): string;
  random(): number;
  /** Before each, in ms. */
  pauseMs: { min: number; max: number };
}

/** Kills serving processes, again and again. Returns which. */
export async function killAtRandom(
  system: System,
  { kills, next, pauseMs: { max, min }, random }: RandomKills,
): Promise<string[]> {
  const killed: string[] = [];
  while (killed.length < kills) {
    await delay(min + random() * (max - min));
    const service = next();
    if (await killServing(system, service)) killed.push(service);
  }
  return killed;
}
