import { setTimeout as delay } from 'node:timers/promises';
import { inboundCommandId } from '#shared/identity.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { seededRandom } from '../test/driver/random.ts';
import { untilAtRest } from '../test/driver/rest.ts';
import type { Simulator } from '../test/driver/simulator.ts';
import type { System } from '../test/driver/system.ts';

const SEED = 11;
const AREA_CODES = [
  201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225,
];

const phoneAt = (index: number): PhoneNumber => {
  const area = AREA_CODES[Math.floor(index / 100)];
  if (area === undefined) throw new Error('there are not so many numbers for tests');
  return phoneNumber(`+1${area}55501${String(index % 100).padStart(2, '0')}`);
};

export interface Text {
  id: string;
  phone: PhoneNumber;
  /** ms since 1970, by the carrier. */
  writtenAt: number;
}

export const stageNames = [
  'to the gateway',
  'to the dialog',
  'to a message',
  'to its claim',
  'to the carrier',
  'in all',
] as const;
export type StageName = (typeof stageNames)[number];
/** Milliseconds of one text by stage, and in all. */
export type Stages = Record<StageName, number>;
/** A text whose one reply was accepted at that instant, in ms since 1970. */
export interface Answered {
  writtenAt: number;
  repliedAt: number;
}

/** The same, with where the time went. */
export interface Replied extends Answered {
  stages: Stages;
}

