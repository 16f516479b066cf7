import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceName, services } from '#shared/topology.ts';
import { killServing } from '../../driver/kills.ts';
import type { System } from '../../driver/system.ts';
import type { Scenario } from '../scenario.ts';
import { SecondTask } from '../second-task.ts';

const names = Object.keys(services).filter((name): name is ServiceName => Object.hasOwn(services, name));
const BACK_MS = 60_000;

/** Resolves when the service serves, in another process than `before`. */
async function untilBack(system: System, service: string, before: number | undefined): Promise<void> {
  const end = performance.now() + BACK_MS;
  for (;;) {
    const pid = await system.pidOf(service);
    if (pid !== undefined && pid !== before) return;
    if (performance.now() > end) throw new Error(`${service} did not come back`);
    await delay(50);
  }
}

/** In an order that follows from the random numbers. */
function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

export const randomKills: Scenario = {
  name: 'random-kills',
  says: 'Every service is killed with SIGKILL, wherever it is, in an order and at moments that the seed decides.',
  inflict: async ({ random, say, system }) => {
    const inflicted: Record<string, number> = {};
    for (const service of shuffled(names, random)) {
      await delay(200 + random() * 1_500);
      const end = performance.now() + BACK_MS;
      while (!(await killServing(system, service))) {
        if (performance.now() > end) throw new Error(`${service} does not serve`);
        await delay(50);
      }
      inflicted[`kills of ${service}`] = 1;
    }
    say(`killed ${Object.keys(inflicted).length} services`);
    return inflicted;
  },
};

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  says: 'Every service is told to end (SIGTERM), one after the other, as a deployment does; the next when the one before serves again.',
  inflict: async ({ random, say, system }) => {
    let restarts = 0;
    for (const service of shuffled(names, random)) {
      const pid = await system.pidOf(service);
      if (pid === undefined) throw new Error(`${service} does not serve`);
      process.kill(pid, 'SIGTERM');
      await untilBack(system, service, pid);
      restarts += 1;
    }
    say(`restarted ${restarts} services`);
    return { 'services restarted': restarts };
  },
};

/** Longer than a lease (10 s) and than entries of queues stay invisible (30 s). */
const FROZEN_MS = 34_000;
/** What works on streams and queues. */
const FROZEN = ['dialog', 'outbound', 'progress', 'inbox', 'log', 'sender', 'caller'] as const;

/** Leases that this process holds. */
async function leasesOf({ database }: System, pid: number): Promise<{ key: string; epoch: number }[]> {
  const { rows } = await database.query<{ key: string; epoch: number }>(
    `SELECT consumer || ' ' || source || ' ' || shard AS key, epoch::int AS epoch FROM lease WHERE owner LIKE '%-' || $1 || '-%'`,
    [pid],
  );
  return rows;
}

async function taken({ database }: System, held: readonly { key: string; epoch: number }[]): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count
       FROM lease JOIN unnest($1::text[], $2::int[]) AS held(key, epoch)
         ON consumer || ' ' || source || ' ' || shard = key AND lease.epoch > held.epoch`,
    [held.map(({ key }) => key), held.map(({ epoch }) => epoch)],
  );
  return rows[0]?.count ?? 0;
}

/** For second tasks to have got their part of what there is to lease. */
const BALANCED_MS = 8_000;

export const zombies: Scenario = {
  name: 'zombies',
  says:
    'A second task of each service that works on streams and queues is started, stands still for 34 s (SIGSTOP), longer ' +
    'than its leases and than its queue entries stay its own, and then goes on with what it had in hand.',
  inflict: async ({ say, system }) => {
    const tasks = await Promise.all(FROZEN.map((service) => SecondTask.start(system, service)));
    try {
      await delay(BALANCED_MS);
      const held = (await Promise.all(tasks.map(({ pid }) => leasesOf(system, pid)))).flat();
      for (const { pid } of tasks) process.kill(pid, 'SIGSTOP');
      say(`${tasks.length} second tasks stand still, with ${held.length} leases`);
      await delay(FROZEN_MS);
      const lost = await taken(system, held);
      for (const { pid } of tasks) process.kill(pid, 'SIGCONT');
      await delay(BALANCED_MS);
      const survived = tasks.filter(({ ended }) => !ended).length;
      say(`${lost} leases were taken from them; ${survived} live on`);
      return { 'tasks frozen': tasks.length, 'leases taken from them': lost };
    } finally {
      await Promise.all(tasks.map((task) => task.stop()));
    }
  },
};
