import type {
  createRedis as realCreateRedis,
  createSubscriber as realCreateSubscriber,
} from '#shared/redis/client.ts';
import { current } from '../current.ts';

export * from '#shared/redis/client.ts';

export const createRedis: typeof realCreateRedis = () => current().redis();
export const createSubscriber: typeof realCreateSubscriber = () => current().subscriber();
