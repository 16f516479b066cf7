import { dayAfter, HOUR, instantOf, localTime, MINUTE } from './calendar.ts';
import { answers, COURSE, type Language, nameOf, type Said, settlePrompts } from './course.ts';
import type { Member } from './people.ts';

/**
 * The ledger of a month: what each person should have got, worked out from what they wrote and when time jumped, by rules that
 * are written down here once more, with the runtime's calendar; and what they got, from the carrier. Pure.
 */

export interface Texted {
  body: string;
  at: number;
  /** The webhook was answered by then. */
  answeredAt: number;
}

export interface HeardText {
  body: string;
  at: number;
  heard: { said: Said; language: Language } | null;
}

export interface Story {
  member: Member;
  /** In order, as both that follow. */
  texts: readonly Texted[];
  heard: readonly HeardText[];
}

export interface Judged {
  faults: string[];
  lessons: number;
  reminders: number;
  scheduled: number;
}

/** From eight to nine in the evening; the product stops a minute early. */
const OPENS = 8 * 60;
const CLOSES = 21 * 60;
/** Between what the dialog did and when the carrier got it; time goes on while a step is worked off. */
const SLACK = 3 * MINUTE;
const SPREAD = COURSE.spreadMinutes * MINUTE;
const IDLE = COURSE.idleHours * HOUR;

type Item = { kind: 'text'; at: number; text: Texted } | { kind: 'heard'; at: number; text: HeardText };

/** `steps`: when time had jumped, in order; everything that was due had been done before the next. */
export function judge({ heard, member, texts }: Story, steps: readonly number[], lessons: number): Judged {
  const person = new Expected(member, lessons);
  const items: Item[] = [
    ...texts.map((text): Item => ({ kind: 'text', at: text.at, text })),
    ...heard.map((text): Item => ({ kind: 'heard', at: text.at, text })),
  ].sort((a, b) => a.at - b.at);
  let next = 0;
  for (const [index, begins] of steps.entries()) {
    const ends = steps[index + 1] ?? Number.POSITIVE_INFINITY;
    person.begins(begins);
    for (let item = items[next]; item !== undefined && item.at < ends; item = items[next]) {
      next += 1;
      if (item.kind === 'text') person.wrote(item.text);
      else person.got(item.text);
    }
    person.ends(begins);
  }
  return person.judged();
}

interface Slot {
  from: number;
  until: number;
}

interface OpenPrompt {
  said: Said;
  askedAt: number;
  failures: number;
  isReminded: boolean;
}

class Expected {
  readonly #member: Member;
  readonly #lessons: number;
  readonly #faults: string[] = [];
  #replies: Said[] = [];
  #validated = false;
  #stoppedAt: number | null = null;
  #language: Language = 'en';
  #isZoneTold = false;
  #isTimeTold = false;
  /** Lessons begun; they come in order. */
  #given = 0;
  #open: OpenPrompt | null = null;
  #lastText = 0;
  #lastStart = 0;
  #toldNothingMore = false;
  #reminders = 0;
  #scheduled = 0;
  /** Of the step. */
  #isStarted = false;
  #isDisturbed = false;
  #nextDay: string | null = null;
  #slots: Slot[] = [];
  #bodies = new Set<string>();

  constructor(member: Member, lessons: number) {
    this.#member = member;
    this.#lessons = lessons;
  }

  judged(): Judged {
    return {
      faults: this.#faults,
      lessons: this.#given,
      reminders: this.#reminders,
      scheduled: this.#scheduled,
    };
  }

