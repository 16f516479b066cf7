import { connect } from 'node:net';

/** Bytes on a connection of their own, and what came back until it was closed, by whichever side. */
export async function exchangeRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const pieces: Buffer[] = [];
  try {
    socket.write(bytes);
    // An answer that ends the connection; a reset is one as well.
    for await (const piece of socket) pieces.push(piece as Buffer);
  } catch {
    // Reset: what came before it counts.
  } finally {
    socket.destroy();
  }
  return Buffer.concat(pieces).toString('latin1');
}

/** The statuses of the answers in what came back, in order; none: it was closed without one. */
export const statusesIn = (answers: string): number[] =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
