import { byInputs, type Case, type Cases, sample } from '../sample.ts';

const TASK = 'aws:ecs/taskDefinition:TaskDefinition';
const SERVICE = 'aws:ecs/service:Service';
const CLUSTER = 'aws:ecs/cluster:Cluster';

const container = {
  name: 'sender',
  image: `1.dkr.ecr.us-east-1.amazonaws.com/services@sha256:${'0'.repeat(64)}`,
  user: '1000:1000',
  privileged: false,
  readonlyRootFilesystem: true,
  environment: [{ name: 'DB_HOST', value: 'db' }],
  secrets: [{ name: 'TWILIO_AUTH_TOKEN', valueFrom: 'arn:aws:secretsmanager:us-east-1:1:secret:t' }],
  logConfiguration: { logDriver: 'awslogs' },
  linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'] } },
  healthCheck: { command: ['CMD', 'node', 'health.ts'] },
  stopTimeout: 120,
};

/** A task definition, with changes to its container. */
const task = (change: Readonly<Record<string, unknown>> = {}) => ({
  networkMode: 'awsvpc',
  memory: '1024',
  containerDefinitions: JSON.stringify([{ ...container, ...change }]),
});
const ofContainer = (...bad: readonly [object, ...object[]]): Case => {
  const [first, ...rest] = bad.map((change) => task({ ...change }));
  return byInputs(TASK, task(), first ?? task(), ...rest);
};
const served = { pointedAt: [{ type: SERVICE, by: 'taskDefinition' }] };
const shell = (cluster: Readonly<Record<string, unknown>>) =>
  sample(SERVICE, { enableExecuteCommand: true }, { from: { cluster: { type: CLUSTER, inputs: cluster } } });
const logged = (encrypted: boolean) => ({
  configuration: {
    executeCommandConfiguration: {
      logging: 'OVERRIDE',
      kmsKeyId: 'k',
      logConfiguration: { cloudWatchEncryptionEnabled: encrypted },
    },
  },
});

export const containerCases: Cases = {
  'task-network-and-user': byInputs(
    TASK,
    task(),
    { ...task(), networkMode: 'bridge' },
    task({ user: undefined }),
  ),
  'task-without-public-ip': byInputs(
    SERVICE,
    { networkConfiguration: { assignPublicIp: false } },
    { networkConfiguration: { assignPublicIp: true } },
  ),
  'task-own-processes': byInputs(TASK, task(), { ...task(), pidMode: 'host' }),
  'container-unprivileged': ofContainer({ privileged: true }),
  'read-only-root': ofContainer({ readonlyRootFilesystem: false }, { readonlyRootFilesystem: undefined }),
  'no-secret-in-variables': ofContainer(
    { environment: [{ name: 'TWILIO_AUTH_TOKEN', value: 'x' }] },
    { environment: [{ name: 'AWS_SECRET_ACCESS_KEY', value: 'x' }] },
    { environment: [{ name: 'DB_PASSWORD', value: 'x' }] },
  ),
  'container-logs': ofContainer({ logConfiguration: undefined }),
  'latest-platform': byInputs(SERVICE, { platformVersion: 'LATEST' }, { platformVersion: '1.3.0' }),
  'container-insights': byInputs(
    CLUSTER,
    { settings: [{ name: 'containerInsights', value: 'enabled' }] },
    { settings: [{ name: 'containerInsights', value: 'disabled' }] },
    {},
  ),
  'two-roles': {
    good: [sample(TASK, { taskRoleArn: 'a', executionRoleArn: 'b' })],
    bad: [sample(TASK, { taskRoleArn: 'a', executionRoleArn: 'a' })],
  },
  'exec-off-or-logged': {
    good: [sample(SERVICE, { enableExecuteCommand: false }), shell(logged(true))],
    bad: [shell({}), shell(logged(false)), sample(SERVICE, { enableExecuteCommand: true })],
  },
  'not-root': ofContainer({ user: 'root' }, { user: '0:0' }),
  'no-capabilities': ofContainer(
    { linuxParameters: { initProcessEnabled: true } },
    { linuxParameters: { initProcessEnabled: false, capabilities: { drop: ['ALL'] } } },
    { linuxParameters: { initProcessEnabled: true, capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } } },
  ),
  'memory-limit': byInputs(TASK, task(), { ...task(), memory: undefined }),
  'circuit-breaker': byInputs(
    SERVICE,
    { deploymentCircuitBreaker: { enable: true, rollback: true } },
    { deploymentCircuitBreaker: { enable: true, rollback: false } },
    {},
  ),
  'container-health-check': {
    good: [sample(TASK, task(), served), sample(TASK, task({ healthCheck: undefined }))],
    bad: [sample(TASK, task({ healthCheck: undefined }), served)],
  },
  'stop-timeout': ofContainer({ stopTimeout: 30 }, { stopTimeout: undefined }),
  'image-by-digest': ofContainer({ image: 'services:latest' }, { image: 'services@sha256:12' }),
};
