import type { InfraSettings } from '../config/schema.ts';
import type { Environment, KeyHandles } from '../environment.ts';

/** The part of an environment that is watched, and what is needed to watch it. */
export type ObservedEnvironment = Pick<
  Environment,
  | 'prefix'
  | 'metricsNamespace'
  | 'streams'
  | 'queues'
  | 'database'
  | 'cache'
  | 'cluster'
  | 'loadBalancer'
  | 'services'
> & {
  readonly keys: Pick<KeyHandles, 'operations'>;
  readonly settings: Pick<InfraSettings, 'alarms' | 'cache' | 'logs' | 'offHours'>;
};
