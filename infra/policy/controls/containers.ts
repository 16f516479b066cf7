import { type Control, type Resource, when } from '../control.ts';
import { given, isTrue, jsonObjectsAt, listAt, numberAt, objectsAt, pointingAt, textAt } from '../inputs.ts';

const TASKS = ['aws:ecs/taskDefinition:TaskDefinition'];
const SERVICES = ['aws:ecs/service:Service'];
const CLUSTERS = ['aws:ecs/cluster:Cluster'];

type Container = Readonly<Record<string, unknown>>;

/** The containers of which something is not so, as a fault. */
const containersWhere = (
  resource: Resource,
  bad: (container: Container) => boolean,
  what: string,
): string | undefined => {
  const names = jsonObjectsAt(resource.inputs, 'containerDefinitions')
    .filter(bad)
    .map((container) => textAt(container, 'name'));
  return when(names.length > 0, `${what}: ${names.join(', ')}`);
};

const AS_ROOT = /^(0|root)(:|$)/;
const userOf = (container: Container): string => textAt(container, 'user');
/** Names of variables whose value nobody should read in a task definition. */
const SECRET_NAME =
  /PASSWORD|SECRET|TOKEN|PEPPER|PRIVATE|CREDENTIAL|(ACCESS|API|AUTH|SIGNING)_?KEY|ECS_ENGINE_AUTH_DATA/;

