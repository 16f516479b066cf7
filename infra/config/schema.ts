import { z } from 'zod';
import { roles } from '#shared/api-keys/role.ts';
import { type ServiceName, type StreamName, services, streams } from '#shared/topology.ts';
import { isWeekly } from '../services/weekly-schedule.ts';

/**
 * Everything that a stack file may say (keys `carillon:...` of Pulumi.<stack>.yaml). The description of a field is
 * what a fault tells the operator to do. Defaults by environment class are in defaults.ts.
 */

const streamNames = Object.keys(streams) as [StreamName, ...StreamName[]];
const serviceNames = Object.keys(services) as [ServiceName, ...ServiceName[]];

/** Retention that CloudWatch Logs accepts, in days. */
export const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Days that Performance Insights can keep: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html */
const INSIGHTS_DAYS: ReadonlySet<number> = new Set([
  7,
  ...Array.from({ length: 23 }, (_, month) => 31 * (month + 1)),
  731,
]);

/** Memory in MiB that Fargate offers with each CPU size. */
export const FARGATE_SIZES: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: [1024, 2048, 3072, 4096],
  1024: [2048, 3072, 4096, 5120, 6144, 7168, 8192],
  2048: [4096, 5120, 6144, 7168, 8192, 9216, 10_240, 11_264, 12_288, 13_312, 14_336, 15_360, 16_384],
};

const hostName = z
  .string()
  .regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, 'must be a host name');

const weekly = z
  .string()
  .refine(isWeekly, 'must be a schedule of days of the week, as cron(0 20 ? * MON-FRI *)');

const taskCounts = z
  .strictObject({
    minTasks: z
      .int()
      .min(0)
      .max(100)
      .optional()
      .describe('Give the least number of tasks; 0 only for a service that receives from queues.'),
    maxTasks: z.int().min(1).max(200).optional().describe('Give the greatest number of tasks.'),
    cpu: z.int().optional().describe('Give 256, 512, 1024 or 2048 CPU units.'),
    memoryMiB: z.int().optional().describe('Give a memory size that Fargate offers with the CPU size.'),
    environment: z
      .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string())
      .optional()
      .describe('Give variables of docs/configuration.md as NAME: "text". Secrets do not belong here.'),
  })
  .describe('Give minTasks, maxTasks, cpu, memoryMiB or environment.');

