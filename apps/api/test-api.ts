import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultGateConfig } from '#shared/compliance/gate-config.ts';
import { fileDrills, sampleContentDirectory } from '#shared/drills/drills.ts';
import { silentLogger } from '#shared/logger.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { testPseudonyms } from '#test/pseudonyms.ts';
import { type AppDeps, createApp } from './app.ts';
import { Hub } from './events/hub.ts';
import { hashOf, newApiKey, textOf } from './identity/api-key.ts';
import { byApiKey } from './identity/authenticate.ts';
import type { Role } from './identity/identity.ts';
import { insertKey } from './identity/key-store.ts';

export const DEFAULT_SENDER = phoneNumber('+14155550100');
const PEPPER = 'the pepper of a test, 32 characters long';

/** The API on a port of its own, over a real database. Replies are checked against their schemas. */
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

export async function startTestApi(pool: Pool, more: Partial<AppDeps> = {}): Promise<TestApi> {
  const clock = new ManualClock(new Date('2026-11-26T12:00:00Z'));
  const used: string[] = [];
  const deps: AppDeps = {
    pool,
    clock,
    logger: silentLogger,
    answered: () => undefined,
    pepper: PEPPER,
    producer: 'gateway',
    pseudonyms: testPseudonyms,
    hub: new Hub(clock),
    gate: defaultGateConfig,
    drills: await fileDrills(sampleContentDirectory, DEFAULT_SENDER),
    defaultSender: DEFAULT_SENDER,
    signIn: [byApiKey({ db: pool, pepper: PEPPER, clock, used: (id) => used.push(id) })],
    rateLimit: async () => ({ allowed: true, retryAfterSeconds: 0, headers: {} }),
    checkReplies: true,
    ...more,
  };
  const server = createServer(createApp(deps, { proxies: 0 }));
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
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
