import { join } from 'node:path';
import { inboundCallAddress, webhookAddresses } from '#shared/carriers/webhook-addresses.ts';
import type { Clock } from '#shared/clock.ts';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { ServiceRow } from '#shared/topology.ts';
import { asItIs, type InBundle, inFreshBundle } from './bundle/bundled.ts';
import type { Child } from './child.ts';
import { clockPages } from './clock/clock-pages.ts';
import { LocalClock } from './clock/local-clock.ts';
import { spanText } from './clock/span.ts';
import { startConsoleBuild } from './console-build.ts';
import { ConsoleOutput } from './console-output.ts';
import { environmentOf, otherCarriers, type Places } from './environment.ts';
import { type FrontDoor, openFrontDoor, type Route } from './front-door.ts';
import { probeAnswers, probeReady } from './http-probe.ts';
import { type Lock, takeLock } from './lock.ts';
import { LogFile } from './log-file.ts';
import { type DataFolder, keptPorts, openDataFolder } from './place.ts';
import { type ClaimedPorts, isFree } from './ports.ts';
import { SupervisedProcess } from './process.ts';
import { type ProcessPlan, SMALL_YOUNG_GENERATION } from './process-plan.ts';
import { type LocalSecrets, localSecrets } from './secrets.ts';
import { type SetUpResult, startSetUp } from './set-up.ts';
import type { LocalConfig } from './settings.ts';
import { postgresUrl } from './stores/postgres.ts';
import { bringUpStores, DATABASE, type StoresOrder, storeNames, storePlaces } from './stores.ts';
import { systemPages } from './system-page.ts';

/** What is run, and from where. */
export interface StackOptions {
  config: LocalConfig;
  services: Readonly<Record<string, Pick<ServiceRow, 'entry' | 'publicPaths' | 'tables'>>>;
  /** Folder that the services' entries are relative to. */
  root: string;
  /** Absolute path of the carrier simulator's module. */
  carrierModule: string;
  /** Absolute path of the module that builds the web console (apps/console/build); null: there is none. */
  consoleModule: string | null;
  /** Whether what is run is bundled first; else it runs from its sources. */
  isBundled: boolean;
  /** A service that answers nothing for this long is killed and started again, in ms. */
  hungAfterMs: number;
  clock: Clock;
  write: (line: string) => void;
}

/** Where everything is, as far as it is known before the console is built. */
type PlacesOfStores = Omit<Places, 'consoleFolder'>;

/** All ends are reached within this time after Ctrl-C, in ms. */
const STOP_BUDGET_MS = 9_500;
const SERVICES_GRACE_MS = 6_500;
/** What a service may take to drain: less than we wait for it. */
const DRAIN_MS = 6_000;
/** Halves of 1 MiB instead of 16: 15 MiB less of each idle service; its garbage dies young all the same. */
const SERVICE_NODE_OPTIONS = ['--max-semi-space-size=1'];
/** Starts of a store after which there is no point in going on. */
const STORE_ATTEMPTS = 6;

/**
 * The whole system on this machine. `start` resolves when everything serves; `stop` ends what was started, in the
 * order front door, services, carrier, emulators, stores, also while it still starts.
 */
