import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import type { RedisClient } from '#shared/redis/client.ts';
import type { Running, World } from './world.ts';

/**
 * As much of Redis as nothing depends on: what is published on a channel is heard, late or never. Whoever asks for keys
 * finds it away, and goes on without it, by PostgreSQL; but for the pace, for which it has tokens mostly: without, everything
 * would wait for many seconds.
 */
export class SimulatedRedis {
  readonly #world: World;
  readonly #listeners = new Set<{ task: Running; channels: Set<string>; heard: EventEmitter }>();

  constructor(world: World) {
    this.#world = world;
  }

  client(task: Running): RedisClient {
    const away = async (): Promise<never> => {
      throw new Error('Connection is closed.');
    };
    return {
      status: 'ready',
      publish: async (channel: string, message: string) => this.#publish(task, channel, message),
      xadd: away,
      eval: away,
      // Tokens (shared/pacing/redis-buckets.ts): there are enough for everybody.
      evalsha: (_script: string, keys: number, ...given: string[]) =>
        this.#world.request(task, 'takes tokens', {
          changes: false,
          refused: () => new Error('Connection is closed.'),
          effect: () => {
            const asked: { requests: unknown[] } = JSON.parse(given[keys] ?? '');
            return asked.requests.map(() => 0);
          },
        }),
      on: () => undefined,
      disconnect: () => undefined,
    } as unknown as RedisClient;
  }

  subscriber(task: Running): Redis {
    const heard = new EventEmitter();
    const listener = { task, channels: new Set<string>(), heard };
    const client = Object.assign(heard, {
      status: 'wait',
      connect: async () => {
        this.#listeners.add(listener);
        client.status = 'connecting';
        this.#world.scheduler.after(this.#world.latency(), 'hears hints', task, () => {
          client.status = 'ready';
          heard.emit('ready');
        });
      },
      subscribe: async (...channels: string[]) => {
        for (const channel of channels) listener.channels.add(channel);
      },
      disconnect: () => {
        client.status = 'end';
        this.#listeners.delete(listener);
      },
    });
    return client as unknown as Redis;
  }

  #publish(task: Running, channel: string, message: string): void {
    if (!task.alive) return;
    for (const listener of this.#listeners) {
      if (!listener.channels.has(channel) || !listener.task.alive) continue;
      if (this.#world.chance(this.#world.weather.lost)) continue;
      this.#world.scheduler.after(this.#world.latency(), `hears ${channel}`, listener.task, () => {
        listener.heard.emit('message', channel, message);
      });
    }
  }
}
