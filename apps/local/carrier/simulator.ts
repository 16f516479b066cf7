import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BusinessTime } from '#shared/business-clock/business-time.ts';
import { type Clock, systemClock } from '#shared/clock.ts';
import type { CarrierName } from '#shared/contracts/dialog-commands.ts';
import { type Logger, silentLogger } from '#shared/logger.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { Faults } from '#shared/simulator/faults.ts';
import { createCallNotifier } from './calls/call-notifier.ts';
import { createCallStore } from './calls/call-store.ts';
import { createCallsApi } from './calls/calls-api.ts';
import { createExchange } from './calls/exchange.ts';
import { type CarrierControl, createControl, type InboundWebhooks } from './control.ts';
import { CONTROL_PREFIX, createControlApi } from './control-api.ts';
import { noFaults } from './faults.ts';
import { sendJson } from './http-exchange.ts';
import { openJournal } from './journal.ts';
import { createLiveEvents } from './live-events.ts';
import type { Delay } from './message.ts';
import { createMessageStore } from './message-store.ts';
import { createNotifier } from './notifier.ts';
import { type AwsOptions, createOthers, type VonageOptions } from './others.ts';
import { createRestApi, REST_PREFIX } from './rest-api.ts';
import { createStatistics } from './statistics.ts';
import { createSwitchboard } from './switchboard.ts';
import { createTemplateStore } from './templates.ts';
import { createTimeline } from './timeline.ts';
import { createWebhookClient } from './webhook-client.ts';

export interface CarrierSimulatorOptions {
  /** 0: any free one; see `url`. */
  port: number;
  host?: string;
  /** Folder of the journal; null: messages live as long as the process. */
  dataDir: string | null;
  accountSid: string;
  authToken: string;
  /** Where texts go that name no recipient, and what messaging services send from. */
  mainNumber: PhoneNumber;
  /** May carry connection overrides in its fragment. Left out: set it with `control.setWebhooks`. */
  inboundUrl?: string | null;
  inboundUrlByNumber?: Record<string, string>;
  /** Where calls from phones are asked about; left out or null: nobody answers them. */
  voiceUrl?: string | null;
  /** How many times faster than life calls go; 1. */
  callSpeed?: number;
  /** Calls that are dialled in a second: others wait. 1, as for a new account of Twilio's. */
  callsPerSecond?: number;
  /** Speaks Vonage's API as well; left out: it does not. */
  vonage?: VonageOptions;
  /** Speaks AWS End User Messaging SMS as well; left out: it does not. */
  aws?: AwsOptions;
  /** At which carrier numbers of the customer are; those that are not here are at Twilio. */
  carrierByNumber?: Record<string, CarrierName>;
  /** Whether the carrier answers STOP, START and HELP itself and refuses sends to who opted out. */
  carrierHandlesOptOut?: boolean;
  /** The oldest messages that are done with are dropped beyond this. */
  maxMessages?: number;
  sentAfterMs?: Delay;
  deliveredAfterMs?: Delay;
  /** Pause before a webhook is retried. */
  retryPauseMs?: number;
  logger?: Logger;
}

export interface CarrierSimulator {
  /** "http://127.0.0.1:8401": of the REST API, in Twilio's place, and of the control API. */
  url: string;
  control: CarrierControl;
  /** Ends within a second; what was not done is in the journal. May be called again. */
  stop(): Promise<void>;
}

const DEFAULT_MAX_MESSAGES = 500_000;
/** Time that requests in flight get to end. */
const DRAIN_MS = 500;

