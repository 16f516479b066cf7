import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashOf, newApiKey, textOf } from '#shared/api-keys/api-key.ts';
import { insertKey } from '#shared/api-keys/key-store.ts';
import type { Role } from '#shared/api-keys/role.ts';
import { endingSettings, sharesFrom } from '#shared/campaigns/expected-steps.ts';
import { priceSettings, pricesFrom } from '#shared/campaigns/prices.ts';
import { testCalling } from '#shared/campaigns/test-calling.ts';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { readConfig } from '#shared/config.ts';
import { publishedDrills } from '#shared/content/published.ts';
import { seedContent } from '#shared/content/seed.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { silentLogger } from '#shared/logger.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { createPool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { TEST_KEY_PEPPER as PEPPER, testPseudonyms } from '#test/pseudonyms.ts';
import type { TestDatabase } from '#test/stack/stack.ts';
import { type AppDeps, createApp } from './app.ts';
import { Hub } from './events/hub.ts';
import { PhoneReferences } from './http/phone-reference.ts';
import { byApiKey } from './identity/authenticate.ts';
import { PUBLIC_INTERNET } from './webhooks/public-address.ts';

export const DEFAULT_SENDER = phoneNumber('+14155550100');

/**
 * The API on a port of its own, over a real database, with the rights of the service alone. Replies are checked against
 * their schemas.
 */
export interface TestApi {
  clock: ManualClock;
  deps: AppDeps;
  url: string;
  /** A new key of that role, as text. */
  key(role: Role, expiresAt?: Date): Promise<string>;
  /** Sends JSON under a key; null: without one. */
  send(
    method: string,
    path: string,
    parts?: { key?: string | null; body?: unknown; headers?: Record<string, string> },
  ): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
}

export async function startTestApi(
  database: Pick<TestDatabase, 'configFor'>,
  more: Partial<Omit<AppDeps, 'pool' | 'drills'>> = {},
  consoleFolder: string | null = null,
): Promise<TestApi> {
  const pool = createPool({ ...database.configFor('api'), max: 8 }, () => undefined);
  const clock = new ManualClock(new Date('2026-11-26T12:00:00Z'));
  const used: string[] = [];
  await seedContent(pool, { directory: sampleContentDirectory, now: clock.now() });
  const deps: AppDeps = {
    clock,
    logger: silentLogger,
    answered: () => undefined,
    changed: () => undefined,
    pepper: PEPPER,
    producer: 'api',
    // Queues that never gave up on anything.
    deadEntries: { take: async (_queue, work) => (await work([], true)).result },
    pseudonyms: testPseudonyms,
    references: new PhoneReferences(testPseudonyms),
    environment: { peopleSignIn: false, isLocal: false },
    hub: new Hub(clock),
    publish: () => undefined,
    gate: defaultGateConfig,
    prices: pricesFrom(readConfig(priceSettings, {})),
    calls: testCalling,
    defaultSender: DEFAULT_SENDER,
    carriers: ['twilio', 'vonage', 'aws'],
    agentMostSegments: 2,
    webhooks: { secretKey: Buffer.alloc(32, 7), addresses: PUBLIC_INTERNET },
    links: null,
    askHead: null,
    outlook: {
      endingShares: sharesFrom(readConfig(endingSettings, {})),
      usualPace: 50,
      slots: { sms: 10, voice: 5 },
      sampleLinks: null,
    },
    signIn: [byApiKey({ db: pool, pepper: PEPPER, clock, used: (id) => used.push(id) })],
    rateLimit: async () => ({ allowed: true, retryAfterSeconds: 0, headers: {} }),
    checkReplies: true,
    ...more,
    pool,
    drills: publishedDrills({ pool, clock, defaultSender: DEFAULT_SENDER, checkEveryMs: 0 }),
  };
  const server = createServer(createApp(deps, { proxies: 0, consoleFolder }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const key = async (role: Role, expiresAt: Date | null = null): Promise<string> => {
    const made = newApiKey();
    await insertKey(
      pool,
      { id: made.id, name: `the ${role}`, role, createdAt: clock.now(), createdBy: 'a test', expiresAt },
      hashOf(made.secret, PEPPER),
    );
    return textOf(made);
  };
  const admin = await key('admin');
  return {
    clock,
    deps,
    url,
    key,
    send: async (method, path, { key = admin, body, headers = {} } = {}) => {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(key === null ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await pool.end();
    },
  };
}
