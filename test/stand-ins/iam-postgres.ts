import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import pg from 'pg';
import { certificate, key } from '../tls/certificates.ts';
import { judgeToken, type SigningKeys } from './iam-token.ts';

/** The database behind it, asked for when somebody has shown a token. */
export interface Behind {
  port(): Promise<number>;
  /** What a role's password is there. */
  passwordOf(role: string): Promise<string>;
}

const SSL_REQUEST = 80_877_103;
const TOKEN_LASTS_MS = 15 * 60_000;

/**
 * PostgreSQL as Amazon RDS offers it to roles with IAM authentication: TLS only, and the password has to be a token
 * that is rightly signed and not older than 15 minutes. What logs in talks to a real server behind it. A token's age is
 * counted from when it is first shown, on the clock that is handed in.
 */
export class IamPostgres {
  /** Roles that logged in, and those that were turned away with the reason, in order. */
  readonly logins: { role: string; token: string }[] = [];
  readonly refusals: string[] = [];
  readonly #server: Server;
  readonly #behind: Behind;
  readonly #keys: SigningKeys;
  readonly #now: () => number;
  readonly #firstShown = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(behind: Behind, keys: SigningKeys, now: () => number) {
    this.#behind = behind;
    this.#keys = keys;
    this.#now = now;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      this.#serve(socket).catch(() => socket.destroy());
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    this.#port = typeof address === 'object' && address ? address.port : 0;
    return this.#port;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #serve(socket: Socket): Promise<void> {
    const request = await read(socket, 8);
    if (request.readInt32BE(4) !== SSL_REQUEST) {
      this.#refuse(socket, 'no encryption');
      return;
    }
    socket.write('S');
    const client = new TLSSocket(socket, { isServer: true, key, cert: certificate });
    client.on('error', () => socket.destroy());
    const startup = startupParameters(await readMessage(client));
    client.write(message('R', int32(3)));
    await read(client, 1);
    const token = (await readMessage(client)).toString('utf8').replace(/\0$/, '');
    const role = startup.get('user') ?? '';
    const fault = this.#judge(token, role);
    if (fault !== null) {
      this.#refuse(client, `${role}: ${fault}`);
      return;
    }
    this.logins.push({ role, token });
    const server = await this.#connectBehind(startup);
    server.on('error', () => socket.destroy());
    socket.once('close', () => server.destroy());
    client.write(Buffer.concat([message('R', int32(0)), message('Z', Buffer.from('I'))]));
    client.pipe(server).pipe(client);
  }

  #judge(token: string, role: string): string | null {
    const address = `localhost:${this.#port}`;
    const fault = judgeToken(token, { address, role, keys: this.#keys });
    if (fault !== null) return fault;
    const first = this.#firstShown.get(token) ?? this.#now();
    this.#firstShown.set(token, first);
    return this.#now() - first > TOKEN_LASTS_MS ? 'the token has expired' : null;
  }

  #refuse(socket: Duplex, why: string): void {
    this.refusals.push(why);
    const fields = [`SFATAL`, `C28000`, `MPAM authentication failed: ${why}`].join('\0');
    socket.end(message('E', Buffer.from(`${fields}\0\0`)));
  }

  /** A session of the role, logged in with its password; whatever its client said at the start holds there too. */
  async #connectBehind(startup: ReadonlyMap<string, string>): Promise<Socket> {
    const socket = new Socket();
    const client = new pg.Client({
      host: '127.0.0.1',
      port: await this.#behind.port(),
      user: startup.get('user') ?? '',
      database: startup.get('database') ?? '',
      application_name: startup.get('application_name') ?? '',
      options: startup.get('options') ?? '',
      password: await this.#behind.passwordOf(startup.get('user') ?? ''),
      stream: () => socket,
    });
    client.on('error', () => socket.destroy());
    await client.connect();
    // From here on the two ends talk to each other.
    socket.removeAllListeners('data');
    return socket;
  }
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const message = (type: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);

/** The body of a message whose type has been read, or that has none. */
async function readMessage(stream: Duplex): Promise<Buffer> {
  const length = (await read(stream, 4)).readInt32BE(0);
  return read(stream, length - 4);
}

async function read(stream: Duplex, bytes: number): Promise<Buffer> {
  for (;;) {
    const chunk: unknown = stream.read(bytes);
    if (Buffer.isBuffer(chunk)) {
      if (chunk.length < bytes) throw new Error('the client went away');
      return chunk;
    }
    await once(stream, 'readable');
  }
}

/** After the number of the protocol: names and values, each ended by a zero byte. */
function startupParameters(body: Buffer): Map<string, string> {
  const words = body.subarray(4).toString('utf8').split('\0');
  const parameters = new Map<string, string>();
  for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) {
    parameters.set(words[at] ?? '', words[at + 1] ?? '');
  }
  return parameters;
}
