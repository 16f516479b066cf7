import { current } from '../current.ts';

/** Version 7, of simulated time and the seed's random numbers. */
export function v7(): string {
  const { world } = current();
  const time = world.time().getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${world.newId().slice(15)}`;
}