/** Starts a carrier that speaks Twilio's API for messages and calls. Rejects if it cannot listen or open its journal. */
export async function startCarrierSimulator(options: CarrierSimulatorOptions): Promise<CarrierSimulator> {
  const logger = options.logger ?? silentLogger;
  const journal = options.dataDir === null ? null : openJournal(options.dataDir);
  const time = new BusinessTime(systemClock(), journal?.jump());
  let settledWaiters: (() => void)[] = [];
  const clock: Clock = systemClock(time);
  const initialFaults = noFaults({
    sentAfterMs: options.sentAfterMs ?? { min: 100, max: 400 },
    deliveredAfterMs: options.deliveredAfterMs ?? { min: 300, max: 1_500 },
  });
  const faults: { current: Faults } = { current: initialFaults };
  const webhooks: { current: InboundWebhooks } = {
    current: {
      inboundUrl: options.inboundUrl ?? null,
      byNumber: options.inboundUrlByNumber ?? {},
      voiceUrl: options.voiceUrl ?? null,
    },
  };

  const store = createMessageStore(
    journal,
    { maxMessages: options.maxMessages ?? DEFAULT_MAX_MESSAGES },
    clock,
  );
  const timeline = createTimeline(clock, () => wakeIfSettled());
  time.onJump(() => timeline.wake());
  const statistics = createStatistics(clock.monotonic);
  const live = createLiveEvents();
  const client = createWebhookClient({
    authToken: options.authToken,
    clock,
    retryPauseMs: options.retryPauseMs ?? 200,
  });
  const carrierOf = (ours: string): CarrierName => options.carrierByNumber?.[ours] ?? 'twilio';
  const templates = createTemplateStore(journal);
  const parts = { clock, store, timeline, statistics, live, logger, templates, faults: () => faults.current };
  const notifier = createNotifier({
    ...parts,
    accountSid: options.accountSid,
    webhooks: client,
    inboundUrlOf: (ours) => {
      const other = others.inboundUrls[carrierOf(ours)];
      return webhooks.current.byNumber[ours] ?? (other === undefined ? webhooks.current.inboundUrl : other);
    },
    contentOf: (message, notice) => others.contentOf(message, notice, urlOf(server)),
    reply: (request) => void switchboard.accept(request, 'outbound-reply'),
    idle: () => wakeIfSettled(),
  });
  const switchboard = createSwitchboard({
    ...parts,
    notifier,
    mainNumber: options.mainNumber,
    carrierOf,
    carrierHandlesOptOut: options.carrierHandlesOptOut ?? false,
  });
  const others = await createOthers(options, { ...parts, switchboard });
  const callStore = createCallStore(journal, { maxCalls: options.maxMessages ?? DEFAULT_MAX_MESSAGES });
  const callParts = { ...parts, accountSid: options.accountSid, store: callStore, webhooks: client };
  const callNotifier = createCallNotifier({ ...callParts, idle: () => wakeIfSettled() });
  const exchange = createExchange({
    ...callParts,
    notifier: callNotifier,
    speed: options.callSpeed ?? 1,
    callsPerSecond: options.callsPerSecond ?? 1,
    idle: () => wakeIfSettled(),
  });
  const rest = createRestApi({
    ...parts,
    accountSid: options.accountSid,
    authToken: options.authToken,
    switchboard,
    calls: createCallsApi({ ...callParts, exchange }),
  });

  const isSettled = (): boolean =>
    timeline.size === 0 && notifier.inFlight + callNotifier.inFlight + exchange.active === 0;
  const wakeIfSettled = (): void => {
    if (settledWaiters.length === 0 || !isSettled()) return;
    const waiters = settledWaiters;
    settledWaiters = [];
    for (const resolve of waiters) resolve();
  };
  const control = createControl({
    clock,
    store,
    switchboard,
    exchange,
    calls: callStore,
    templates,
    mainNumber: options.mainNumber,
    initialFaults,
    faults,
    webhooks,
    time,
    saveJump: (jump) => journal?.saveJump(jump),
    stats: () =>
      statistics.view({
        requests: rest.inFlight,
        webhooks: notifier.inFlight + callNotifier.inFlight,
        scheduled: timeline.size,
        calls: exchange.active,
        messages: store.size,
      }),
    settled: () => (isSettled() ? Promise.resolve() : new Promise((resolve) => settledWaiters.push(resolve))),
    forgetAll: () => {
      timeline.clear();
      client.abortAll();
      store.clear();
      callStore.clear();
      exchange.forgetLines();
      statistics.reset();
    },
  });
  const controlApi = createControlApi(control, live);

  const server = createServer((request, response) => {
    const [path = '/', search = ''] = splitOnce(request.url ?? '/');
    if (path.startsWith(REST_PREFIX)) void rest.handle(request, response, path, search);
    else if (path.startsWith(CONTROL_PREFIX)) void controlApi.handle(request, response, path, search);
    else if (others.handles(request, path, search)) void others.handle(request, response, path);
    else if (path === '/health') sendJson(response, 200, '{"status":"ok"}');
    else if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(WELCOME);
    } else sendJson(response, 404, JSON.stringify({ error: `there is no ${path}` }));
  });
  server.keepAliveTimeout = 65_000;
  try {
    await listen(server, options.port, options.host ?? '127.0.0.1');
  } catch (error) {
    store.close();
    throw error;
  }
  void others.subscribe(urlOf(server), client);
  switchboard.resume();
  exchange.resume();

  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    live.close();
    rest.endHung();
    others.endHung();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(cut);
    exchange.stop();
    timeline.stop();
    time.close();
    client.abortAll();
    client.close();
    store.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: urlOf(server),
    control,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

const WELCOME = `The simulated carrier of Carillon: Twilio's API for messages and calls under /2010-04-01/, its levers under /simulator/.

  npm run phone -- +14155550101   a phone in the terminal
  /simulator/messages             all messages
  /simulator/stats                counts

docs/simulator.md describes the rest.
`;

function splitOnce(url: string): [path: string, search: string] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  const { port, address: host } = isAddressInfo(address) ? address : { port: 0, address: '127.0.0.1' };
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const isAddressInfo = (address: ReturnType<Server['address']>): address is AddressInfo =>
  typeof address === 'object' && address !== null;
