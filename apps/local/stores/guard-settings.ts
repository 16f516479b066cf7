import { z } from 'zod';

/** What a guard (guard-main.ts) is told to run. */
export const guardOrderSchema = z.object({
  command: z.string().min(1),
  args: z.array(z.string()),
  /** What the program sees as its own name, for programs that behave by it. */
  argv0: z.string().min(1),
  environment: z.record(z.string(), z.string()),
  /** Another user to run as, for programs that refuse to run as root. */
  runAs: z.object({ uid: z.int(), gid: z.int() }).nullable(),
  /** Signal that ends the program cleanly and soon. */
  stopSignal: z.enum(['SIGINT', 'SIGTERM']),
  /** File in which the program itself leaves its process id. */
  pidFile: z.string().min(1),
  /** File in which the guard notes the program, outside of what the program writes. */
  recordFile: z.string().min(1),
});
export type GuardOrder = z.infer<typeof guardOrderSchema>;

/** How long a program may take to end before it is killed, in ms. */
export const GUARD_STOP_MS = 8_000;
