import type { Simulation } from './simulation.ts';

let running: Simulation | null = null;

/** The simulation that runs in this process: one at a time. */
export function current(): Simulation {
  if (running === null) throw new Error('no simulation runs');
  return running;
}

export function setCurrent(simulation: Simulation | null): void {
  running = simulation;
}
