import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache } from '#test/compile-cache.ts';
import { startTestReceiver } from './test-receiver.ts';
import { accountSid, authToken, mainNumber, messagesUrl, phone, rawRequest } from './test-simulator.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

describe('the carrier simulator as a process', () => {
  let dataDir: string;
  let children: ChildProcess[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'carrier-'));
  });
  afterEach(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    children = [];
    await rm(dataDir, { recursive: true });
  });

  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    ...compileCache(),
    CARILLON_CARRIER_PORT: '0',
    CARILLON_CARRIER_DATA: dataDir,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    ORIGINATION_NUMBER: mainNumber,
    LOG_LEVEL: 'error',
    ...more,
  });
  async function start(more: Record<string, string> = {}): Promise<{ child: ChildProcess; url: string }> {
    const child = fork(entry, { env: environment(more) });
    children.push(child);
    const [ready]: unknown[] = await once(child, 'message');
    assert.ok(typeof ready === 'object' && ready !== null && 'type' in ready && 'url' in ready);
    assert.equal(ready.type, 'ready');
    return { child, url: String(ready.url) };
  }

  it('has every message that it had answered after it was killed, and reports all of their statuses', async () => {
    await using receiver = await startTestReceiver();
    const callback = { StatusCallback: `${receiver.url}/status` };
    const first = await start({ CARRIER_DELIVERED_AFTER_MS: '60000-60000' });
    const answered: string[] = [];
    const sendUntilDead = async (): Promise<void> => {
      for (;;) {
        const form = { To: phone, From: mainNumber, Body: `Text ${answered.length}`, ...callback };
        const { body } = await rawRequest(messagesUrl(first.url), form);
        answered.push(String(body.sid));
        if (answered.length === 200) first.child.kill('SIGKILL');
      }
    };
    // Eight at a time, so that the kill falls between acceptance and answer of some.
    await Promise.allSettled(Array.from({ length: 8 }, sendUntilDead));
    assert.ok(answered.length >= 200);

    const second = await start();
    const response = await fetch(`${second.url}/simulator/messages?limit=1000`);
    const text = await response.text();
    const missing = answered.filter((sid) => !text.includes(sid));
    assert.deepEqual(missing, []);
    const reported = (): Set<unknown> =>
      new Set(receiver.received.map(({ parameters }) => parameters.MessageSid));
    while (!answered.every((sid) => reported().has(sid)))
      await receiver.arrived(receiver.received.length + 1);
  });

  it('ends when its supervisor is gone', async () => {
    const { child } = await start();
    child.disconnect();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends on ${signal} with the journal written, also while a request hangs and a phone listens`, async () => {
      const { child, url } = await start();
      await fetch(`${url}/simulator/faults`, { method: 'POST', body: '{"hangRate":1}' });
      const listening = await fetch(`${url}/simulator/phones/${phone}/events`);
      const hanging = rawRequest(messagesUrl(url), { To: phone, From: mainNumber, Body: 'Hi' });
      const rejected = assert.rejects(hanging);
      await listening.body?.getReader().read();
      child.kill(signal);
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      await rejected;
    });
  }

  it('says all that is wrong with its configuration and exits 2', async () => {
    const child = spawn(process.execPath, [entry], {
      env: environment({
        TWILIO_ACCOUNT_SID: 'AC1',
        ORIGINATION_NUMBER: '5550100',
        CARRIER_SENT_AFTER_MS: 'soon',
      }),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 2);
    assert.match(
      said,
      /TWILIO_ACCOUNT_SID[\s\S]*ORIGINATION_NUMBER|ORIGINATION_NUMBER[\s\S]*TWILIO_ACCOUNT_SID/,
    );
    assert.match(said, /CARRIER_SENT_AFTER_MS/);
    assert.ok(!said.includes(authToken));
  });
});
