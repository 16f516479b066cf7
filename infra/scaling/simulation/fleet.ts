/** Tasks of one service: those that are wanted, and those that have started. Times in seconds. */
export class Fleet {
  readonly #startSeconds: number;
  /** When each task works or worked first, oldest first. */
  readonly #startsAt: number[];
  #seconds = 0;

  constructor(tasks: number, startSeconds: number) {
    this.#startSeconds = startSeconds;
    this.#startsAt = Array.from({ length: tasks }, () => 0);
  }

  /** Starts or stops tasks, the newest first, so that `desired` are there or on their way. */
  resize(desired: number, at: number): void {
    while (this.#startsAt.length > desired) this.#startsAt.pop();
    while (this.#startsAt.length < desired) this.#startsAt.push(at + this.#startSeconds);
  }

  get size(): number {
    return this.#startsAt.length;
  }

  running(at: number): number {
    return this.#startsAt.filter((startsAt) => startsAt <= at).length;
  }

  /** Counts a second of every task, those that start included: Fargate charges from the pull of the image. */
  charge(): void {
    this.#seconds += this.#startsAt.length;
  }

  get taskHours(): number {
    return this.#seconds / 3_600;
  }
}
