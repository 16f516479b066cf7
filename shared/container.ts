import { type ServiceName, services } from './topology.ts';

/**
 * How the image runs, stated once: the Dockerfile, the task definitions and the tests that run the services as tasks
 * do all hold to it. docs/containers.md says what a task does with it.
 */

/** Where the product lies in the image; the entries of the topology are relative to it. */
export const IMAGE_FOLDER = '/app';

/** User and group that every process runs as: `node` in the base image, by number so that ECS can see it is not root. */
export const CONTAINER_USER = '1000:1000';

export const HEALTH_PORT = 8080;
/** Of services with public paths. */
export const PUBLIC_PORT = 8000;

/** What ECS waits between SIGTERM and SIGKILL: the most that Fargate allows. */
export const STOP_TIMEOUT_SECONDS = 120;
/** What a service allows itself of that; DRAIN_MS of its configuration. */
const DRAIN_SECONDS = 100;

/**
 * How long a connection to the load balancer may be idle before the services close it. The load balancer's own idle
 * time-out must be shorter, or it would send requests on connections that are being closed.
 */
export const KEEP_ALIVE_SECONDS = 65;

/**
 * How long a stopping service still takes new connections. ECS takes a task out of its target group before SIGTERM,
 * except when Spot capacity is reclaimed: then the load balancer learns of it from /ready, at two failed looks.
 */
const LINGER_SECONDS = 10;
/** How often the load balancer must look at /ready for that, and how many failures must be enough. */
export const READINESS_CHECK = { path: '/ready', intervalSeconds: 5, unhealthyThreshold: 2 } as const;

/** The command of a service. An array: no shell stands between ECS and the process, so SIGTERM reaches it. */
export const commandOf = (service: ServiceName): string[] => ['node', services[service].entry];

/** The one-off task that migrates the database and applies grants. Ends with 0 or 1. */
export const MIGRATION_COMMAND: readonly string[] = ['node', 'apps/migrate/main.ts'];

/** The operator's task, which is no service: nobody runs it but people. */
export const OPERATOR = 'ops';
/** The operator's command, where nobody says which: it lists what there is. */
export const OPERATOR_COMMAND: readonly string[] = ['node', 'apps/ops/main.ts', 'help'];

/**
 * ECS's health check of the container: exit code 0 while /health answers 200. There is no curl in the image, and Node
 * without TypeScript starts in 40 ms. Five failures in a row are needed because a small task shares one slow core with
 * the check itself.
 */
export const HEALTH_CHECK = {
  command: [
    'CMD',
    'node',
    '-e',
    `require('node:http').get({port:process.env.HEALTH_PORT,path:'/health',timeout:4000},(a)=>process.exit(a.statusCode===200?0:1)).on('timeout',()=>process.exit(1)).on('error',()=>process.exit(1))`,
  ],
  intervalSeconds: 30,
  timeoutSeconds: 10,
  retries: 5,
  startPeriodSeconds: 60,
} as const;

/** Variables of tasks that work as the owner of the database; DB_HOST, DB_PORT, DB_NAME and the secret DB_SECRET are the environment's. */
export const OWNER_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  TZ: 'UTC',
  DB_SSL: 'true',
};

/** Variables that every service has, whatever the environment. The rest of docs/configuration.md is the environment's. */
export const TASK_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  TZ: 'UTC',
  SERVICE_HOST: '0.0.0.0',
  HEALTH_PORT: String(HEALTH_PORT),
  PORT: String(PUBLIC_PORT),
  DRAIN_MS: String(DRAIN_SECONDS * 1_000),
  LINGER_MS: String(LINGER_SECONDS * 1_000),
  KEEP_ALIVE_MS: String(KEEP_ALIVE_SECONDS * 1_000),
  DB_IAM_AUTH: 'true',
  REDIS_CLUSTER: 'true',
  REDIS_TLS: 'true',
};
