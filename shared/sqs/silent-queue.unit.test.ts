import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { SQSClient } from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { fifoQueue } from './fifo-queue.ts';

describe('A queue that takes requests and never answers', () => {
  let server: Server;
  let sqs: SQSClient;
  let url: string;
  const polls: ServerResponse[] = [];
  const polled = Promise.withResolvers<void>();

  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      if (request.headers['x-amz-target'] !== 'AmazonSQS.ReceiveMessage') return;
      polls.push(response);
      polled.resolve();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    url = `http://127.0.0.1:${address.port}/000000000000/test.fifo`;
    sqs = new SQSClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${address.port}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ requestTimeout: 25_000, throwOnRequestTimeout: true }),
    });
  });
  after(async () => {
    sqs.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('lets every call end within its time, and a long poll wait for as long as it may', async () => {
    const queue = fifoQueue(sqs, url, 50);
    const receiving = queue.receive({
      max: 10,
      waitSeconds: 20,
      visibilitySeconds: 30,
      signal: new AbortController().signal,
    });
    await polled.promise;
    const entry = { groupId: '+14155550101', deduplicationId: '1', body: '{}' };
    await assert.rejects(queue.send([entry]), { name: 'TimeoutError' });
    await assert.rejects(queue.delete(['receipt']), { name: 'TimeoutError' });
    await assert.rejects(queue.changeVisibility(['receipt'], 30), { name: 'TimeoutError' });
    for (const response of polls) {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end('{}');
    }
    assert.deepEqual(await receiving, []);
  });
});
