import type { RequestListener } from 'node:http';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Redis } from 'ioredis';
import type { Carrier } from '#shared/carriers/carrier.ts';
import type { PublicServer } from '#shared/http/public-server.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { RedisClient } from '#shared/redis/client.ts';
import { type ServiceName, services } from '#shared/topology.ts';
import { SimulatedCarrier } from './carrier.ts';
import { setCurrent } from './current.ts';
import type { Database } from './database.ts';
import { Connections } from './pool.ts';
import { Queues } from './queues.ts';
import { SimulatedRedis } from './redis.ts';
import { Streams } from './streams.ts';
import { Task } from './task.ts';
import { ask } from './web.ts';
import type { World } from './world.ts';

/** How many tasks of each service run at once. */
export type Tasks = Partial<Record<ServiceName, number>>;

/** The services of a system in one process, and everything outside of them. */
export class Simulation {
  readonly world: World;
  readonly connections: Connections;
  readonly streams: Streams;
  readonly queues: Queues;
  readonly theCarrier: SimulatedCarrier;
  readonly #redis: SimulatedRedis;
  readonly tasks: Task[] = [];
  /** What no service should have ended with. */
  readonly unexpected: string[] = [];
  readonly counts = { killed: 0, restarted: 0, stopped: 0 };

  /** `restless`: drawn for streams whose reads bring nothing now and then, with queues that give an entry once; null: they are not such. */
  constructor(world: World, database: Database, restless: (() => number) | null = null) {
    this.world = world;
    this.connections = new Connections(world, database);
    const shards = world.random() < 0.5 ? 1 : 2;
    this.streams = new Streams(
      world,
      { 'dialog-commands': shards, 'dialog-events': shards, 'message-log': shards },
      restless,
    );
    this.queues = new Queues(
      world,
      ['sms-replies.fifo', 'sms-bulk.fifo', 'voice.fifo'],
      restless === null ? undefined : 1,
    );
    this.#redis = new SimulatedRedis(world);
    this.theCarrier = new SimulatedCarrier(world, () => this.#gateway());
    setCurrent(this);
  }

  /** Starts so many tasks of each service. One that ends is started again, as its supervisor does. */
  start(tasks: Tasks): void {
    for (const service of Object.keys(services) as ServiceName[]) {
      for (let index = 0; index < (tasks[service] ?? 0); index += 1) this.startTask(service, index, 0);
    }
  }

  startTask(service: ServiceName, index: number, life: number): void {
    const task = new Task(this, service, index, life);
    this.tasks.push(task);
    task.run();
  }

  /** A task has ended; another takes its place after a while. */
  replace({ index, life, service }: Task): void {
    const ms = this.world.between(300, 4_000);
    this.world.scheduler.after(ms, `${service}-${index} is started again`, null, () =>
      this.startTask(service, index, life + 1),
    );
  }

  // What the services of this process are given in place of connections: for the task whose code asks.
  pool(max: number, pipeline: boolean): Pool {
    const task = this.#task();
    return this.connections.pool(task, task.service, max, pipeline);
  }
  kinesis(): KinesisClient {
    return this.streams.client(this.#task());
  }
  sqs(): SQSClient {
    return this.queues.client(this.#task());
  }
  redis(): RedisClient {
    return this.#redis.client(this.#task());
  }
  subscriber(): Redis {
    return this.#redis.subscriber(this.#task());
  }
  carrier(): Carrier {
    return this.theCarrier.carrier(this.#task());
  }
  listen(listener: RequestListener): PublicServer {
    const task = this.#task();
    task.listener = listener;
    return {
      port: 443,
      stop: async () => {
        task.listener = null;
      },
    };
  }

  #task(): Task {
    const task = this.world.current;
    if (!(task instanceof Task)) throw new Error('somebody else than a service asks');
    return task;
  }

  /** The load balancer: any gateway that listens and answers. */
  #gateway() {
    const task = this.world.pick(this.tasks.filter(({ alive, listener }) => alive && listener !== null));
    const listener = task?.listener;
    if (task === undefined || !listener) return null;
    return (target: string, headers: Record<string, string>, body: string): Promise<number> =>
      new Promise((resolve, reject) => {
        task.onDeath(() => reject(new Error('socket hang up')));
        this.world.answer(task, `request to ${target}`, () => {
          this.world.as(task, () => ask(listener, { target, headers, body }).then(resolve, reject));
        });
      });
  }
}