  #fault(at: number, what: string): void {
    const local = localTime(this.#hoursZone, at);
    const time = `${local.day} ${String(Math.floor(local.minute / 60)).padStart(2, '0')}:${String(local.minute % 60).padStart(2, '0')}`;
    this.#faults.push(
      `${this.#member.phone} (${this.#member.conduct}) at ${time} ${this.#hoursZone}: ${what}`,
    );
  }

  get #hoursZone(): string {
    return this.#isZoneTold ? this.#member.zone : this.#member.numberZone;
  }

  #isAllowed(at: number): boolean {
    const { minute } = localTime(this.#hoursZone, at);
    return minute >= OPENS && minute < CLOSES;
  }

  begins(at: number): void {
    this.#isStarted = false;
    this.#isDisturbed = false;
    if (this.#validated) this.#lookAhead(at);
  }

  /** The deliveries up to now that nothing was decided about. */
  #lookAhead(at: number): void {
    const zone = this.#isZoneTold ? this.#member.zone : COURSE.zone;
    this.#nextDay ??= localTime(zone, at).day;
    for (;;) {
      const slot = this.#slotOf(this.#nextDay, zone);
      if (slot !== null && slot.from > at + HOUR) return;
      if (slot === null && instantOf(zone, this.#nextDay, 0) > at) return;
      if (slot !== null) this.#slots.push(slot);
      this.#nextDay = dayAfter(this.#nextDay);
    }
  }

  #slotOf(day: string, zone: string): Slot | null {
    const minute = (this.#isTimeTold ? this.#member.time?.minute : undefined) ?? 10 * 60;
    const at = instantOf(zone, day, minute);
    if (!(COURSE.days as readonly number[]).includes(localTime(zone, at).weekday)) return null;
    const there = localTime(this.#hoursZone, at);
    // Before eight where their number is from: it waits until then.
    const from = there.minute < OPENS ? instantOf(this.#hoursZone, there.day, OPENS) : at;
    return { from, until: from + SPREAD };
  }

  wrote({ answeredAt, at, body }: Texted): void {
    const word = body.toLowerCase();
    if (this.#replies.length > 0) this.#fault(at, `wrote ${body} before ${this.#replies.map(nameOf)} came`);
    if (word === 'stop') {
      this.#stoppedAt = answeredAt;
      this.#open = null;
      this.#isDisturbed = true;
      this.#replies.push({ kind: 'optOutConfirmation' });
      return;
    }
    this.#lastText = at;
    if (word === 'start') {
      this.#stoppedAt = null;
      this.#replies.push({ kind: 'optedBackIn' });
      this.#expectNext();
    } else if (!this.#validated) this.#registers(word);
    else if (this.#open !== null) this.#answers(word, this.#open);
    else if (word === answers.more[this.#language]) this.#expectNext();
    else if (word !== answers.schedule[this.#language])
      this.#fault(at, `wrote ${body}, which nobody expects`);
  }

  #registers(word: string): void {
    this.#validated = word === COURSE.code.toLowerCase();
    this.#replies.push(this.#validated ? { kind: 'settle', prompt: 'language' } : { kind: 'invalidCode' });
  }

  #answers(word: string, open: OpenPrompt): void {
    const { said } = open;
    if (said.kind === 'settle') {
      const place = settlePrompts.indexOf(said.prompt as (typeof settlePrompts)[number]);
      if (said.prompt === 'language') this.#language = this.#member.language;
      if (said.prompt === 'zone') this.#isZoneTold = true;
      if (said.prompt === 'time') this.#isTimeTold = true;
      if (said.prompt !== 'language') this.#replan();
      this.#open = null;
      this.#replies.push({ kind: 'settle', prompt: settlePrompts[place + 1] ?? 'done' });
    } else if (said.kind === 'question') {
      const end: Said = { kind: 'end', lesson: said.lesson };
      if (word === answers.right[this.#language]) this.#replies.push({ kind: 'right' }, end);
      else if (open.failures > 0) this.#replies.push({ kind: 'correctedAnswer' }, end);
      else this.#replies.push({ kind: 'tryAgain' });
      if (this.#replies.at(-1) === end) this.#open = null;
      else open.failures += 1;
    }
  }

  /** Deliveries are at another time from now on. */
  #replan(): void {
    this.#slots = [];
    this.#nextDay = null;
  }

  #expectNext(): void {
    if (this.#given < this.#lessons) this.#replies.push({ kind: 'question', lesson: this.#given + 1 });
    else if (!this.#toldNothingMore) {
      this.#toldNothingMore = true;
      this.#replies.push({ kind: 'nothingMore' });
    }
  }

  got({ at, body, heard }: HeardText): void {
    if (heard === null) {
      this.#fault(at, `got "${body}", which nobody wrote`);
      return;
    }
    const { language, said } = heard;
    const name = nameOf(said);
    const isConfirmation = said.kind === 'optOutConfirmation';
    if (this.#stoppedAt !== null && at > this.#stoppedAt && !isConfirmation) {
      this.#fault(at, `got ${name} after STOP`);
    }
    // The bare letters of some built-in texts are the same in no language.
    if (language !== this.#language) this.#fault(at, `got ${name} in ${language}, not ${this.#language}`);
    if (said.kind === 'settle' || said.kind === 'question' || said.kind === 'end') {
      if (this.#bodies.has(name)) this.#fault(at, `got ${name} twice`);
      this.#bodies.add(name);
    }
    const [reply] = this.#replies;
    const isReply = reply !== undefined && nameOf(reply) === name;
    if (isReply) this.#replies.shift();
    if (said.kind === 'question' || (said.kind === 'settle' && said.prompt !== 'done')) {
      this.#asked(said, at, isReply);
    } else if (said.kind === 'reminder') this.#remindedAt(at);
    else if (!isReply)
      this.#fault(at, `got ${name}, expected ${reply === undefined ? 'nothing' : nameOf(reply)}`);
  }

  #asked(said: Said, at: number, isReply: boolean): void {
    if (said.kind === 'question') {
      if (said.lesson !== this.#given + 1) this.#fault(at, `got lesson ${said.lesson} after ${this.#given}`);
      this.#given = said.lesson;
      this.#isStarted = true;
      if (!isReply) this.#byItself(said, at);
      this.#lastStart = at;
    } else if (!isReply) this.#fault(at, `got ${nameOf(said)}, which nobody asked for`);
    else if (said.kind === 'settle' && said.prompt === 'language') this.#lastStart = at;
    this.#open = { said, askedAt: at, failures: 0, isReminded: false };
  }

  /** A lesson that nobody asked for: at the time of delivery of somebody who was idle. */
  #byItself(said: Said, at: number): void {
    this.#scheduled += 1;
    if (!this.#isAllowed(at)) this.#fault(at, `got ${nameOf(said)} outside the hours`);
    const idleFrom = Math.max(this.#lastText, this.#lastStart) + IDLE;
    const slot = this.#slots.findIndex(({ from, until }) => from - SLACK <= at && idleFrom <= until + SLACK);
    if (slot < 0) this.#fault(at, `got ${nameOf(said)}, which was not due`);
    else this.#slots.splice(0, slot + 1);
  }

  #remindedAt(at: number): void {
    this.#reminders += 1;
    const open = this.#open;
    if (open === null) {
      this.#fault(at, 'was reminded of nothing');
      return;
    }
    if (open.isReminded) this.#fault(at, `was reminded of ${nameOf(open.said)} twice`);
    open.isReminded = true;
    if (!this.#isAllowed(at)) this.#fault(at, 'was reminded outside the hours');
    if (at < this.#reminderFrom(open) - SLACK)
      this.#fault(at, `was reminded of ${nameOf(open.said)} too early`);
    if (at > open.askedAt + COURSE.remindUntilHours * HOUR + SLACK) {
      this.#fault(at, `was reminded of ${nameOf(open.said)} too late`);
    }
  }

  #reminderFrom({ askedAt }: { askedAt: number }): number {
    return Math.max(askedAt, this.#lastText) + COURSE.remindAfterHours * HOUR;
  }

  /** Everything that was due when the step began has been done, and all answers have come. */
  ends(began: number): void {
    for (const reply of this.#replies) this.#fault(began, `never got ${nameOf(reply)}`);
    this.#replies = [];
    const isActive = this.#validated && this.#stoppedAt === null && !this.#isDisturbed;
    const isOpenAt = this.#isAllowed(began) && this.#isAllowed(began + SLACK);
    this.#settleSlots(began, isActive && isOpenAt);
    const open = this.#open;
    if (!isActive || !isOpenAt || open === null || open.isReminded || this.#isStarted) return;
    const isDue = began >= this.#reminderFrom(open) + SLACK;
    const isInTime = began < open.askedAt + COURSE.remindUntilHours * HOUR - SLACK;
    if (isDue && isInTime) {
      open.isReminded = true;
      this.#fault(began, `was not reminded of ${nameOf(open.said)}`);
    }
  }

  #settleSlots(began: number, isOwed: boolean): void {
    this.#slots = this.#slots.filter(({ from, until }) => {
      if (until > began) return true;
      const isIdle = Math.max(this.#lastText, this.#lastStart) + IDLE <= from - SLACK;
      if (isOwed && isIdle && this.#given < this.#lessons) {
        this.#fault(began, `did not get lesson ${this.#given + 1}`);
      }
      return false;
    });
  }
}
