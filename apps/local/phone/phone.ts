import type { Clock } from '#shared/clock.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { numberOf, type SenderAddress } from '#shared/phone/sender-address.ts';
import type { CallView } from '#shared/simulator/call-view.ts';
import { lineSchema } from '#shared/simulator/line.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { CallCommand } from './call-lines.ts';
import { createHandset, type Handset } from './handset.ts';
import { createSimulatorClient, type SimulatorClient } from './simulator-client.ts';

/** A phone that is switched on: it follows what the carrier brings until it is put away. */
export interface Phone {
  handset: Handset;
  /** What was there when it was switched on, oldest first. */
  earlier: PhoneView[];
  send(body: string): Promise<PhoneView>;
  conversation(): Promise<PhoneView[]>;
  /** What the person does with a call, or calls. Rejects with what is wrong when there is no call of that kind. */
  act(command: Exclude<CallCommand, { act: null }>): Promise<void>;
  putAway(): Promise<void>;
}

export interface PhoneOptions {
  /** Address of the simulator, without a path. */
  base: string;
  number: PhoneNumber;
  /** Null: the simulator's main number. */
  to: SenderAddress | null;
  clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** For every message that arrives, and every own text that the application did not take. */
  onMessage?: (message: PhoneView, news: 'arrived' | 'failed') => void;
  /** For everything that happens in calls. Given: calls are taken by hand for as long as the phone is on. */
  onCall?: (call: CallView) => void;
  /** The connection to the simulator broke, or stands again. */
  onConnection?: (connected: boolean) => void;
}

/** Rejects with `unavailable` if the simulator cannot be reached. */
export async function switchOn(options: PhoneOptions): Promise<Phone> {
  const client: SimulatorClient = createSimulatorClient(options.base, options.number, options.clock.sleep);
  const handset = createHandset(options.clock);
  const earlier = await client.messages();
  for (const message of earlier) handset.take(message);

  const take = (message: PhoneView): void => {
    const news = handset.take(message);
    if (news) options.onMessage?.(message, news);
  };
  const off = new AbortController();
  const connected = Promise.withResolvers<void>();
  let lost = false;
  const following = client.follow(
    {
      ready: async () => {
        // What happened between the last event and this connection is only in the list.
        for (const message of await client.messages()) take(message);
        connected.resolve();
        if (lost) options.onConnection?.(true);
        lost = false;
      },
      message: take,
      call: (call) => options.onCall?.(call),
      lost: () => {
        if (!lost) options.onConnection?.(false);
        lost = true;
      },
    },
    off.signal,
  );
  await Promise.race([connected.promise, following]);
  const line = options.onCall === undefined ? null : await client.line();
  if (line !== null) await client.setLine(lineSchema.parse({ answers: 'by_hand' }));
  return {
    handset,
    earlier,
    send: (body) => client.sendText(body, options.to),
    conversation: () => client.messages(),
    act: ({ act, ...said }) =>
      client.act(act, act === 'calls' && options.to !== null ? { to: numberOf(options.to) } : said),
    putAway: async () => {
      // The carrier may be gone by now, and what it did with calls with it.
      if (line !== null) await client.setLine(line).catch(() => undefined);
      off.abort();
      await following;
    },
  };
}
