import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';

const AWAY_MS = 4_000;

export const redisEmpty: Scenario = {
  name: 'redis-empty',
  says: 'Redis is killed three times and comes back empty: hints, tokens of rates and live events are gone.',
  inflict: async ({ say, system }) => {
    let kills = 0;
    for (; kills < 3; kills += 1) {
      const pid = (await system.pids()).get('redis server');
      if (pid === undefined) throw new Error('Redis is away');
      process.kill(pid, 'SIGKILL');
      await delay(AWAY_MS);
      while ((await system.pidOf('redis')) === undefined) await delay(100);
    }
    say(`Redis was killed ${kills} times`);
    return { 'kills of Redis': kills };
  },
};
