import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Link {
  client: Socket;
  server: Socket;
  /** Nothing passes any more, and neither end hears that the other is gone. */
  silent: boolean;
}

/** Between clients and a server on this machine: passes everything on, until it is told to lose or to hold something. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #stalled = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** `target` gives the port behind it, asked at each connection. */
  static async start(target: () => Promise<number>): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const proxy = new TcpProxy(server, typeof address === 'object' && address ? address.port : 0);
    server.on('connection', (client) => {
      client.on('error', () => client.destroy());
      target().then(
        (port) => proxy.#join(client, connect({ port, host: '127.0.0.1', noDelay: true })),
        () => client.destroy(),
      );
    });
    return proxy;
  }

  get connections(): number {
    return this.#links.size;
  }

  /** Breaks all connections, in the eyes of both ends. Returns how many. */
  cut(): number {
    const { size } = this.#links;
    for (const { client, server } of [...this.#links]) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    return size;
  }

  /**
   * Half-open connections: whatever is written on those that there are is taken and lost, and neither end hears when the other
   * one goes. New connections are not concerned. Returns how many there are.
   */
  silence(): number {
    const { size } = this.#links;
    for (const link of this.#links) {
      link.silent = true;
      unlink(link);
      link.client.resume();
      link.server.resume();
    }
    return size;
  }

  /** Ends the silent connections for good: the server learns at last that nobody is there. */
  bury(): void {
    for (const { client, server, silent } of [...this.#links]) {
      if (!silent) continue;
      client.destroy();
      server.destroy();
    }
  }

  /** From now on nothing passes, on new connections neither; nothing is lost: `flow` passes it on. Returns how many wait. */
  stall(): number {
    this.#stalled = true;
    for (const link of this.#links) {
      if (link.silent) continue;
      unlink(link);
      link.client.pause();
      link.server.pause();
    }
    return this.#links.size;
  }

  flow(): void {
    this.#stalled = false;
    for (const link of this.#links) if (!link.silent) join(link);
  }

  close(): void {
    this.#server.close();
    for (const { client, server } of [...this.#links]) {
      client.destroy();
      server.destroy();
    }
  }

  #join(client: Socket, server: Socket): void {
    const link: Link = { client, server, silent: false };
    this.#links.add(link);
    client.setNoDelay(true);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        if (!link.silent) other.destroy();
        if (client.destroyed && server.destroyed) this.#links.delete(link);
      });
    }
    if (!this.#stalled) join(link);
  }
}

function join({ client, server }: Link): void {
  client.pipe(server);
  server.pipe(client);
}

function unlink({ client, server }: Link): void {
  client.unpipe(server);
  server.unpipe(client);
}
