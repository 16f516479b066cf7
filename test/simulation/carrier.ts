import twilio from 'twilio';
import type { Carrier, OutboundListing, SendOutcome, SendRequest } from '#shared/carriers/carrier.ts';
import { createTwilioCarrier } from '#shared/carriers/twilio/carrier.ts';
import { webhookPaths } from '#shared/carriers/webhook-addresses.ts';
import { CarillonError } from '#shared/errors.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { isWhatsApp, type SenderAddress, senderAddress } from '#shared/phone/sender-address.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import type { Running, World } from './world.ts';

export const TWILIO = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'the auth token of a test',
  TWILIO_API_URL: 'http://127.0.0.1:1',
  PUBLIC_URL: 'https://texts.example.org',
};

/** A gateway that may be reached now: what it answers; rejects when it dies meanwhile. */
export type Reach = () =>
  | ((target: string, headers: Record<string, string>, body: string) => Promise<number>)
  | null;

interface Message extends PhoneView {
  createdAt: number;
  /** Of one of ours. */
  attemptId: string | null;
  messageId: string | null;
  callback: string | null;
}

/** https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: five repetitions. */
const TRIES = 6;
const WEBHOOK_MS = 15_000;
const SENT_MS = { least: 50, most: 1_500 };
const DELIVERED_MS = { least: 100, most: 3_000 };
const DAY_MS = 86_400_000;
/** https://www.twilio.com/docs/api/errors/63016 */
const OUTSIDE = '63016';
const THROTTLED: SendOutcome = { kind: 'throttled', retryAfterMs: null };
const AMBIGUOUS: SendOutcome = { kind: 'ambiguous', reason: 'no answer' };

/**
 * Twilio in memory, behind the interface of carriers; what it makes of webhooks is the real adapter's. Requests are accepted
 * without an answer or answered without being accepted, callbacks are lost, doubled and in disorder, a text is repeated
 * until somebody takes it, and its list shows everything.
 */
export class SimulatedCarrier {
  readonly #world: World;
  readonly #reach: Reach;
  readonly #adapter = createTwilioCarrier(TWILIO);
  readonly messages: Message[] = [];
  readonly #followers = new Map<string, (message: PhoneView) => void>();
  /** What people wrote to numbers of ours before the run, in ms. */
  readonly before: { from: string; to: string; at: number }[] = [];
  /** What no carrier should be asked for. */
  readonly outside: string[] = [];
  /** That people have written. */
  texts = 0;
  /** In ms. */
  lastTextAt = 0;
  /** Requests to send, as they came. */
  requests = 0;
  readonly counts = { lostAnswers: 0, lostRequests: 0, lostCallbacks: 0, givenUp: 0, repeated: 0 };
  /** Webhooks that are being tried. */
  underWay = 0;

  constructor(world: World, reach: Reach) {
    this.#world = world;
    this.#reach = reach;
  }

  /** For a task. */
  carrier(task: Running): Carrier {
    const world = this.#world;
    const ask = <T>(what: string, effect: () => T): Promise<T> =>
      world.request(task, what, {
        changes: false,
        refused: () => new CarillonError('unavailable', 'the carrier cannot be asked'),
        effect,
      });
    return {
      ...this.#adapter,
      send: (request) => this.#send(task, request),
      listOutbound: ({ from, since, to }) =>
        ask('asks the carrier for messages', () =>
          this.messages
            .filter((message) => message.to === to && isFrom(message, from))
            .filter(({ createdAt }) => createdAt >= Math.floor(since.getTime() / 1_000) * 1_000)
            .map(listing)
            .toReversed(),
        ),
      listInbound: (query) => this.#listInbound(query, ask),
      fetchStatus: (carrierMessageId) =>
        ask('asks the carrier for a status', () => {
          const found = this.messages.find(({ id }) => id === carrierMessageId);
          return found === undefined ? null : status(found);
        }),
      listStatuses: ({ since, until }) => this.#listStatuses(since, until, ask),
      inboundDate: (carrierMessageId) =>
        ask('asks the carrier when it received a text', () => {
          const found = this.messages.find(({ id }) => id === carrierMessageId);
          return found === undefined ? null : wholeSecond(found.createdAt);
        }),
      inboundMedia: async () => [],
    };
  }

  // What a person's phone is to its driver (test/driver/phone.ts).
  async follow(phone: PhoneNumber, heard: (message: PhoneView) => void): Promise<void> {
    this.#followers.set(phone, heard);
  }

