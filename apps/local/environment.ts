import { accessKeyOf, localAws } from './local-aws.ts';
import type { LocalSecrets } from './secrets.ts';

/** Where everything is on this machine. */
export interface Places {
  publicUrl: string;
  carrierUrl: string;
  postgres: { port: number; database: string };
  /** `cluster`: one of ours, as on AWS. */
  redis: { host: string; port: number; cluster: boolean };
  kinesisEndpoint: string;
  sqsEndpoint: string;
  /** Folder of the web console as it is built; null: it is not served. */
  consoleFolder: string | null;
}

export interface ServicePorts {
  health: number;
  /** Of its public paths. */
  public: number;
}

/** What services and the simulated carrier both know of carriers beside Twilio; read where `CARRIERS` names them. */
export const otherCarriers = (secrets: LocalSecrets): Record<string, string> => ({
  VONAGE_API_KEY: 'c0ffee00',
  VONAGE_APPLICATION_ID: '78d335fa-323d-4114-9c3d-d6f0d48968cf',
  VONAGE_PRIVATE_KEY: secrets.vonagePrivateKey,
  VONAGE_SIGNATURE_SECRET: secrets.vonageSignatureSecret,
  AWS_SMS_CONFIGURATION_SET: 'carillon-messages',
  AWS_SMS_TOPIC_ARNS: `arn:aws:sns:${localAws.region}:000000000000:carillon-inbound-sms`,
});

/**
 * The environment of a service: the variables that it has on AWS, with this machine's values. `overrides` of "*" and
 * of its own name win, in that order.
 */
export function environmentOf(
  service: string,
  parts: {
    places: Places;
    ports: ServicePorts;
    secrets: LocalSecrets;
    /** Its database role. */
    role: string;
    originationNumber: string;
    logLevel: string;
    overrides: Readonly<Record<string, Readonly<Record<string, string>>>>;
  },
): Record<string, string> {
  const { places, secrets, ports } = parts;
  const password = secrets.rolePasswords[service];
  if (password === undefined) throw new Error(`there is no database password for ${service}`);
  return {
    NODE_ENV: 'production',
    TZ: 'UTC',
    LOG_LEVEL: parts.logLevel,
    SERVICE_HOST: '127.0.0.1',
    HEALTH_PORT: String(ports.health),
    PORT: String(ports.public),
    DB_HOST: '127.0.0.1',
    DB_PORT: String(places.postgres.port),
    DB_NAME: places.postgres.database,
    DB_USER: parts.role,
    DB_PASSWORD: password,
    REDIS_HOST: places.redis.host,
    REDIS_PORT: String(places.redis.port),
    REDIS_CLUSTER: String(places.redis.cluster),
    AWS_REGION: localAws.region,
    AWS_ENDPOINT_URL_KINESIS: places.kinesisEndpoint,
    AWS_ENDPOINT_URL_SQS: places.sqsEndpoint,
    AWS_ACCESS_KEY_ID: accessKeyOf(service),
    AWS_SECRET_ACCESS_KEY: localAws.credentials.secretAccessKey,
    PUBLIC_URL: places.publicUrl,
    SHORT_LINK_BASE: places.publicUrl,
    ORIGINATION_NUMBER: parts.originationNumber,
    TWILIO_ACCOUNT_SID: secrets.twilioAccountSid,
    TWILIO_AUTH_TOKEN: secrets.twilioAuthToken,
    CONSENT_PEPPER: secrets.consentPepper,
    API_KEY_PEPPER: secrets.apiKeyPepper,
    API_LOCAL_SIGN_IN: 'true',
    WEBHOOK_SECRET_KEY: secrets.webhookSecretKey,
    WEBHOOKS_TO_THIS_MACHINE: 'true',
    TWILIO_API_URL: places.carrierUrl,
    ...otherCarriers(secrets),
    VONAGE_API_URL: places.carrierUrl,
    AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: places.carrierUrl,
    AWS_SNS_LOCAL_ORIGIN: places.carrierUrl,
    TIME_CAN_SKIP: 'true',
    ...(places.consoleFolder === null ? {} : { CONSOLE_DIR: places.consoleFolder }),
    ...parts.overrides['*'],
    ...parts.overrides[service],
  };
}
