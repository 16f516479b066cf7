import { DAY, localTime } from './calendar.ts';
import { answers, COURSE, type Question, type Said, type Settling, type settlePrompts } from './course.ts';
import type { Member } from './people.ts';

type Asked = Settling | Question;

/** One person as they act: what they write follows from what they are like and what they heard. */
export class Actor {
  readonly member: Member;
  #asked: Asked | null = null;
  /** From which step on they answer. */
  #answersAt = 0;
  #tries = 0;
  #reminded = false;
  #ended: number | null = null;
  #questions = 0;
  #stoppedAt: number | null = null;
  #isBack = false;
  #registered: 'no' | 'greeted' | 'yes' = 'no';
  #askedForSchedule = false;

  constructor(member: Member) {
    this.member = member;
  }

  get isStopped(): boolean {
    return this.#stoppedAt !== null && !this.#isBack;
  }

  hears(said: Said, step: number): void {
    const { conduct } = this.member;
    if (said.kind === 'settle' || said.kind === 'question') {
      if (said.kind === 'question') this.#questions += 1;
      this.#asked = said.kind === 'settle' && said.prompt === 'done' ? null : said;
      this.#tries = 0;
      this.#reminded = false;
      const isSettling = said.kind === 'settle';
      const waits = { learns: 1, fails: 1, late: 1, slow: 3 } as const;
      this.#answersAt = step + (isSettling || !(conduct in waits) ? 0 : waits[conduct as keyof typeof waits]);
    } else if (said.kind === 'reminder') this.#reminded = true;
    else if (said.kind === 'tryAgain') this.#answersAt = step + (conduct === 'learns' ? 1 : 0);
    else if (said.kind === 'end') {
      this.#asked = null;
      this.#ended = said.lesson;
      this.#answersAt = step + 1;
    }
  }

  /** What they write right after time has jumped, whatever is on its way to them. */
  blurts(now: number): string | null {
    const { conduct, phone, time, zone } = this.member;
    if (conduct !== 'stops' || this.#stoppedAt !== null || this.#questions !== 2) return null;
    // Every other one stops while the third lesson is on its way.
    if (Number(phone.slice(-1)) % 2 === 0) return null;
    const { minute, weekday } = localTime(zone, now);
    const from = time?.minute ?? 10 * 60;
    if (!(COURSE.days as readonly number[]).includes(weekday) || minute < from || minute > from + 100)
      return null;
    this.#stoppedAt = now;
    return 'stop';
  }

  /** What they write now that everything has arrived; null: nothing. */
  writes(step: number, day: number, now: number): string | null {
    const { conduct, registersOn } = this.member;
    if (this.#registered !== 'yes') {
      if (day < registersOn) return null;
      if (conduct === 'late' && this.#registered === 'no') {
        this.#registered = 'greeted';
        return 'Hello';
      }
      this.#registered = 'yes';
      return conduct === 'eager' ? COURSE.code.toLowerCase() : COURSE.code;
    }
    if (conduct === 'silent') return null;
    if (this.isStopped) return this.#comesBack(now);
    if (this.#asked !== null) return this.#answers(this.#asked, step, now);
    return step < this.#answersAt ? null : this.#asksForSomething();
  }

  #comesBack(now: number): string | null {
    if (this.member.conduct !== 'returns' || now < (this.#stoppedAt ?? now) + 2 * DAY) return null;
    this.#isBack = true;
    this.#asked = null;
    return 'START';
  }

  #answers(asked: Asked, step: number, now: number): string | null {
    const { conduct, language } = this.member;
    if (step < this.#answersAt) return null;
    if (asked.kind === 'settle') {
      this.#asked = null;
      return this.#settles(asked.prompt as (typeof settlePrompts)[number]);
    }
    if ((conduct === 'stops' && asked.lesson === 3) || (conduct === 'returns' && asked.lesson === 2)) {
      this.#stoppedAt = now;
      this.#asked = null;
      return conduct === 'stops' ? 'STOP' : 'Stop';
    }
    if (conduct === 'reminded' && !this.#reminded) {
      if (asked.lesson % 2 === 0 || this.#tries > 0) return null;
      this.#tries = 1;
      return language === 'es' ? 'luego' : 'later';
    }
    const isWrong = conduct === 'fails' || (conduct === 'learns' && this.#tries === 0);
    this.#tries += 1;
    if (this.#tries > 2) return null;
    this.#answersAt = step + 1;
    if (!isWrong || this.#tries === 2) this.#asked = null;
    return isWrong ? answers.wrong[language] : answers.right[language];
  }

  #settles(prompt: (typeof settlePrompts)[number]): string {
    const { language, time, zone } = this.member;
    if (prompt === 'language') return answers.language[language];
    if (prompt === 'zone') return zone;
    return time?.said ?? (language === 'es' ? 'me da igual' : 'any time');
  }

  #asksForSomething(): string | null {
    const { conduct, language } = this.member;
    const ended = this.#ended;
    if (ended === null) return null;
    this.#ended = null;
    if (conduct === 'eager' && ended % 2 === 1) return answers.more[language];
    if (conduct === 'slow' && ended >= 2 && !this.#askedForSchedule) {
      this.#askedForSchedule = true;
      return answers.schedule[language];
    }
    return null;
  }
}
