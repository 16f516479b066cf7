import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What every HTTP/2 connection in the clear begins with (RFC 9113, 3.4). */
const PREFACE = 'PRI * HTTP/2.0';

/**
 * One address for two servers in the clear, one of HTTP/1.1 and one of HTTP/2: as Kinesis has one for all its
 * operations, and no emulator does.
 */
export class ProtocolSwitch {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(ports: { http1: number; http2: number }) {
    this.#server = createServer((socket) => {
      this.#keep(socket);
      socket.once('data', (first) => {
        const behind = connect(
          first.toString('latin1').startsWith(PREFACE) ? ports.http2 : ports.http1,
          '127.0.0.1',
        );
        this.#keep(behind);
        // Each end goes when the other does.
        socket.once('close', () => behind.destroy());
        behind.once('close', () => socket.destroy());
        behind.write(first);
        socket.pipe(behind).pipe(socket);
      });
    });
  }

  /** Gives its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }
}
