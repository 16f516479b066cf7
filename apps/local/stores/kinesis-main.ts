import kinesalite from 'kinesalite';
import { integer, optionalText, readConfig } from '#shared/config.ts';

/** Kinesis on this machine (kinesalite), on loopback. Ends on SIGTERM and with whoever started it. */
const config = readConfig(
  {
    KINESIS_PORT: integer({ min: 1, max: 65535 }, { help: 'Port to listen on.' }),
    KINESIS_FOLDER: optionalText({ help: 'Where records are kept; empty: in memory.' }),
  },
  process.env,
);

const server = kinesalite({
  ...(config.KINESIS_FOLDER === null ? {} : { path: config.KINESIS_FOLDER }),
  createStreamMs: 20,
  deleteStreamMs: 20,
  updateStreamMs: 20,
  shardLimit: 10_000,
});
server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
// Node's default of 5 s closes connections that clients keep for longer, under their requests.
server.keepAliveTimeout = 120_000;
server.listen(config.KINESIS_PORT, '127.0.0.1');

const stop = (): void => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, stop);
