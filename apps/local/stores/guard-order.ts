/** What a guard (guard-main.ts) is told to run. Holds no secret: arguments of a process can be read by anyone. */
export interface GuardOrder {
  command: string;
  args: readonly string[];
  /** What the program sees as its own name, for programs that behave by it. */
  argv0: string;
  environment: Readonly<Record<string, string>>;
  /** Another user to run as, for programs that refuse to run as root. */
  runAs: { uid: number; gid: number } | null;
  /** Signal that ends the program cleanly and soon. */
  stopSignal: 'SIGINT' | 'SIGTERM';
  /** File in which the program itself leaves its process id. */
  pidFile: string;
  /** File in which the guard notes the program, outside of what the program writes. */
  recordFile: string;
}

/** How long a program may take to end before it is killed, in ms. */
export const GUARD_STOP_MS = 8_000;
