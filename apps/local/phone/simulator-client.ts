import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { CarillonError, messageOf } from '#shared/errors.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';
import type { CallView } from '#shared/simulator/call-view.ts';
import { callStatusSchema, heardSchema, pressedSchema } from '#shared/simulator/call-view.ts';
import { type Line, lineSchema } from '#shared/simulator/line.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';

/** The simulator's control API, as one phone uses it. All calls reject with `unavailable` when it cannot be reached. */
export interface SimulatorClient {
  sendText(body: string, to: SenderAddress | null): Promise<PhoneView>;
  messages(): Promise<PhoneView[]>;
  /** What becomes of calls to the phone. */
  line(): Promise<Line>;
  setLine(line: Line): Promise<void>;
  /** What the person does with a call; rejects with what is wrong when there is none of that kind. */
  act(what: 'answer' | 'hang-up' | 'keys' | 'calls', said: object): Promise<void>;
  /**
   * Follows the phone until the signal: `onReady` each time the connection stands (what came before it has to be
   * listed), `onLost` each time it breaks. Connects again every second.
   */
  follow(
    on: {
      ready: () => Promise<void>;
      message: (message: PhoneView) => void;
      call: (call: CallView) => void;
      lost: () => void;
    },
    signal: AbortSignal,
  ): Promise<void>;
}

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
const instant = z.string().nullable();
const callSchema: z.ZodType<CallView> = z.object({
  id: z.string(),
  direction: z.enum(['to_phone', 'from_phone']),
  from: z.string(),
  to: z.string(),
  status: callStatusSchema,
  answeredBy: z.string().nullable(),
  at: z.string(),
  initiatedAt: instant,
  answeredAt: instant,
  endedAt: instant,
  lengthMs: z.number().nullable(),
  beepMs: z.number().nullable(),
  heard: z.array(heardSchema),
  pressed: z.array(pressedSchema),
});
const listSchema = z.object({ messages: z.array(viewSchema) });

export function createSimulatorClient(
  base: string,
  phone: PhoneNumber,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): SimulatorClient {
  const resource = (name: string): string => `${base}/simulator/phones/${encodeURIComponent(phone)}/${name}`;

  const request = async (url: string, init: RequestInit = {}): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new CarillonError(
        'unavailable',
        `The carrier simulator cannot be reached at ${base}. Is Carillon running? Start it with: npm start`,
        { cause: error },
      );
    }
    if (response.ok) return response;
    throw new CarillonError(
      'unavailable',
      `The carrier simulator answered ${response.status}: ${await response.text()}`,
    );
  };

  return {
    sendText: async (body, to) => {
      const response = await request(resource('texts'), {
        method: 'POST',
        body: JSON.stringify(to === null ? { body } : { body, to }),
      });
      return viewSchema.parse(await response.json());
    },
    messages: async () => listSchema.parse(await (await request(resource('messages'))).json()).messages,
    line: async () => lineSchema.parse(await (await request(resource('line'))).json()),
    setLine: async (line) => {
      await request(resource('line'), { method: 'POST', body: JSON.stringify(line) });
    },
    act: async (what, said) => {
      await request(resource(what), { method: 'POST', body: JSON.stringify(said) });
    },
    follow: async (on, signal) => {
      while (!signal.aborted) {
        try {
          const { body } = await request(resource('events'), { signal });
          if (body) await readEvents(body, on);
        } catch (error) {
          if (signal.aborted) return;
          if (error instanceof z.ZodError)
            throw new Error(`the simulator sent something else: ${messageOf(error)}`);
          // The connection broke; it is taken up again below.
        }
        if (signal.aborted) return;
        on.lost();
        // Rejects when the phone is put away meanwhile, which the loop sees.
        await sleep(1_000, signal).catch(() => undefined);
      }
    },
  };
}

async function readEvents(
  body: ReadableStream<Uint8Array>,
  on: { ready: () => Promise<void>; message: (message: PhoneView) => void; call: (call: CallView) => void },
): Promise<void> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const event of events) {
    if (event.event === 'ready') await on.ready();
    else if (event.event === 'message') on.message(viewSchema.parse(JSON.parse(event.data)));
    else if (event.event === 'call') on.call(callSchema.parse(JSON.parse(event.data)));
  }
}
