import type { ServiceName } from '#shared/topology.ts';
import { DAY_SECONDS, type Day, playDay } from '../scaling/simulation/day.ts';
import { bounds } from '../scaling/simulation/environment.ts';
import { dayLoad, SEED } from '../scaling/simulation/load.ts';
import { scalingTargets } from '../scaling/targets.ts';

let played: Day | undefined;

/** The same day that docs/scaling.md shows, in the environment of production; played once, when it is asked for. */
function simulatedDay(): Day {
  played ??= playDay({ targets: scalingTargets, load: dayLoad(SEED), bounds, seconds: DAY_SECONDS });
  return played;
}

/** Tasks of a service above its least, on average over the simulated day. */
export const tasksAboveLeast = (service: ServiceName): number =>
  simulatedDay().fleets[service].taskHours / 24 - bounds[service].minimum;
