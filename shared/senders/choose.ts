import { createHash } from 'node:crypto';

/**
 * Which of some numbers somebody is written to from: drawn from the ids of both, more often those that send faster (rendezvous
 * hashing with weights). Always the same while the numbers are; when one goes, only those who had it get another.
 */
export function chooseSender<S extends { senderNumber: string; rate: number }>(
  person: string,
  senders: readonly S[],
): S | null {
  let chosen: S | null = null;
  let best = Number.NEGATIVE_INFINITY;
  for (const sender of senders) {
    const score = -sender.rate / Math.log(drawOf(person, sender.senderNumber));
    if (score > best) [chosen, best] = [sender, score];
  }
  return chosen;
}

/** Uniform in (0, 1). */
const drawOf = (person: string, senderNumber: string): number =>
  (createHash('md5').update(`${person}:${senderNumber}`).digest().readUInt32BE(0) + 0.5) / 2 ** 32;