export class LocalStack {
  readonly #options: StackOptions;
  readonly #console: ConsoleOutput;
  readonly #processes: SupervisedProcess[] = [];
  readonly #logs: LogFile[] = [];
  #frontDoor: FrontDoor | undefined;
  #lock: Lock | undefined;
  #ports: ClaimedPorts<string> | undefined;
  #ready = false;
  #setUp: Child | undefined;
  #consoleBuild: Child | undefined;
  #bundling: Child | undefined;
  #inBundle: InBundle = asItIs;
  /** Known once PostgreSQL has said how time was left. */
  #clock: LocalClock | undefined;
  readonly #stopSignal = new AbortController();
  /** Ends when no store is being started any more, well or not. */
  #bringingUp: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
    this.#console = new ConsoleOutput({ write: options.write, clock: options.clock });
  }

  async start(): Promise<void> {
    const { config, clock } = this.#options;
    const startedAt = clock.monotonic();
    const folder = await openDataFolder(config.CARILLON_DATA);
    const publicUrl = `http://localhost:${config.CARILLON_PORT}`;
    this.#lock = await takeLock(folder.lockFile, publicUrl);
    const names = Object.keys(this.#options.services);
    const secrets = await localSecrets(folder.secretsFile, names);
    const ports = await keptPorts(folder, [
      ...storeNames,
      ...names.flatMap((name) => [`${name}.health`, `${name}.public`]),
    ]);
    this.#ports = ports;
    const { port } = ports;
    const order = this.#storesOrder(folder, secrets, port);
    const withoutConsole = {
      ...storePlaces(order),
      publicUrl,
      carrierUrl: `http://127.0.0.1:${config.CARILLON_CARRIER_PORT}`,
    };
    const addresses = [
      ...(this.#options.consoleModule === null ? [] : [['Console', `${publicUrl}/console/`] as const]),
      ['Public address', publicUrl],
      ['API', `${publicUrl}/v1/docs`],
      ['System state', `${publicUrl}/system.json`],
      ['Carrier simulator', `http://localhost:${config.CARILLON_CARRIER_PORT}`],
      [
        'PostgreSQL',
        postgresUrl({ port: withoutConsole.postgres.port, password: secrets.postgresPassword }, DATABASE),
      ],
      ['Data', folder.path],
      ['Logs', folder.logs],
    ] as const;
    this.#frontDoor = await this.#openFrontDoor(addresses, port);
    await this.#requireCarrierPort();
    const consoleFolder = this.#buildConsole();
    if (this.#options.isBundled) this.#inBundle = await this.#bundle();
    const carrier = this.#launch(this.#carrierPlan(folder, secrets, withoutConsole), folder);
    const stores = bringUpStores(order);
    this.#bringingUp = stores.catch(() => undefined); // reported by whoever awaits the stores
    await Promise.all([stores, this.#onceServing(carrier)]);
    const {
      roles,
      nextSteps,
      isAdminKeyValid,
      clock: left,
    } = await this.#setUpStores(withoutConsole, secrets);
    const places: Places = { ...withoutConsole, consoleFolder: await consoleFolder };
    this.#throwIfStopping();
    this.#clock = this.#localClock(left, places, secrets);
    await this.#clock.tellCarrier();
    const services = names.map((name) =>
      this.#launch(this.#servicePlan(name, { places, secrets, port, role: roles[name] ?? '' }), folder),
    );
    await this.#untilAllServe(services);
    this.#ready = true;
    const keyLine = [
      'API key (admin)',
      isAdminKeyValid ? secrets.adminKey : 'revoked; at this machine none is needed',
    ] as const;
    this.#sayReady([...addresses, keyLine], nextSteps, clock.monotonic() - startedAt);
  }

  /** Ends everything within 10 s. Any number of calls; never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends everything now, in no order: for the second Ctrl-C. */
  kill(): void {
    this.#setUp?.kill();
    this.#consoleBuild?.kill();
    this.#bundling?.kill();
    this.#clock?.kill();
    for (const one of this.#processes) one.kill();
  }

  async #stopAll(): Promise<void> {
    const { clock } = this.#options;
    this.#ready = false;
    this.#stopSignal.abort();
    const deadline = clock.monotonic() + STOP_BUDGET_MS;
    const left = (mostMs: number): number => Math.max(200, Math.min(mostMs, deadline - clock.monotonic()));
    const stopNamed = (wanted: (name: string) => boolean, mostMs: number): Promise<unknown> =>
      Promise.all(
        this.#processes.filter(({ plan }) => wanted(plan.name)).map((one) => one.stop(left(mostMs))),
      );
    await this.#frontDoor?.close(500);
    await Promise.all(
      [this.#setUp, this.#consoleBuild, this.#bundling, this.#clock].map((one) => one?.stop(500)),
    );
    await Promise.race([this.#bringingUp, clock.sleep(left(1_000))]);
    const others = new Set<string>([...storeNames, 'carrier']);
    await stopNamed((name) => !others.has(name), SERVICES_GRACE_MS);
    await stopNamed((name) => name === 'carrier', 1_500);
    await stopNamed((name) => name === 'sqs' || name === 'kinesis', 1_000);
    await stopNamed((name) => name === 'redis' || name === 'postgres', 5_000);
    for (const log of this.#logs) log.close();
    await this.#ports?.release();
    await this.#lock?.release();
  }

  #storesOrder(folder: DataFolder, secrets: LocalSecrets, port: (name: string) => number): StoresOrder {
    const { config, root } = this.#options;
    return {
      folder,
      port,
      secrets,
      redisUrl: config.CARILLON_REDIS_URL,
      redisCache: join(root, 'node_modules', '.cache', 'carillon', 'redis'),
      searchPath: config.PATH,
      launch: (plan) => this.#onceServing(this.#launch(plan, folder)),
      say: (name, text) => this.#console.about(name, text),
      signal: this.#stopSignal.signal,
    };
  }

  async #setUpStores(places: PlacesOfStores, secrets: LocalSecrets): Promise<SetUpResult> {
    this.#throwIfStopping();
    const { config, services } = this.#options;
    const { child, done } = startSetUp(
      {
        postgres: { port: places.postgres.port, password: secrets.postgresPassword },
        database: places.postgres.database,
        rolePasswords: secrets.rolePasswords,
        services,
        kinesisEndpoint: places.kinesisEndpoint,
        sqsEndpoint: places.sqsEndpoint,
        originationNumber: config.ORIGINATION_NUMBER,
        contentDirectory: config.CONTENT_DIR,
        adminKey: { text: secrets.adminKey, pepper: secrets.apiKeyPepper },
      },
      this.#inBundle,
    );
    this.#setUp = child;
    const result = await done;
    if (result.migratedTo !== null) {
      this.#console.about('postgres', `schema brought up to ${result.migratedTo}`);
    }
    return result;
  }

  /** Beside everything else: the bundler takes seconds when something has changed. Null: there is no console. */
  async #buildConsole(): Promise<string | null> {
    const { consoleModule } = this.#options;
    if (consoleModule === null) return null;
    const { child, folder } = startConsoleBuild(consoleModule, this.#newsOf('console'));
    this.#consoleBuild = child;
    return folder;
  }

  /** What a step of the start says. Nothing once it is ended: that it failed then is our own doing, and would hide why. */
  #newsOf(name: string): (line: string) => void {
    return (line) => {
      if (!this.#stopping) this.#console.about(name, line);
    };
  }

  async #bundle(): Promise<InBundle> {
    const inBundle = await inFreshBundle(this.#newsOf('services'), (child) => {
      this.#bundling = child;
    });
    this.#throwIfStopping();
    return inBundle;
  }

  #localClock(left: SetUpResult['clock'], places: Places, secrets: LocalSecrets): LocalClock {
    const { port, database } = places.postgres;
    const databaseUrl = postgresUrl({ port, password: secrets.postgresPassword }, database);
    return new LocalClock(left, {
      order: { databaseUrl, carrierUrl: places.carrierUrl },
      inBundle: this.#inBundle,
      clock: this.#options.clock,
      say: (line) => this.#console.about('time', line),
    });
  }

  #carrierPlan(folder: DataFolder, secrets: LocalSecrets, places: PlacesOfStores): ProcessPlan {
    const { config, carrierModule } = this.#options;
    const { module, nodeOptions } = this.#inBundle(carrierModule);
    return {
      name: 'carrier',
      module,
      environment: {
        NODE_ENV: 'production',
        TZ: 'UTC',
        LOG_LEVEL: config.LOG_LEVEL,
        CARILLON_CARRIER_PORT: String(config.CARILLON_CARRIER_PORT),
        CARILLON_CARRIER_DATA: folder.carrier,
        CARRIER_INBOUND_WEBHOOK_URL: webhookAddresses(places.publicUrl, 'twilio').inbound,
        CARRIER_VOICE_WEBHOOK_URL: inboundCallAddress(places.publicUrl, 'twilio'),
        TWILIO_ACCOUNT_SID: secrets.twilioAccountSid,
        TWILIO_AUTH_TOKEN: secrets.twilioAuthToken,
        ORIGINATION_NUMBER: config.ORIGINATION_NUMBER,
        CARRIERS: config.CARILLON_OVERRIDES['*']?.CARRIERS ?? 'twilio',
        ...otherCarriers(secrets),
        CARRIER_PUBLIC_URL: places.publicUrl,
        ...config.CARILLON_OVERRIDES.carrier,
      },
      probe: () => probeAnswers(places.carrierUrl),
      nodeOptions: [...SMALL_YOUNG_GENERATION, ...nodeOptions],
    };
  }

  #servicePlan(
    name: string,
    parts: { places: Places; secrets: LocalSecrets; role: string; port: (name: string) => number },
  ): ProcessPlan {
    const { config, root, services, hungAfterMs } = this.#options;
    const ports = { health: parts.port(`${name}.health`), public: parts.port(`${name}.public`) };
    const environment = environmentOf(name, {
      places: parts.places,
      ports,
      secrets: parts.secrets,
      role: parts.role,
      originationNumber: config.ORIGINATION_NUMBER,
      logLevel: config.LOG_LEVEL,
      overrides: config.CARILLON_OVERRIDES,
    });
    const { module, nodeOptions } = this.#inBundle(join(root, services[name]?.entry ?? ''));
    return {
      name,
      module,
      environment: { DRAIN_MS: String(DRAIN_MS), ...environment },
      probe: () => probeReady(`http://127.0.0.1:${ports.health}/ready`),
      hang: { probe: () => probeAnswers(`http://127.0.0.1:${ports.health}/health`), afterMs: hungAfterMs },
      nodeOptions: [...SERVICE_NODE_OPTIONS, ...nodeOptions],
    };
  }

  #launch(plan: ProcessPlan, folder: DataFolder): SupervisedProcess {
    this.#throwIfStopping();
    const log = new LogFile(join(folder.logs, `${plan.name}.log`));
    this.#logs.push(log);
    const one = new SupervisedProcess(plan, {
      clock: this.#options.clock,
      onLine: (line) => {
        log.write(line);
        this.#console.logLine(plan.name, line);
      },
      onEvent: (event) => {
        this.#console.event(plan.name, event);
        if (plan.name === 'carrier' && event.type === 'serving') void this.#clock?.tellCarrier();
      },
    });
    this.#processes.push(one);
    one.start();
    return one;
  }

  /** Rejects when it keeps ending before it ever served: a store or the carrier that cannot start here. */
  async #onceServing(one: SupervisedProcess): Promise<void> {
    const { clock } = this.#options;
    let serving = false;
    const first = one.firstServing.then(() => {
      serving = true;
    });
    const givingUp = (async () => {
      while (!serving && one.status.state !== 'stopped' && one.status.state !== 'stopping') {
        if (one.status.restarts >= STORE_ATTEMPTS - 1) {
          throw new CarillonError(
            'invalid_configuration',
            `${one.plan.name} does not start: ${one.lastWords ?? one.status.reason ?? 'it says nothing'}`,
          );
        }
        await clock.sleep(100);
      }
    })();
    await Promise.race([first, givingUp.then(() => first)]);
  }

  async #untilAllServe(services: readonly SupervisedProcess[]): Promise<void> {
    const waiting = setInterval(() => {
      const late = services.map(({ status }) => status).filter(({ state }) => state !== 'serving');
      const reasons = late.map(({ name, state, reason }) => `${name} (${reason ?? state})`);
      this.#console.about('carillon', `still waiting for ${reasons.join(', ')}`);
    }, 15_000);
    try {
      await Promise.all(services.map((service) => service.firstServing));
    } finally {
      clearInterval(waiting);
    }
  }

  async #openFrontDoor(
    addresses: readonly (readonly [string, string])[],
    port: (name: string) => number,
  ): Promise<FrontDoor> {
    const { config, services } = this.#options;
    const routes: Route[] = Object.entries(services)
      .filter(([, { publicPaths }]) => publicPaths.length > 0)
      .map(([service, { publicPaths }]) => ({
        service,
        paths: publicPaths,
        port: port(`${service}.public`),
      }));
    // Where the console is a phone. The carrier's own API has an address of its own.
    routes.push({
      service: 'carrier',
      paths: ['/simulator/*'],
      port: config.CARILLON_CARRIER_PORT,
      isOurs: true,
    });
    const ownPages = new Map([
      ...systemPages({
        addresses: addresses.filter(([label]) => label !== 'PostgreSQL'),
        ready: () => this.#ready,
        processes: () => this.#processes.map(({ status }) => status),
      }),
      ...clockPages(() => (this.#ready ? this.#clock : undefined)),
    ]);
    try {
      return await openFrontDoor({ port: config.CARILLON_PORT, routes, ownPages });
    } catch (error) {
      throw new CarillonError(
        'invalid_configuration',
        `Port ${config.CARILLON_PORT} cannot be used (${messageOf(error)}). Choose another with CARILLON_PORT.`,
        { cause: error },
      );
    }
  }

  /** After a kill the carrier of the run before may still be on its way out. */
  async #requireCarrierPort(): Promise<void> {
    const { config, clock } = this.#options;
    const deadline = clock.monotonic() + 5_000;
    while (!(await isFree(config.CARILLON_CARRIER_PORT))) {
      if (clock.monotonic() > deadline) {
        throw new CarillonError(
          'invalid_configuration',
          `Port ${config.CARILLON_CARRIER_PORT} is taken. Choose another with CARILLON_CARRIER_PORT.`,
        );
      }
      await clock.sleep(100);
    }
  }

  #sayReady(
    addresses: readonly (readonly [string, string])[],
    hints: readonly string[],
    tookMs: number,
  ): void {
    const say = (line: string): void => this.#console.line(line);
    say('');
    for (const [label, value] of addresses) say(`  ${label.padEnd(18)} ${value}`);
    say('');
    for (const line of this.#skippedTime()) say(`  ${line}`);
    for (const hint of hints) say(`  ${hint}`);
    say(`  Started in ${(tookMs / 1_000).toFixed(1)} s. Ctrl-C stops everything.`);
    say('ready');
  }

  /** What somebody must know who finds this system in the future. */
  #skippedTime(): string[] {
    const view = this.#clock?.view;
    if (view === undefined || view.offsetMs === 0) return [];
    return [
      `Time is skipped:   it is ${view.now} here, ${spanText(view.offsetMs)} ahead of this machine.`,
      '                   It never goes back; a new data folder (CARILLON_DATA) begins with the time of the machine.',
      '',
    ];
  }

  #throwIfStopping(): void {
    if (this.#stopping) throw new CarillonError('unavailable', 'stopped while starting');
  }
}