  /** `to`: one of our numbers, or one on WhatsApp; null: the one for texts. */
  async text(phone: PhoneNumber, body: string, to: SenderAddress | null = null): Promise<PhoneView> {
    this.texts += 1;
    this.lastTextAt = this.#world.now;
    const message = this.#add({
      from: phone,
      to: to ?? OUR_NUMBER,
      body,
      direction: 'from_phone',
      status: 'receiving',
    });
    this.#say(message);
    this.underWay += 1;
    this.#deliver(message);
    return { ...message };
  }

  async #send(task: Running, request: SendRequest): Promise<SendOutcome> {
    const world = this.#world;
    const throttled = world.chance(world.weather.carrier / 3);
    const fate = world.carrierFate();
    try {
      return await world.request<SendOutcome>(task, `sends to ${request.to}`, {
        changes: true,
        refused: () => new Error('no answer'),
        fate,
        effect: () => {
          this.requests += 1;
          if (throttled) return THROTTLED;
          if (fate === 'lost') this.counts.lostAnswers += 1;
          if (this.#isOutside(request)) return this.#refuse(request);
          const message = this.#add({
            from: request.from,
            to: request.to,
            body: request.body,
            direction: 'to_phone',
            status: 'queued',
            attemptId: request.attemptId,
            messageId: request.messageId,
            callback: request.statusCallbackUrl,
          });
          world.scheduler.note(`the carrier has ${message.id} for ${request.to}`);
          this.#say(message);
          this.#progress(message);
          return { kind: 'accepted', carrierMessageId: message.id, status: 'queued', segments: 1 };
        },
      });
    } catch {
      if (fate === 'refused') this.counts.lostRequests += 1;
      return AMBIGUOUS;
    }
  }

  /** Free text to somebody who has not written to that number on WhatsApp for 24 hours. */
  #isOutside({ from, template, to }: SendRequest): boolean {
    if (!isWhatsApp(from) || template !== null) return false;
    const heardAt = this.lastHeardAt(to, from);
    return heardAt === null || this.#world.time().getTime() - heardAt >= DAY_MS;
  }

  /** When a person last wrote to one of our numbers, in ms; null: never. `until`: of what was written up to then. */
  lastHeardAt(person: string, ours: string, until = Number.POSITIVE_INFINITY): number | null {
    const at = [
      ...this.before.filter((each) => each.from === person && each.to === ours).map((each) => each.at),
      ...this.messages
        .filter((each) => each.from === person && each.to === ours)
        .map((each) => each.createdAt),
    ].filter((each) => each <= until);
    return at.length === 0 ? null : Math.max(...at);
  }

  #refuse({ from, to }: SendRequest): SendOutcome {
    this.outside.push(
      `the carrier was asked for free text from ${from} to ${to}, who has not written there for a day`,
    );
    const { class: errorClass, meaning } = this.#adapter.classifyError(OUTSIDE);
    return { kind: 'refused', errorCode: OUTSIDE, class: errorClass, message: meaning };
  }

  /** On the phone, and what the application is told of it. */
  #progress(message: Message): void {
    const { scheduler } = this.#world;
    const sent = this.#world.between(SENT_MS.least, SENT_MS.most);
    const delivered = sent + this.#world.between(DELIVERED_MS.least, DELIVERED_MS.most);
    const becomes = (at: number, word: string): void => {
      scheduler.after(at, `${message.id} is ${word}`, null, () => {
        message.status = word;
        this.#callBack(message, word);
      });
    };
    becomes(sent, 'sent');
    becomes(delivered, 'delivered');
  }

  #callBack(message: Message, word: string): void {
    const { callback, id, to } = message;
    if (callback === null) return;
    if (this.#world.chance(this.#world.weather.carrier / 3)) {
      this.counts.lostCallbacks += 1;
      return;
    }
    const times = this.#world.chance(this.#world.weather.carrier / 3) ? 2 : 1;
    const target = callback.slice(TWILIO.PUBLIC_URL.length).split('#')[0] ?? '';
    const parameters = {
      MessageSid: id,
      MessageStatus: word,
      To: onWire(to, message.from),
      From: message.from,
    };
    for (let time = 0; time < times; time += 1)
      this.#tryWebhook(target, parameters, 0, `status of ${id}`, () => undefined);
  }

  #deliver(message: Message): void {
    const { body, from, id, to } = message;
    const parameters = { MessageSid: id, From: onWire(from, to), To: to, Body: body, NumMedia: '0' };
    this.#tryWebhook(webhookPaths('twilio').inbound, parameters, 0, `text ${id}`, (taken) => {
      message.status = taken ? 'received' : 'failed';
      if (!taken) this.counts.givenUp += 1;
      this.underWay -= 1;
      this.#say(message);
    });
  }

  /** Until it is answered with success, or for good: 15 s each time, and some while between. */
  #tryWebhook(
    target: string,
    parameters: Record<string, string>,
    tries: number,
    what: string,
    done: (taken: boolean) => void,
  ): void {
    const world = this.#world;
    const again = (): void => {
      this.counts.repeated += 1;
      if (tries + 1 >= TRIES) {
        done(false);
        return;
      }
      world.scheduler.after(world.between(200, 1_000) * 2 ** tries, `${what} again`, null, () =>
        this.#tryWebhook(target, parameters, tries + 1, what, done),
      );
    };
    const fate = world.carrierFate();
    world.scheduler.after(world.latency(), what, null, () => {
      const gateway = fate === 'refused' ? null : this.#reach();
      if (gateway === null) return again();
      let over = false;
      const once = (next: () => void): void => {
        if (over) return;
        over = true;
        giveUp();
        next();
      };
      const giveUp = world.scheduler.after(WEBHOOK_MS, `${what} was not answered`, null, () => once(again));
      gateway(target, this.#headers(target, parameters), new URLSearchParams(parameters).toString()).then(
        (code) => {
          world.scheduler.note(`${what} was answered with ${code}`);
          // The answer to one that was taken may be lost as well.
          world.scheduler.after(world.latency(), `the carrier hears of ${what}`, null, () =>
            once(() => (code === 200 && fate === 'done' ? done(true) : again())),
          );
        },
        () => once(again),
      );
    });
  }

  #headers(target: string, parameters: Record<string, string>): Record<string, string> {
    return {
      host: 'texts.example.org',
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilio.getExpectedTwilioSignature(
        TWILIO.TWILIO_AUTH_TOKEN,
        TWILIO.PUBLIC_URL + target,
        parameters,
      ),
    };
  }

  async *#listInbound({ since, until }: { since: Date; until: Date }, ask: Ask) {
    yield await ask('asks the carrier for texts', () =>
      this.messages
        .filter(({ direction }) => direction === 'from_phone')
        .filter(
          ({ createdAt }) =>
            createdAt >= Math.floor(since.getTime() / 1_000) * 1_000 && createdAt < until.getTime(),
        )
        .map(({ body, createdAt, from, id, to }) => ({
          kind: 'message' as const,
          mediaCount: 0,
          message: {
            carrierMessageId: id,
            from: from as PhoneNumber,
            to: senderAddress(to),
            body,
            media: [],
            receivedAt: wholeSecond(createdAt),
            optOutType: null,
          },
        })),
    );
  }

  async *#listStatuses(since: Date, until: Date, ask: Ask) {
    yield await ask('asks the carrier for statuses', () =>
      this.messages
        .filter(
          ({ createdAt, direction }) =>
            direction === 'to_phone' && createdAt >= since.getTime() - 1_000 && createdAt <= until.getTime(),
        )
        .map(status)
        .toReversed(),
    );
  }

  #add(given: Pick<Message, 'from' | 'to' | 'body' | 'direction' | 'status'> & Partial<Message>): Message {
    const createdAt = this.#world.time().getTime();
    const message: Message = {
      id: `SM${String(this.messages.length + 1).padStart(32, '0')}`,
      mediaUrls: [],
      errorCode: null,
      at: new Date(createdAt).toISOString(),
      createdAt,
      attemptId: null,
      messageId: null,
      callback: null,
      ...given,
    };
    this.messages.push(message);
    return message;
  }

  #say(message: Message): void {
    const phone = message.direction === 'from_phone' ? message.from : message.to;
    this.#followers.get(phone)?.({ ...message });
  }
}

/** A person's number as Twilio writes it, by the address of ours that they write to, or hear from. */
const onWire = (person: string, ours: string): string => (isWhatsApp(ours) ? `whatsapp:${person}` : person);

/** Asked without a number of ours, Twilio lists what went to the number itself, and so by text. */
const isFrom = (message: Message, from: string | undefined): boolean =>
  from === undefined ? !isWhatsApp(message.from) : message.from === from;

type Ask = <T>(what: string, effect: () => T) => Promise<T>;

const wholeSecond = (ms: number): Date => new Date(Math.floor(ms / 1_000) * 1_000);

const listing = ({ body, createdAt, from, id, status: word, to }: Message): OutboundListing => ({
  carrierMessageId: id,
  from,
  to,
  body,
  status: word,
  errorCode: null,
  segments: 1,
  createdAt: wholeSecond(createdAt),
});

const status = ({ id, status: word, to }: Message) => ({
  carrierMessageId: id,
  status: word,
  errorCode: null,
  phoneNumber: to as PhoneNumber,
});
