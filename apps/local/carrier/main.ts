import { createPublicKey } from 'node:crypto';
import { webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import { type Config, readConfig } from '#shared/config.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { createLogger, type Logger } from '#shared/logger.ts';
import { simulatorSettings } from './settings.ts';
import { type CarrierSimulator, type CarrierSimulatorOptions, startCarrierSimulator } from './simulator.ts';

/**
 * The carrier simulator as a process. With an IPC channel it sends `{ type: 'ready', url }` once it listens, and ends
 * when the channel closes: its supervisor is gone. SIGTERM and SIGINT end it with the journal written.
 */
try {
  await run();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(error instanceof CarillonError && error.code === 'invalid_configuration' ? 2 : 1);
}

async function run(): Promise<void> {
  const config = readConfig(simulatorSettings, process.env);
  const logger = createLogger('carrier-simulator', config.LOG_LEVEL);
  const simulator = await startCarrierSimulator({
    port: config.CARILLON_CARRIER_PORT,
    host: config.CARILLON_CARRIER_HOST,
    dataDir: config.CARILLON_CARRIER_DATA,
    accountSid: config.TWILIO_ACCOUNT_SID,
    authToken: config.TWILIO_AUTH_TOKEN,
    mainNumber: config.ORIGINATION_NUMBER,
    inboundUrl: config.CARRIER_INBOUND_WEBHOOK_URL,
    inboundUrlByNumber: config.CARRIER_INBOUND_WEBHOOK_URLS,
    voiceUrl: config.CARRIER_VOICE_WEBHOOK_URL,
    callSpeed: config.CARRIER_CALL_SPEED,
    callsPerSecond: config.CARRIER_CALLS_PER_SECOND,
    carrierByNumber: config.CARRIER_NUMBERS,
    ...othersOf(config),
    carrierHandlesOptOut: config.CARRIER_HANDLES_OPT_OUT,
    maxMessages: config.CARILLON_CARRIER_MAX_MESSAGES,
    sentAfterMs: config.CARRIER_SENT_AFTER_MS,
    deliveredAfterMs: config.CARRIER_DELIVERED_AFTER_MS,
    logger,
  });
  endWithSupervisor(simulator, logger);
  logger.info(
    { url: simulator.url, messages: simulator.control.stats().messages },
    'carrier simulator started',
  );
  process.send?.({ type: 'ready', url: simulator.url });
}

/** Carriers beside Twilio, as far as they are set up. */
function othersOf(config: Config<typeof simulatorSettings>): Pick<CarrierSimulatorOptions, 'vonage' | 'aws'> {
  const base = config.CARRIER_PUBLIC_URL?.replace(/\/$/, '') ?? null;
  const under = (path: string): string | null => (base === null ? null : base + path);
  const {
    AWS_SMS_TOPIC_ARNS: topics,
    VONAGE_API_KEY: apiKey,
    VONAGE_APPLICATION_ID: applicationId,
    VONAGE_PRIVATE_KEY: privateKey,
    VONAGE_SIGNATURE_SECRET: signatureSecret,
  } = config;
  const { inbound, status } = webhookPaths('vonage');
  return {
    ...(apiKey === null || applicationId === null || privateKey === null || signatureSecret === null
      ? {}
      : {
          vonage: {
            apiKey,
            applicationId,
            publicKey: createPublicKey(privateKey),
            signatureSecret,
            inboundUrl: under(inbound),
            statusUrl: under(status),
          },
        }),
    ...(topics?.[0] === undefined
      ? {}
      : { aws: { topicArn: topics[0], endpoint: under(webhookPaths('aws').inbound) } }),
  };
}

function endWithSupervisor(simulator: CarrierSimulator, logger: Logger): void {
  let stopping = false;
  const stop = (cause: string): void => {
    if (stopping) return;
    stopping = true;
    simulator.stop().then(
      () => {
        logger.info({ cause }, 'carrier simulator stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'carrier simulator did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('the supervisor is gone'));
}
