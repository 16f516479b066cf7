import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { localKinesis } from '../../apps/local/stores/kinesis-streams.ts';
import { localSqs } from '../../apps/local/stores/sqs-queues.ts';
import { loadSample } from '../../test/driver/sample.ts';
import { startSqsConsumerSender } from '../sender/sqs-consumer-sender.ts';
import { startDialog } from './dialog.ts';
import { startGateway } from './gateway.ts';
import { startLog } from './log.ts';
import { startOutbound } from './outbound.ts';
import { type NaiveTask, PATHS, type RoleName, type Stop } from './task.ts';

/**
 * One process of the naive composition. It says `started` to whoever started it, ends with 1 and says why where it cannot go on,
 * and ends in order on SIGTERM, or when whoever started it is gone.
 */
const task = JSON.parse(process.env.BENCH_NAIVE ?? '') as NaiveTask;
const kinesis = localKinesis(task.kinesisEndpoint);
const sqs = localSqs(task.sqsEndpoint);
const pool = createPool({ ...task.postgres, max: 10, applicationName: task.role }, () => undefined);
const fail = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
};

const programmeOf = async () => (await loadSample()).programme;

const starts: Record<RoleName, () => Promise<Stop>> = {
  gateway: () => startGateway(task, kinesis),
  dialog: async () => startDialog(task, await programmeOf(), { kinesis, pool, fail }),
  outbound: async () => startOutbound(task, await programmeOf(), { kinesis, sqs, pool, fail }),
  log: () => startLog(task, { kinesis, pool, fail }),
  sender: async () => {
    const carrier = createTwilioCarrier({
      TWILIO_ACCOUNT_SID: task.accountSid,
      TWILIO_AUTH_TOKEN: task.authToken,
      TWILIO_API_URL: task.carrierUrl,
      PUBLIC_URL: task.publicUrl,
    });
    const { stop } = startSqsConsumerSender({
      sqs,
      queueUrl: task.queueUrl,
      pool,
      carrier,
      consumers: 16,
      lookMs: 5_000,
      statusCallbackUrl: task.publicUrl + PATHS.status,
      onError: (error) => process.stderr.write(`${String(error)}\n`),
    });
    return stop;
  },
};

let stop: Stop;
try {
  stop = await starts[task.role]();
} catch (error) {
  fail(error);
  throw error;
}
const end = (): void => {
  stop()
    .then(() => pool.end())
    .then(() => process.exit(0), fail);
};
process.once('SIGTERM', end);
process.once('disconnect', end);
process.send?.('started');
