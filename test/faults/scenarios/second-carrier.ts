import { setTimeout as delay } from 'node:timers/promises';
import { killServing } from '../../driver/kills.ts';
import type { Scenario } from '../scenario.ts';
import { WITH_SECOND } from '../second.ts';
import { whileFailing } from './carrier.ts';

const KILLED = ['sender', 'log', 'outbound', 'sender'] as const;
const KILL_EVERY_MS = 5_000;

export const secondCarrier: Scenario = {
  name: 'second-carrier',
  says:
    'A further campaign goes through Vonage, which cannot be asked what it has: every fourth of its people texts STOP there before its text has ' +
    'come, and every fourth answers it with STOP. Meanwhile both carriers fail for 30 s as in carrier-fails, and the sender (twice), the log and ' +
    'outbound are killed. No status is lost here: Vonage is asked for none.',
  settings: WITH_SECOND,
  inflict: async (world) => {
    const { simulator } = world.system;
    const calm = { lostCallbackRate: 0 };
    await simulator.setFaults(calm);
    await world.reachBySecond();
    const failing = whileFailing(world, calm);
    let kills = 0;
    for (const service of KILLED) {
      await delay(world.lasts(KILL_EVERY_MS));
      if (await killServing(world.system, service)) kills += 1;
    }
    return { ...(await failing), kills };
  },
};
