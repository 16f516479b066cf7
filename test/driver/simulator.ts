import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { CallView } from '#shared/simulator/call-view.ts';
import { type Line, lineSchema } from '#shared/simulator/line.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { createSimulatorClient } from '../../apps/local/phone/simulator-client.ts';

const viewSchema: z.ZodType<PhoneView> = z.object({
  id: z.string(),
  direction: z.enum(['to_phone', 'from_phone']),
  from: z.string(),
  to: z.string(),
  body: z.string(),
  mediaUrls: z.array(z.string()),
  status: z.string(),
  errorCode: z.number().nullable(),
  at: z.string(),
});
const pageSchema = z.object({ messages: z.array(viewSchema), next: z.string().nullable() });
/** As much of calls as tests look at. */
const callsSchema = z.object({
  calls: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      at: z.string(),
      heard: z.array(z.object({ text: z.string(), at: z.string().nullable().default(null) })),
    }),
  ),
});
export type CarrierCall = z.infer<typeof callsSchema>['calls'][number];
const statsSchema = z.object({
  accepted: z.int(),
  calls: z.int(),
  refused: z.record(z.string(), z.int()),
  broken: z.object({ before: z.int(), after: z.int(), unanswered: z.int() }),
  callbacks: z.object({ failed: z.int(), lost: z.int(), repeated: z.int(), overtaken: z.int() }),
  inbound: z.object({ received: z.int(), retried: z.int(), givenUp: z.int(), repeated: z.int() }),
  inFlight: z.object({ requests: z.int(), webhooks: z.int(), scheduled: z.int() }),
});
export type CarrierStats = z.infer<typeof statsSchema>;

/** The simulated carrier through its control API: what every phone wrote and got. */
export class Simulator {
  readonly #base: string;
  readonly #closing = new AbortController();

  constructor(base: string) {
    this.#base = base;
  }

  /** `to`: a number of ours; left out: the main one. */
  text(phone: PhoneNumber, body: string, to: SenderAddress | null = null): Promise<PhoneView> {
    return this.#client(phone).sendText(body, to);
  }

  /** Has a template of WhatsApp approved. */
  async approve(template: { contentSid: string; body: string }): Promise<void> {
    const response = await fetch(`${this.#base}/simulator/templates`, {
      method: 'POST',
      body: JSON.stringify(template),
    });
    if (!response.ok) throw new Error(`the template was answered with ${response.status}`);
  }

  /** What becomes of calls to a phone. */
  async setLine(phone: PhoneNumber, line: Partial<Line>): Promise<void> {
    await this.#client(phone).setLine(lineSchema.parse(line));
  }

  /** Calls to and from a phone, oldest first. */
  async calls(phone: PhoneNumber): Promise<CarrierCall[]> {
    return callsSchema.parse(await this.#get(`/simulator/phones/${encodeURIComponent(phone)}/calls`)).calls;
  }

  conversation(phone: PhoneNumber): Promise<PhoneView[]> {
    return this.#client(phone).messages();
  }

  /** Has a number of ours call a phone, as services do, and say something that takes keys. */
  async ring(
    phone: PhoneNumber,
    from: PhoneNumber,
    words: string,
    { twilioAccountSid, twilioAuthToken }: { twilioAccountSid: string; twilioAuthToken: string },
  ): Promise<void> {
    const Twiml = `<Response><Gather numDigits="1"><Say>${words}</Say><Pause length="600"/></Gather></Response>`;
    const response = await fetch(`${this.#base}/2010-04-01/Accounts/${twilioAccountSid}/Calls.json`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${twilioAccountSid}:${twilioAuthToken}`)}` },
      body: new URLSearchParams({ To: phone, From: from, Twiml }),
    });
    if (!response.ok) throw new Error(`the call was refused: ${await response.text()}`);
  }

  /** Presses a key in the call that is under way. Rejects when there is none. */
  press(phone: PhoneNumber, key: string): Promise<void> {
    return this.#client(phone).act('keys', { key });
  }

  /**
   * Calls `heard` for every message and every change of one, and `called` for calls, from now on, until closed. Resolves once
   * connected.
   */
  async follow(
    phone: PhoneNumber,
    heard: (message: PhoneView) => void,
    called: (call: CallView) => void = () => undefined,
  ): Promise<void> {
    const connected = Promise.withResolvers<void>();
    void this.#client(phone).follow(
      {
        ready: async () => connected.resolve(),
        message: heard,
        call: called,
        lost: () => undefined,
      },
      this.#closing.signal,
    );
    await connected.promise;
  }

  /** Everything that it carried, oldest first; behind the message `since`, if it is given. */
  async messages(since: string | null = null): Promise<PhoneView[]> {
    const all: PhoneView[] = [];
    let after = since;
    do {
      const query: string = after === null ? '' : `&after=${after}`;
      const page: z.infer<typeof pageSchema> = pageSchema.parse(
        await this.#get(`/simulator/messages?limit=1000${query}`),
      );
      all.push(...page.messages);
      after = page.next;
    } while (after !== null);
    return all;
  }

  async stats(): Promise<CarrierStats> {
    return statsSchema.parse(await this.#get('/simulator/stats'));
  }

  /** What the application did not take at once, or at all. */
  async failures(): Promise<{
    callbacksFailed: number;
    callbacksLost: number;
    textsGivenUp: number;
    textsRetried: number;
  }> {
    const { callbacks, inbound } = await this.stats();
    return {
      callbacksFailed: callbacks.failed,
      callbacksLost: callbacks.lost,
      textsGivenUp: inbound.givenUp,
      textsRetried: inbound.retried,
    };
  }

  async setFaults(faults: Record<string, unknown>): Promise<void> {
    const response = await fetch(`${this.#base}/simulator/faults`, {
      method: 'POST',
      body: JSON.stringify(faults),
    });
    if (!response.ok) throw new Error(`faults were refused: ${await response.text()}`);
  }

  /** What was heard in the calls of the phone, oldest first, call by call. */
  async heardOf(phone: PhoneNumber): Promise<string[][]> {
    return (await this.calls(phone)).map(({ heard }) => heard.map(({ text }) => text));
  }

  close(): void {
    this.#closing.abort();
  }

  async #get(path: string): Promise<unknown> {
    const response = await readable(this.#base + path);
    if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
    return response.json();
  }

  #client(phone: PhoneNumber): ReturnType<typeof createSimulatorClient> {
    return createSimulatorClient(this.#base, phone, async (ms, signal) => {
      await delay(ms, undefined, { signal });
    });
  }
}

/**
 * Reads, once more where the connection had been closed at the other side: whoever computes for longer than a server keeps idle
 * connections writes on one that is gone. What is read may be asked for again.
 */
const readable = (url: string): Promise<Response> =>
  fetch(url).catch((error: unknown) => {
    if (error instanceof TypeError && isClosed(error.cause)) return fetch(url);
    throw error;
  });

const isClosed = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String(cause.code));
