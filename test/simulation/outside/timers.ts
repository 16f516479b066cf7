import { current } from '../current.ts';

export const setTimeout = (ms: number): Promise<void> => current().world.clock(null).sleep(ms);