export const containerControls: readonly Control[] = [
  {
    name: 'task-network-and-user',
    ids: ['ECS.1', 'ECS.17'],
    title: 'Tasks have a network interface of their own, and containers name the user that they run as.',
    types: TASKS,
    check: (task) =>
      when(textAt(task.inputs, 'networkMode') !== 'awsvpc', 'its network mode is not awsvpc') ??
      containersWhere(task, (container) => userOf(container) === '', 'no user is named'),
  },
  {
    name: 'task-without-public-ip',
    ids: ['ECS.2', 'CKV_AWS_333'],
    title: 'Tasks have no public address.',
    types: SERVICES,
    check: ({ inputs }) =>
      when(isTrue(inputs, 'networkConfiguration.assignPublicIp'), 'its tasks are given a public address'),
  },
  {
    name: 'task-own-processes',
    ids: ['ECS.3', 'CKV_AWS_335'],
    title: 'Tasks do not share the processes of their host.',
    types: TASKS,
    check: ({ inputs }) => when(textAt(inputs, 'pidMode') === 'host', 'it sees the processes of its host'),
  },
  {
    name: 'container-unprivileged',
    ids: ['ECS.4', 'CKV_AWS_334'],
    title: 'Containers are not privileged.',
    types: TASKS,
    check: (task) => containersWhere(task, (container) => isTrue(container, 'privileged'), 'privileged'),
  },
  {
    name: 'read-only-root',
    ids: ['ECS.5', 'CKV_AWS_336'],
    title: 'Containers cannot write to their root file system.',
    types: TASKS,
    check: (task) =>
      containersWhere(task, (container) => !isTrue(container, 'readonlyRootFilesystem'), 'writable root'),
  },
  {
    name: 'no-secret-in-variables',
    ids: ['ECS.8', 'AwsSolutions-ECS2'],
    title: 'Secrets reach containers as secrets, never as plain variables.',
    types: TASKS,
    check: (task) =>
      containersWhere(
        task,
        (container) =>
          objectsAt(container, 'environment').some((variable) => SECRET_NAME.test(textAt(variable, 'name'))),
        'a variable looks like a secret',
      ),
  },
  {
    name: 'container-logs',
    ids: ['ECS.9', 'AwsSolutions-ECS7'],
    title: 'Containers write their log somewhere.',
    types: TASKS,
    check: (task) =>
      containersWhere(task, (container) => !given(container, 'logConfiguration.logDriver'), 'no log'),
  },
  {
    name: 'latest-platform',
    ids: ['ECS.10', 'CKV_AWS_332'],
    title: 'Tasks run on the latest Fargate platform.',
    types: SERVICES,
    check: ({ inputs }) =>
      when(!['', 'LATEST'].includes(textAt(inputs, 'platformVersion')), 'it is tied to a platform version'),
  },
  {
    name: 'container-insights',
    ids: ['ECS.12', 'CKV_AWS_65', 'AwsSolutions-ECS4'],
    title: 'Clusters measure their tasks.',
    types: CLUSTERS,
    check: ({ inputs }) =>
      when(
        !objectsAt(inputs, 'settings').some(
          (setting) =>
            textAt(setting, 'name') === 'containerInsights' &&
            ['enabled', 'enhanced'].includes(textAt(setting, 'value')),
        ),
        'Container Insights is off',
      ),
  },
  {
    name: 'two-roles',
    ids: ['CKV_AWS_249'],
    title: 'The role that starts a task is not the role that it works with.',
    types: TASKS,
    across: true,
    check: ({ inputs, propertyDependencies }) => {
      const made = (role: string): string => (propertyDependencies[role] ?? []).toSorted().join();
      const same = made('taskRoleArn') === '' ? undefined : made('taskRoleArn') === made('executionRoleArn');
      return when(
        same ?? textAt(inputs, 'taskRoleArn') === textAt(inputs, 'executionRoleArn'),
        'one role for both',
      );
    },
  },
  {
    name: 'exec-off-or-logged',
    ids: ['CKV_AWS_223', 'CKV_AWS_224'],
    title: 'Nobody opens a shell in a task, or its session is logged and encrypted.',
    types: SERVICES,
    across: true,
    check: (service, stack) => {
      if (!isTrue(service.inputs, 'enableExecuteCommand')) return undefined;
      const command = 'configuration.executeCommandConfiguration';
      const logged = (service.propertyDependencies.cluster ?? []).some((urn) =>
        stack.some(
          ({ urn: other, inputs }) =>
            other === urn &&
            textAt(inputs, `${command}.logging`) === 'OVERRIDE' &&
            given(inputs, `${command}.kmsKeyId`) &&
            (isTrue(inputs, `${command}.logConfiguration.cloudWatchEncryptionEnabled`) ||
              isTrue(inputs, `${command}.logConfiguration.s3BucketEncryptionEnabled`)),
        ),
      );
      return when(!logged, 'shells are allowed and not logged with encryption');
    },
  },
  {
    name: 'not-root',
    ids: ['ECS.20'],
    title: 'Containers do not run as root.',
    types: TASKS,
    check: (task) => containersWhere(task, (container) => AS_ROOT.test(userOf(container)), 'runs as root'),
  },
  {
    name: 'no-capabilities',
    ids: ['CARILLON.1'],
    title: 'Containers give up all capabilities of Linux and have an init process.',
    types: TASKS,
    check: (task) =>
      containersWhere(
        task,
        (container) =>
          !listAt(container, 'linuxParameters.capabilities.drop').includes('ALL') ||
          listAt(container, 'linuxParameters.capabilities.add').length > 0 ||
          !isTrue(container, 'linuxParameters.initProcessEnabled'),
        'capabilities kept or no init process',
      ),
  },
  {
    name: 'memory-limit',
    ids: ['CARILLON.2'],
    title: 'Tasks have a limit of memory.',
    types: TASKS,
    check: ({ inputs }) => when((numberAt(inputs, 'memory') ?? 0) <= 0, 'no limit of memory'),
  },
  {
    name: 'circuit-breaker',
    ids: ['CARILLON.3'],
    title: 'A deployment that does not become healthy is rolled back.',
    types: SERVICES,
    check: ({ inputs }) =>
      when(
        !isTrue(inputs, 'deploymentCircuitBreaker.enable') ||
          !isTrue(inputs, 'deploymentCircuitBreaker.rollback'),
        'no circuit breaker with rollback',
      ),
  },
  {
    name: 'container-health-check',
    ids: ['CARILLON.4'],
    title: 'Containers of services say whether they are well. What ends by itself says it by its exit code.',
    types: TASKS,
    across: true,
    check: (task, stack) =>
      pointingAt(task, stack, 'aws:ecs/service:Service', 'taskDefinition').length === 0
        ? undefined
        : containersWhere(
            task,
            (container) => listAt(container, 'healthCheck.command').length === 0,
            'no health check',
          ),
  },
  {
    name: 'stop-timeout',
    ids: ['CARILLON.5'],
    title: 'Tasks have two minutes to hand over their work, the most that Fargate gives.',
    types: TASKS,
    check: (task) =>
      containersWhere(task, (container) => numberAt(container, 'stopTimeout') !== 120, 'not 120 seconds'),
  },
  {
    name: 'image-by-digest',
    ids: ['CARILLON.6'],
    title: 'Containers run an image by its digest, so that what was tested is what runs.',
    types: TASKS,
    check: (task) =>
      containersWhere(
        task,
        (container) => !/@sha256:[0-9a-f]{64}$/.test(textAt(container, 'image')),
        'image without digest',
      ),
  },
];
