import { once } from 'node:events';
import { connect } from 'node:net';
import { PROBE_MS, probing } from '../process-plan.ts';

/**
 * One question over TCP and the first packet of the answer, for probes that need no client library: `judge` gives
 * null when the answer is the wanted one, else what is wrong. Never rejects; takes up to `PROBE_MS`.
 */
export const exchange = (
  address: { host: string; port: number },
  question: Buffer | string,
  judge: (answer: string) => string | null,
): Promise<string | null> =>
  probing(async () => {
    const socket = connect(address);
    socket.setTimeout(PROBE_MS, () => socket.destroy(new Error(`no answer within ${PROBE_MS} ms`)));
    // Ended without an answer: there is no 'data' to wait for any more.
    socket.once('end', () => socket.destroy(new Error('closed without an answer')));
    try {
      socket.write(question);
      const [answer] = await once(socket, 'data');
      const fault = judge(Buffer.from(answer).toString('latin1'));
      if (fault !== null) throw new Error(fault);
    } finally {
      socket.on('error', () => undefined);
      socket.destroy();
    }
  });
