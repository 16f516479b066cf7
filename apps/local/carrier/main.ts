import { readConfig } from '#shared/config.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import { createLogger, type Logger } from '#shared/logger.ts';
import { carrierSettings } from './settings.ts';
import { type CarrierSimulator, startCarrierSimulator } from './simulator.ts';

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
  const config = readConfig(carrierSettings, process.env);
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