export const infraSettingsSchema = z
  .strictObject({
    class: z
      .enum(['dev', 'prod'])
      .describe('Set carillon:class to dev (small, cheap) or prod (highly available).'),
    domain: hostName.describe(
      'Set carillon:domain to the host name under which carriers and people reach this environment.',
    ),
    hostedZoneId: z
      .string()
      .regex(/^Z[A-Z0-9]{5,31}$/)
      .optional()
      .describe(
        'Set carillon:hostedZoneId to the Route 53 zone of the domain; certificate and record are then made.',
      ),
    certificateArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/)
      .optional()
      .describe(
        'Set carillon:certificateArn to a certificate for the domain, when its zone is kept elsewhere.',
      ),
    imageDigest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional()
      .describe(
        'Set carillon:imageDigest to the digest that was pushed; left out: the image is built by pulumi up.',
      ),
    network: z.strictObject({
      cidr: z
        .string()
        .regex(
          /^(10\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])|172\.(1[6-9]|2\d|3[01])|192\.168)\.0\.0\/16$/,
          'must be a /16 of RFC 1918',
        )
        .describe('Give 10.0.0.0/16 to 10.255.0.0/16, 172.16.0.0/16 to 172.31.0.0/16, or 192.168.0.0/16.'),
      zones: z.int().min(2).max(3).describe('Give 2 or 3 availability zones.'),
      natGateways: z.int().min(1).max(3).describe('Give 1, or as many as there are zones.'),
      flowLogs: z
        .enum(['ALL', 'REJECT'])
        .describe('Give ALL, or REJECT to keep only refused connections (cheaper).'),
      interfaceEndpoints: z
        .boolean()
        .describe(
          'Give true to keep traffic to AWS off the NAT (about $7 a month for each endpoint and zone).',
        ),
    }),
    streams: z.strictObject({
      mode: z
        .enum(['provisioned', 'on-demand'])
        .describe('Give provisioned (cheaper with steady load) or on-demand.'),
      retentionHours: z.int().min(24).max(8760).describe('Give hours between 24 and 8760.'),
      shards: z
        .partialRecord(z.enum(streamNames), z.int().min(1).max(500))
        .describe(`Give shards by stream (${streamNames.join(', ')}).`),
      fanOut: z
        .boolean()
        .describe(
          'Give true to read all streams by enhanced fan-out instead of polling (about $11 a month for each consumer and shard).',
        ),
    }),
    database: z.strictObject({
      minAcu: z
        .number()
        .min(0)
        .max(256)
        .multipleOf(0.5)
        .describe('Give Aurora capacity units, in halves; 0 lets it pause.'),
      maxAcu: z.number().min(1).max(256).multipleOf(0.5).describe('Give Aurora capacity units, in halves.'),
      engineVersion: z
        .string()
        .regex(/^17(\.\d{1,2})?$/, 'is no version of Aurora PostgreSQL 17')
        .describe(
          "Give 17 for the minor version that AWS gives to new clusters, or one of them as 17.7. It counts when the cluster is made; later ones are RDS's own doing.",
        ),
      instances: z.int().min(1).max(5).describe('Give 1, or 2 and more for failover.'),
      backupDays: z.int().min(1).max(35).describe('Give days of point-in-time recovery, 1 to 35.'),
      insightsDays: z
        .int()
        .refine((days) => INSIGHTS_DAYS.has(days), 'is nothing that Performance Insights keeps')
        .describe('Give 7 (free), a multiple of 31 up to 713, or 731 (two years).'),
    }),
    cache: z.strictObject({
      maxGigabytes: z.int().min(1).max(5_000).describe('Give the limit of stored data in GB.'),
      maxEcpuPerSecond: z.int().min(1_000).max(15_000_000).describe('Give the limit of ECPU per second.'),
    }),
    logs: z.strictObject({
      retentionDays: z
        .literal(LOG_RETENTION_DAYS)
        .describe(`Give one of ${LOG_RETENTION_DAYS.join(', ')} days.`),
    }),
    web: z.strictObject({
      idleTimeoutSeconds: z
        .int()
        .min(20)
        .max(60)
        .describe('Give 20 to 60 seconds: less than the 65 s that the services keep a connection.'),
      requestsPerFiveMinutes: z
        .int()
        .min(100)
        .max(2_000_000_000)
        .describe('Give the most requests of one address in five minutes; signed webhooks are not counted.'),
      signIn: z
        .strictObject({
          issuer: z.url().describe("Give the identity provider's issuer address."),
          authorizationEndpoint: z.url(),
          tokenEndpoint: z.url(),
          userInfoEndpoint: z.url(),
          clientId: z.string().min(1),
          roleClaim: z.string().min(1).describe('Give the claim that says what groups somebody is in.'),
          roles: z
            .record(z.string().regex(/^[^,]+$/, 'must have no comma'), z.enum(roles))
            .describe(`Give the role of each group: ${roles.join(', ')}.`),
        })
        .optional()
        .describe(
          'Give issuer, endpoints, clientId, roleClaim and roles of an OIDC provider, and the secret as carillon:signInSecret.',
        ),
    }),
    services: z.strictObject({
      spotShare: z
        .number()
        .min(0)
        .max(1)
        .describe('Give the share of tasks of consumers on Spot capacity, 0 to 1.'),
      spotForAll: z
        .boolean()
        .describe('Give true to run gateway and API on Spot as well (not in production).'),
      defaults: taskCounts,
      byName: z
        .partialRecord(z.enum(serviceNames), taskCounts)
        .describe(`Give deviations by service (${serviceNames.join(', ')}).`),
    }),
    carrier: z.strictObject({
      twilioAccountSid: z
        .string()
        .regex(/^AC[0-9a-f]{32}$/)
        .describe('Set carillon:carrier to {twilioAccountSid: AC...} of your Twilio account.'),
      vonage: z
        .strictObject({
          apiKey: z.string().regex(/^[0-9a-f]{8}$/),
          applicationId: z.uuid(),
        })
        .optional()
        .describe('Give {apiKey, applicationId} of your Vonage account to send through it as well.'),
      originationNumber: z
        .string()
        .regex(/^\+[1-9]\d{6,14}$/)
        .describe('Give the number that messages come from, in E.164 form.'),
      messagesPerSecond: z
        .number()
        .positive()
        .max(10_000)
        .describe(
          'Give what the carrier takes from all your numbers together, in message segments a second.',
        ),
    }),
    agent: z
      .strictObject({
        agentId: z
          .string()
          .regex(/^[0-9A-Za-z]{1,10}$/)
          .describe('Give the id of an Amazon Bedrock agent of this account and region.'),
        aliasId: z
          .string()
          .regex(/^[0-9A-Za-z]{1,10}$/)
          .describe('Give the id of the alias of it that answers.'),
      })
      .optional()
      .describe('Give agentId and aliasId of a Bedrock agent; left out: the agent answers by rules.'),
    organisation: z.strictObject({
      name: z.string().min(1).describe('Give the name that HELP and STOP answers use.'),
      contact: z
        .string()
        .min(1)
        .describe('Give a telephone number or e-mail address for people who ask for help.'),
    }),
    alarms: z.strictObject({
      emails: z.array(z.email()).describe('Give the addresses that are told of alarms.'),
    }),
    endUserMessaging: z.strictObject({
      enabled: z.boolean().describe('Give true to request a toll-free number from AWS End User Messaging.'),
    }),
    offHours: z
      .strictObject({
        stop: weekly,
        start: weekly,
        timeZone: z.string().min(3),
      })
      .optional()
      .describe(
        'Give stop, start (cron(minute hour ? * days *)) and timeZone: services have no tasks in between. Not in production.',
      ),
    protect: z
      .boolean()
      .describe('Give true to keep everything that holds data from being deleted, by pulumi and by AWS.'),
  })
  .superRefine((settings, context) => {
    const fault = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    if ((settings.hostedZoneId === undefined) === (settings.certificateArn === undefined)) {
      fault(['hostedZoneId'], 'exactly one of hostedZoneId and certificateArn is needed');
    }
    const { zones, natGateways } = settings.network;
    if (natGateways !== 1 && natGateways !== zones)
      fault(['network', 'natGateways'], `must be 1 or ${zones}`);
    if (settings.database.maxAcu < settings.database.minAcu) {
      fault(['database', 'maxAcu'], 'is below minAcu');
    }
    if (settings.database.minAcu === 0 && settings.offHours === undefined) {
      fault(['database', 'minAcu'], 'is 0 without offHours: leases and due rows keep the database awake');
    }
    if (settings.class === 'prod') {
      if (settings.database.instances < 2) fault(['database', 'instances'], 'must be at least 2 in prod');
      if (!settings.protect) fault(['protect'], 'must be true in prod');
      if (settings.services.spotForAll) fault(['services', 'spotForAll'], 'must be false in prod');
      if (settings.offHours !== undefined) fault(['offHours'], 'is not for prod');
    }
  });

export type InfraSettings = z.infer<typeof infraSettingsSchema>;
export type BedrockAgent = NonNullable<InfraSettings['agent']>;
