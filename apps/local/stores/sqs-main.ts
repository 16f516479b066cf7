import { subscribe } from 'node:diagnostics_channel';
import type { DatabaseSync } from 'node:sqlite';
import { startFauxqs } from 'fauxqs';
import { integer, optionalText, readConfig } from '#shared/config.ts';
import { localAws } from '../local-aws.ts';

/** SQS on this machine (fauxqs), on loopback. Ends on SIGTERM and with whoever started it. */
const config = readConfig(
  {
    SQS_PORT: integer({ min: 1, max: 65535 }, { help: 'Port to listen on.' }),
    SQS_FOLDER: optionalText({ help: 'Where messages are kept; empty: in memory.' }),
  },
  process.env,
);

// fauxqs 2 listens on every interface and offers no setting for it. Node announces each listen() before it happens,
// with the options that it is about to use.
const announcesListen = (message: unknown): message is { options: { host?: string } } =>
  typeof message === 'object' &&
  message !== null &&
  'options' in message &&
  typeof message.options === 'object' &&
  message.options !== null;
subscribe('tracing:net.server.listen:asyncStart', (message) => {
  if (announcesListen(message)) message.options.host = '127.0.0.1';
});

/**
 * fauxqs 2.4 gives an entry back (visibility of 0) by taking it out of what is in hand, and then fails to keep that in its file,
 * where the count of receives may not be null: nobody is handed the entry before the next start. The count stays as it is here.
 */
interface KeptMessages {
  db: DatabaseSync;
  updateMessageReady(messageId: string): void;
}
const { PersistenceManager } = (await import(
  new URL('persistence.js', import.meta.resolve('fauxqs')).href
)) as { PersistenceManager: { prototype: KeptMessages } };
PersistenceManager.prototype.updateMessageReady = function (messageId): void {
  this.db
    .prepare('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?')
    .run(messageId);
};

/**
 * Whoever waits for messages has fauxqs look 50 times a second for those that become visible again: a twentieth of what the whole
 * stack takes while nothing happens. New ones are handed out at once either way.
 */
const LOOK_MS = 100;
interface WaitedFor {
  pollTimer?: NodeJS.Timeout;
  processTimers(): void;
  startPollTimerIfNeeded(): void;
}
const { SqsQueue } = (await import(new URL('sqs/sqsStore.js', import.meta.resolve('fauxqs')).href)) as {
  SqsQueue: { prototype: WaitedFor };
};
SqsQueue.prototype.startPollTimerIfNeeded = function (): void {
  this.pollTimer ??= setInterval(() => this.processTimers(), LOOK_MS);
};

const server = await startFauxqs({
  port: config.SQS_PORT,
  logger: false,
  defaultRegion: localAws.region,
  ...(config.SQS_FOLDER === null ? {} : { dataDir: config.SQS_FOLDER }),
}).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});

const stop = (): void => {
  server.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
for (const event of ['SIGTERM', 'SIGINT', 'disconnect']) process.once(event, stop);
