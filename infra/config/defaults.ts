import type { InfraSettings } from './schema.ts';

/**
 * What a stack file need not say, by environment class. A stack's own value wins, field by field; lists are replaced
 * whole. There is no default for what only the operator knows: domain, certificate, carrier account, organisation.
 */
type Defaults = Omit<
  InfraSettings,
  'class' | 'domain' | 'hostedZoneId' | 'certificateArn' | 'imageDigest' | 'carrier' | 'organisation'
>;

const dev: Defaults = {
  network: { cidr: '10.40.0.0/16', zones: 2, natGateways: 1, flowLogs: 'REJECT', interfaceEndpoints: false },
  streams: { mode: 'provisioned', retentionHours: 24, shards: {}, fanOut: false },
  database: { engineVersion: '17', minAcu: 0.5, maxAcu: 4, instances: 1, backupDays: 7, insightsDays: 7 },
  cache: { maxGigabytes: 1, maxEcpuPerSecond: 5_000 },
  logs: { retentionDays: 14 },
  web: { idleTimeoutSeconds: 60, requestsPerFiveMinutes: 10_000 },
  services: {
    spotShare: 1,
    spotForAll: true,
    defaults: { minTasks: 1, maxTasks: 2, cpu: 256, memoryMiB: 512 },
    byName: {},
  },
  alarms: { emails: [] },
  endUserMessaging: { enabled: false },
  protect: false,
};

const prod: Defaults = {
  network: { cidr: '10.40.0.0/16', zones: 3, natGateways: 3, flowLogs: 'ALL', interfaceEndpoints: false },
  streams: {
    mode: 'provisioned',
    retentionHours: 7 * 24,
    // A stream service has at most a task per shard: with one, it could not grow. docs/scaling.md plays a day with these.
    shards: { 'dialog-commands': 4, 'dialog-events': 4, 'message-log': 2 },
    fanOut: false,
  },
  database: { engineVersion: '17', minAcu: 2, maxAcu: 32, instances: 2, backupDays: 35, insightsDays: 7 },
  cache: { maxGigabytes: 10, maxEcpuPerSecond: 100_000 },
  logs: { retentionDays: 365 },
  web: { idleTimeoutSeconds: 60, requestsPerFiveMinutes: 10_000 },
  services: { spotShare: 0.5, spotForAll: false, defaults: { minTasks: 2, maxTasks: 10 }, byName: {} },
  alarms: { emails: [] },
  endUserMessaging: { enabled: false },
  protect: true,
};

export const defaultsByClass: Readonly<Record<InfraSettings['class'], Defaults>> = { dev, prod };