/** People who text whatever is behind a simulated carrier, each from a number of their own, and when their texts were answered. */
export class Chat {
  readonly #simulator: Simulator;
  readonly #phones: PhoneNumber[] = [];

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Numbers of so many more people. */
  people(count: number): PhoneNumber[] {
    const fresh = Array.from({ length: count }, (_, index) => phoneAt(this.#phones.length + index));
    this.#phones.push(...fresh);
    return fresh;
  }

  /** Each writes this; the next does a while after the reply has come. */
  async oneAtATime(phones: readonly PhoneNumber[], body: string): Promise<Text[]> {
    const random = seededRandom(SEED);
    const texts: Text[] = [];
    for (const phone of phones) {
      const replied = Promise.withResolvers<void>();
      const heard = new Set((await this.#simulator.conversation(phone)).map(({ id }) => id));
      await this.#simulator.follow(phone, (message) => {
        if (message.direction === 'to_phone' && !heard.has(message.id)) replied.resolve();
      });
      texts.push(await this.#write(phone, body));
      await replied.promise;
      await delay(50 + random() * 250);
    }
    return texts;
  }

  /** So many texts a second, whether replies come or not: what is late is counted as late. Each asks for help. */
  async openLoop(phones: readonly PhoneNumber[], perSecond: number, seconds: number): Promise<Text[]> {
    const writing: Promise<Text>[] = [];
    const began = performance.now();
    for (let n = 0; n < perSecond * seconds; n += 1) {
      const wait = (n / perSecond) * 1_000 - (performance.now() - began);
      if (wait > 0) await delay(wait);
      const phone = phones[n % phones.length];
      if (phone !== undefined) writing.push(this.#write(phone, 'HELP'));
    }
    return Promise.all(writing);
  }

  /** Each of them asks for help, and again as soon as the reply has come, for so many seconds: as much as goes. */
  async closedLoop(phones: readonly PhoneNumber[], seconds: number): Promise<Text[]> {
    const end = performance.now() + seconds * 1_000;
    const texts = phones.map(async (phone): Promise<Text[]> => {
      let replied = Promise.withResolvers<void>();
      const heard = new Set((await this.#simulator.conversation(phone)).map(({ id }) => id));
      await this.#simulator.follow(phone, (message) => {
        if (message.direction !== 'to_phone' || heard.has(message.id)) return;
        heard.add(message.id);
        replied.resolve();
      });
      const written: Text[] = [];
      while (performance.now() < end) {
        replied = Promise.withResolvers();
        written.push(await this.#write(phone, 'HELP'));
        await replied.promise;
      }
      return written;
    });
    return (await Promise.all(texts)).flat();
  }

  /**
   * When the carrier took the reply to each of these, which are all that their phones wrote from the first on: each of them wrote
   * again only once it had its reply. Throws when a text has not exactly one reply.
   */
  async answersTo(texts: readonly Text[]): Promise<Answered[]> {
    const began = Math.min(...texts.map(({ writtenAt }) => writtenAt));
    const replies = Map.groupBy(
      (await this.#simulator.messages()).filter(
        ({ at, direction }) => direction === 'to_phone' && Date.parse(at) >= began,
      ),
      ({ to }) => to,
    );
    return [...Map.groupBy(texts, ({ phone }) => phone)].flatMap(([phone, written]) => {
      const heard = replies.get(phone) ?? [];
      if (heard.length !== written.length)
        throw new Error(`${phone} wrote ${written.length} texts and got ${heard.length} replies`);
      return written.map(({ writtenAt }, index) => ({
        writtenAt,
        repliedAt: Date.parse(heard[index]?.at ?? ''),
      }));
    });
  }

  async #write(phone: PhoneNumber, body: string): Promise<Text> {
    const { at, id } = await this.#simulator.text(phone, body);
    return { id, phone, writtenAt: Date.parse(at) };
  }
}

/** The same with a whole system, whose people register first and which wrote down when each stage had a text. */
export class SystemChat extends Chat {
  readonly #system: System;

  constructor(system: System) {
    super(system.simulator);
    this.#system = system;
  }

  /** So many more people register; resolves when the system has come to rest. Returns their numbers. */
  async register(count: number, code: string): Promise<PhoneNumber[]> {
    const fresh = this.people(count);
    for (let from = 0; from < count; from += 50) {
      await Promise.all(
        fresh.slice(from, from + 50).map((phone) => this.#system.simulator.text(phone, code)),
      );
      await delay(200);
    }
    await untilAtRest(this.#system, 120_000);
    return fresh;
  }

  /** Where the time went, from the instants that each stage wrote down. Throws when a text has not exactly one reply. */
  async stagesOf(texts: readonly Text[]): Promise<Replied[]> {
    const { rows } = await this.#system.database.query<{
      command_id: string;
      received_at: string;
      executed_at: Date;
      created_at: Date;
      posted_at: Date;
      carrier_message_id: string;
    }>(
      `SELECT command_id, batch->'origin'->>'receivedAt' AS received_at,
              dialog_event_batch.occurred_at AS executed_at, created_at, posted_at, carrier_message_id
         FROM dialog_event_batch
         JOIN message ON message.batch_id = (batch->>'batchId')::uuid
         JOIN attempt USING (message_id)
        WHERE attempt.state = 'accepted'`,
    );
    const repliesTo = Map.groupBy(rows, (row) => row.command_id);
    const carried = await this.#system.simulator.messages();
    const acceptedAt = new Map(carried.map(({ at, id }) => [id, Date.parse(at)]));
    return texts.map(({ id, phone, writtenAt }) => {
      const replies = repliesTo.get(inboundCommandId('twilio', id)) ?? [];
      const [reply] = replies;
      const repliedAt = acceptedAt.get(reply?.carrier_message_id ?? '');
      if (replies.length !== 1 || !reply || repliedAt === undefined) {
        throw new Error(`the text ${id} of ${phone} has ${replies.length} replies`);
      }
      const received = Date.parse(reply.received_at);
      const stages = {
        'to the gateway': received - writtenAt,
        'to the dialog': reply.executed_at.getTime() - received,
        'to a message': reply.created_at.getTime() - reply.executed_at.getTime(),
        'to its claim': reply.posted_at.getTime() - reply.created_at.getTime(),
        'to the carrier': repliedAt - reply.posted_at.getTime(),
        'in all': repliedAt - writtenAt,
      };
      return { writtenAt, repliedAt, stages };
    });
  }
}
