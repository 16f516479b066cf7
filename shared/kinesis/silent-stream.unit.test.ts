import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { systemClock } from '#shared/clock.ts';
import { silentLogger } from '#shared/logger.ts';
import { createStreamProducer } from './producer.ts';

describe('A stream that takes requests and never answers', () => {
  let server: Server;
  let kinesis: KinesisClient;
  let silent = true;
  let requests = 0;

  beforeEach(async () => {
    silent = true;
    requests = 0;
    server = createServer((request, response) => {
      requests += 1;
      if (silent) return;
      request.resume().on('end', () => {
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(
          JSON.stringify({ FailedRecordCount: 0, Records: [{ SequenceNumber: '1', ShardId: 's' }] }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    kinesis = new KinesisClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${address.port}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler(),
    });
  });
  afterEach(async () => {
    kinesis.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('lets every put end within its time, and takes nothing from those that come when it answers again', async () => {
    const producer = createStreamProducer({
      kinesis,
      nameOf: (name) => name,
      clock: systemClock(),
      logger: silentLogger,
      patienceMs: 200,
      maxInFlight: 1,
    });
    await assert.rejects(producer.put('message-log', '+14155550101', '{}'), { code: 'unavailable' });
    assert.ok(requests >= 1);
    silent = false;
    await producer.put('message-log', '+14155550102', '{}');
    await producer.close();
  });
});
