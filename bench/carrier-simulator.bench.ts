import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Aim, publish, shown } from './figures.ts';
import { benchmarkArguments } from './harness.ts';

/**
 * How many messages per second the carrier simulator carries: POST Messages over kept connections, closed loop, to the
 * simulator in a process of its own with its journal on disk, which posts two status callbacks per message to a trivial
 * receiver. Loopback; ends within about 20 seconds. Fails if a message or one of its callbacks is missing or repeated.
 *
 *   node bench/carrier-simulator.bench.ts [--quick] [--json FILE]
 */
const { quick, json } = benchmarkArguments();
const seconds = quick ? 5 : 10;
const connections = 64;

const accountSid = `AC${'0'.repeat(32)}`;
const authToken = 'bench-token';
const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

/** By message sid: how often its callbacks arrived. */
const callbacks = new Map<string, { sent: number; delivered: number }>();
let lastCallbackAt = 0;

const receiver = createServer((incoming, response) => {
  let form = '';
  incoming.setEncoding('utf8');
  incoming.on('data', (chunk: string) => {
    form += chunk;
  });
  incoming.on('end', () => {
    const sid = /(?:^|&)MessageSid=(\w+)/.exec(form)?.[1] ?? '';
    const counts = callbacks.get(sid) ?? { sent: 0, delivered: 0 };
    if (form.includes('MessageStatus=sent')) counts.sent += 1;
    if (form.includes('MessageStatus=delivered')) counts.delivered += 1;
    callbacks.set(sid, counts);
    lastCallbackAt = performance.now();
    response.writeHead(204);
    response.end();
  });
});
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve()));
const address = receiver.address();
const receiverPort = typeof address === 'object' && address ? address.port : 0;

const dataDir = await mkdtemp(join(tmpdir(), 'carrier-bench-'));
const simulator = fork(fileURLToPath(new URL('../apps/local/carrier/main.ts', import.meta.url)), {
  env: {
    CARILLON_CARRIER_PORT: '0',
    CARILLON_CARRIER_DATA: dataDir,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    ORIGINATION_NUMBER: '+14155550100',
    LOG_LEVEL: 'warn',
  },
});
const url = await new Promise<string>((resolve, reject) => {
  simulator.on('message', (message) => {
    if (typeof message === 'object' && message !== null && 'url' in message) resolve(String(message.url));
  });
  simulator.on('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
});

const agent = new Agent({ keepAlive: true, maxSockets: connections });
const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
const target = new URL(url);

function post(index: number): Promise<{ status: number; sid: string }> {
  const phone = `+1415555${String(101 + (index % 99)).padStart(4, '0')}`;
  const form = new URLSearchParams({
    To: phone,
    From: '+14155550100',
    Body: `Message ${index}: wash your hands for twenty seconds. Reply 1 for yes and 2 for no.`,
    StatusCallback: `http://127.0.0.1:${receiverPort}/status?attempt=${index}`,
  }).toString();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: target.hostname,
        port: target.port,
        path,
        method: 'POST',
        agent,
        headers: {
          authorization,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(form),
        },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, sid: /"sid":"(\w+)"/.exec(body)?.[1] ?? '' }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(form);
  });
}

const latencies: number[] = [];
const sids = new Set<string>();
let next = 0;
async function load(forMs: number, record: boolean): Promise<void> {
  const until = performance.now() + forMs;
  const loop = async (): Promise<void> => {
    while (performance.now() < until) {
      const start = performance.now();
      next += 1;
      const { status, sid } = await post(next);
      if (status !== 201) throw new Error(`the simulator answered ${status}`);
      sids.add(sid);
      if (record) latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
}

await load(2_000, false);
const warm = sids.size;
const start = performance.now();
await load(seconds * 1_000, true);
const accepting = (performance.now() - start) / 1_000;

const complete = (): number =>
  [...sids].filter((sid) => (callbacks.get(sid)?.sent ?? 0) > 0 && (callbacks.get(sid)?.delivered ?? 0) > 0)
    .length;
const deadline = performance.now() + 8_000;
while (complete() < sids.size && performance.now() < deadline)
  await new Promise((wake) => setTimeout(wake, 100));
const delivering = (lastCallbackAt - start) / 1_000;

simulator.removeAllListeners('exit');
const ended = new Promise((resolve) => simulator.once('exit', resolve));
simulator.kill('SIGTERM');
await ended;
receiver.close();
receiver.closeAllConnections();
agent.destroy();
await rm(dataDir, { recursive: true });

latencies.sort((a, b) => a - b);
const at = (share: number): number =>
  Number((latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(2));
const repeated = [...callbacks.values()].filter(({ sent, delivered }) => sent > 1 || delivered > 1).length;
const missing = sids.size - complete();
const figures = {
  'messages/s accepted': Math.round((sids.size - warm) / accepting),
  'messages/s until the last callback': Math.round((sids.size - warm) / delivering),
  'p50 ms of an answer': at(0.5),
  'p99 ms': at(0.99),
  'callbacks missing': missing,
  'callbacks repeated': repeated,
};
const config = { seconds, connections, 'callbacks a message': 2 };
const CARRIES = 2_000;
const aim: Aim = {
  against: 'what the local stack asks of it',
  aim: `${shown(CARRIES)} messages/s`,
  measured: shown(figures['messages/s accepted']),
  reached: figures['messages/s accepted'] >= CARRIES,
};
await publish({ benchmark: 'carrier-simulator', config, tables: [{ rows: [figures] }], aims: [aim] }, json);
if (missing > 0 || repeated > 0) process.exitCode = 1;
