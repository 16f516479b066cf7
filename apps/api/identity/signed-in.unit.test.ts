import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { services } from '#shared/topology.ts';
import { signedInRouter } from './signed-in.ts';

describe('The path where people sign in', () => {
  let server: Server;
  let url: string;
  before(async () => {
    server = createServer(express().use(signedInRouter()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it('is the one at which the load balancer asks, and leads on to the console', async () => {
    const response = await fetch(url + services.api.signInPath, { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [303, '/console/']);
    assert.equal(response.headers.get('cache-control'), 'no-store', 'or nobody would be asked a second time');
  });

  it('leads nowhere else, whatever is added to it', async () => {
    const response = await fetch(`${url}${services.api.signInPath}?to=https://evil.example`, {
      redirect: 'manual',
    });
    assert.equal(response.headers.get('location'), '/console/');
  });
});
