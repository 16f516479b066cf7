import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandTail } from '../driver/command-tail.ts';
import { System } from '../driver/system.ts';
import { pauseAfter } from '../eventually.ts';
import { scratchRoot } from '../scratch.ts';
import { Actor } from './acting.ts';
import { dayAfter, instantOf, localTime, nextChangeOfClocks } from './calendar.ts';
import { COURSE, listener, writeCourse } from './course.ts';
import { Killer, type KillPlan } from './kills.ts';
import { type HeardText, judge, type Story, type Texted } from './ledger.ts';
import { type Conduct, conducts, type Member, membersOf } from './people.ts';
import { reportFaults } from './reports.ts';

/**
 * People of many kinds take part in a programme for weeks, in the running system, while business time is skipped from one
 * moment at which something may be due to the next. Afterwards what each got is held against a ledger that knows only what
 * they wrote and when time jumped; reports against their events; and progress and dialogs against what events say.
 */
export interface MonthOptions {
  people: number;
  /** How long it lasts. */
  days: number;
  /** Drills behind the first. */
  lessons: number;
  /** On which day those register who come late. */
  lateOn: number;
  /** Clocks are changed on this day of it, from 0. */
  clocksChangeOn: number;
  /** Minutes of a day of the month, in New York, to which time jumps; they may reach into the next day. */
  stopsOf(day: number, weekday: number): readonly number[];
  zones?: readonly string[];
  times?: readonly number[];
  /** Processes that are killed in the middle of what is due. */
  kills: KillPlan;
  say(line: string): void;
}

export interface MonthOutcome {
  counts: Record<string, number>;
  byConduct: Record<
    Conduct,
    { people: number; texts: number; messages: number; lessons: number; reminders: number }
  >;
  /** Empty when everything held. */
  faults: readonly string[];
}

const SETTLED_MS = 600_000;
/** Texts that are on their way to the simulator at once. */
const AT_ONCE = 40;

const SETTINGS = {
  gateway: { STATUS_FIRST_LOOK_MS: '3600000' },
  sender: { MESSAGE_PAUSE_MS: '50' },
  carrier: { CARRIER_SENT_AFTER_MS: '1-5', CARRIER_DELIVERED_AFTER_MS: '2-10' },
};

export async function runMonth(options: MonthOptions): Promise<MonthOutcome> {
  const folder = await mkdtemp(join(scratchRoot(), 'carillon-course-'));
  await writeCourse(folder, options.lessons);
  const system = await System.start(SETTINGS, { contentDirectory: folder });
  const month = new Month(system, options);
  try {
    await month.live();
    return await month.outcome();
  } finally {
    month.close();
    await system.end();
    await rm(folder, { recursive: true, force: true });
  }
}

class Month {
  readonly #system: System;
  readonly #options: MonthOptions;
  readonly #tail: CommandTail;
  readonly #killer: Killer;
  readonly #actors: ReadonlyMap<string, Actor>;
  readonly #texts = new Map<string, Texted[]>();
  readonly #heard = new Map<string, HeardText[]>();
  readonly #listen: ReturnType<typeof listener>;
  /** When time had jumped. */
  readonly #steps: number[] = [];
  readonly #ids = new Set<string>();
  readonly #faults: string[] = [];
  #lastMessage: string | null = null;
  #taken = 0;

  constructor(system: System, options: MonthOptions) {
    this.#system = system;
    this.#options = options;
    this.#tail = new CommandTail(system.kinesisUrl);
    this.#killer = new Killer(system, options.kills);
    this.#listen = listener(options.lessons);
    const { lateOn, people, times, zones } = options;
    this.#actors = new Map(
      membersOf(people, { lateOn, ...(zones ? { zones } : {}), ...(times ? { times } : {}) }).map(
        (member) => [member.phone, new Actor(member)],
      ),
    );
  }

  close(): void {
    this.#tail.close();
  }

  /** All days of it. */
  async live(): Promise<void> {
    const { clocksChangeOn, days, say } = this.#options;
    const now = (await this.#system.now()).getTime();
    const first = dayAfter(nextChangeOfClocks(COURSE.zone, now, clocksChangeOn + 2), -clocksChangeOn);
    const began = performance.now();
    for (let day = 0; day < days; day += 1) {
      const today = dayAfter(first, day);
      const { weekday } = localTime(COURSE.zone, instantOf(COURSE.zone, today, 12 * 60));
      for (const minute of this.#options.stopsOf(day, weekday)) {
        await this.#step(day, instantOf(COURSE.zone, today, minute));
      }
      const [texts, heard] = [this.#texts, this.#heard].map((each) => [...each.values()].flat().length);
      say(
        `${today}: ${texts} texts, ${heard} messages, ${Math.round((performance.now() - began) / 1_000)} s`,
      );
    }
  }

  async #step(day: number, to: number): Promise<void> {
    await this.#system.skip({ to: new Date(to).toISOString() });
    const begins = (await this.#system.now()).getTime();
    const step = this.#steps.push(begins) - 1;
    await this.#killer.afterJump(new Date(begins));
    await this.#say([...this.#actors.values()].map((actor) => [actor, actor.blurts(begins)]));
    for (;;) {
      await this.#untilAtRest();
      await this.#listenTo(step);
      const now = (await this.#system.now()).getTime();
      const said = await this.#say(
        [...this.#actors.values()].map((actor) => [actor, actor.writes(step, day, now)]),
      );
      if (said === 0) return;
    }
  }

  /** Writes texts, and waits until each has been answered. Returns how many. */
  async #say(wanted: readonly (readonly [Actor, string | null])[]): Promise<number> {
    const waiting = wanted.filter((one): one is readonly [Actor, string] => one[1] !== null);
    const queue = [...waiting];
    const writer = async (): Promise<void> => {
      for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
        const [{ member }, body] = one;
        const { at } = await this.#system.simulator.text(member.phone, body);
        const texts = this.#texts.get(member.phone) ?? [];
        this.#texts.set(member.phone, texts);
        texts.push({ body, at: Date.parse(at), answeredAt: Number.POSITIVE_INFINITY });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, writer));
    this.#taken += waiting.length;
    if (waiting.length === 0) return 0;
    await this.#until('texts are answered', async () => {
      const { inbound } = await this.#system.simulator.stats();
      return inbound.received === this.#taken
        ? null
        : `${inbound.received} of ${this.#taken} texts were taken`;
    });
    const now = (await this.#system.now()).getTime();
    for (const [{ member }] of waiting) {
      const text = this.#texts.get(member.phone)?.at(-1) ?? assert.fail('it was written down');
      text.answeredAt = now;
    }
    return waiting.length;
  }

  async #listenTo(step: number): Promise<void> {
    const fresh = await this.#system.simulator.messages(this.#lastMessage);
    this.#lastMessage = fresh.at(-1)?.id ?? this.#lastMessage;
    for (const { at, body, direction, id, to } of fresh) {
      if (direction !== 'to_phone') continue;
      if (this.#ids.has(id)) this.#faults.push(`the carrier lists ${id} twice`);
      this.#ids.add(id);
      const actor = this.#actors.get(to);
      if (actor === undefined) {
        this.#faults.push(`${to}, who takes no part, got "${body}"`);
        continue;
      }
      const heard = this.#listen(body);
      const list = this.#heard.get(to) ?? [];
      this.#heard.set(to, list);
      list.push({ body, at: Date.parse(at), heard });
      if (heard !== null) actor.hears(heard.said, step);
    }
  }

  /** Nothing is on its way, and nothing is due; seen twice, with nothing new in between. */
  #untilAtRest(): Promise<void> {
    let isCalm = false;
    return this.#until('nothing is left to be done', async () => {
      const left = await this.#left();
      const wasCalm = isCalm;
      isCalm = left === null;
      return left ?? (wasCalm ? null : 'it was calm once only');
    });
  }

  async #left(): Promise<string | null> {
    const now = await this.#system.now();
    const { rows } = await this.#system.database.query<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM outbox) AS outbox,
              (SELECT count(*)::int FROM participant WHERE due_at <= $1) AS due,
              (SELECT count(*)::int FROM message WHERE state IN ('queued', 'posting', 'ambiguous')
                  OR state = 'held' AND due_at <= $1) AS messages,
              (SELECT count(*)::int FROM dialog_state
                 CROSS JOIN (VALUES ('outbound'), ('progress')) AS followers(consumer)
                WHERE version > coalesce((SELECT event_position.version FROM event_position
                                           WHERE event_position.consumer = followers.consumer
                                             AND event_position.phone_number = dialog_state.phone_number), 0)) AS behind`,
      [now],
    );
    const { inFlight } = await this.#system.simulator.stats();
    const fresh = await this.#tail.read();
    const executed = await this.#system.database.query(
      'SELECT FROM processed_command WHERE command_id = ANY ($1::uuid[])',
      [[...this.#tail.unexecuted]],
    );
    if (executed.rowCount === this.#tail.unexecuted.size) this.#tail.unexecuted.clear();
    const left = {
      ...rows[0],
      fresh: fresh.length,
      unexecuted: this.#tail.unexecuted.size,
      carrier: inFlight.requests + inFlight.webhooks + inFlight.scheduled,
    };
    return Object.values(left).every((count) => count === 0) ? null : JSON.stringify(left);
  }

  async #until(what: string, missing: () => Promise<string | null>): Promise<void> {
    const begin = performance.now();
    for (;;) {
      const left = await missing();
      if (left === null) return;
      const waited = performance.now() - begin;
      if (waited > SETTLED_MS) throw new Error(`waited for it that ${what}: ${left}`);
      await pauseAfter(waited);
    }
  }

  async outcome(): Promise<MonthOutcome> {
    const { lessons, say } = this.#options;
    const byConduct = Object.fromEntries(
      conducts.map((conduct) => [conduct, { people: 0, texts: 0, messages: 0, lessons: 0, reminders: 0 }]),
    ) as MonthOutcome['byConduct'];
    const counts = { people: this.#texts.size, jumps: this.#steps.length, texts: 0, messages: 0 };
    const more = { lessons: 0, 'of these by themselves': 0, reminders: 0, stops: 0 };
    for (const { member } of this.#actors.values()) {
      const story = this.#storyOf(member);
      const judged = judge(story, this.#steps, lessons);
      this.#faults.push(...judged.faults);
      const row = byConduct[member.conduct];
      row.people += 1;
      row.texts += story.texts.length;
      row.messages += story.heard.length;
      row.lessons += judged.lessons;
      row.reminders += judged.reminders;
      counts.texts += story.texts.length;
      counts.messages += story.heard.length;
      more.lessons += judged.lessons;
      more['of these by themselves'] += judged.scheduled;
      more.reminders += judged.reminders;
      more.stops += story.texts.filter(({ body }) => body.toLowerCase() === 'stop').length;
    }
    say(`the ledger has ${this.#faults.length} faults`);
    this.#faults.push(...(await this.#textFaults()), ...(await reportFaults(this.#system)));
    for (const topic of ['dialog', 'progress']) {
      const said = await this.#system.operate(topic, 'check').catch(({ stdout }) => String(stdout));
      const [last = 'nothing'] = said.trimEnd().split('\n').slice(-1);
      say(`ops -- ${topic} check: ${last}`);
      const subjects = topic === 'dialog' ? 'dialogs' : 'people';
      if (last !== `${this.#texts.size} ${subjects} compared, 0 differ from their events`)
        this.#faults.push(said);
    }
    return { counts: { ...counts, ...more, ...this.#killer.counts }, byConduct, faults: this.#faults };
  }

  #storyOf(member: Member): Story {
    return {
      member,
      texts: this.#texts.get(member.phone) ?? [],
      heard: this.#heard.get(member.phone) ?? [],
    };
  }

  /** What was written down is what the carrier carried. */
  async #textFaults(): Promise<string[]> {
    const carried = (await this.#system.simulator.messages())
      .filter(({ direction }) => direction === 'from_phone')
      .map(({ body, from }) => `${from} ${body}`)
      .sort();
    const written = [...this.#texts]
      .flatMap(([phone, texts]) => texts.map(({ body }) => `${phone} ${body}`))
      .sort();
    return JSON.stringify(carried) === JSON.stringify(written)
      ? []
      : ['the carrier knows other texts than were written'];
  }
}

/** Each hour from seven in the morning until the evening is over in Hawaii, in minutes. */
export const everyHour: readonly number[] = Array.from({ length: 19 }, (_, hour) => (7 + hour) * 60 + 1);
