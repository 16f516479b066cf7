import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import { gradeAnswer, promptOf } from '#shared/drills/prompt.ts';

/** What an answer was, or would be, taken for. `gone`: the drill has no such prompt; `unasked`: it was over by then. */
export type Verdict = 'right' | 'wrong' | 'abandoned' | 'noted' | 'gone' | 'unasked';

/** One answer of a person to a drill, as it was graded and as another version would grade it. */
export interface ReplayedAnswer {
  drillInstanceId: string;
  /** ISO 8601, UTC. */
  answeredAt: string;
  prompt: string;
  /** null: an empty text. */
  answer: string | null;
  was: Verdict;
  wouldBe: Verdict;
}

/**
 * What another version of a drill would make of the answers that a person gave to it. Pure. `batches` are all of the
 * person, oldest first. Each answer is put to the prompt that it was given to, in the language that the person had then;
 * what the other version asks besides is not invented. Answers to a prompt count until it would be done: those after that
 * are `unasked`, as nobody would have been asked again.
 */
export function replayAnswers(batches: readonly DialogEventBatch[], drill: Drill): ReplayedAnswer[] {
  const instances = new Set<string>();
  const standing = new Map<string, { failures: number; done: boolean }>();
  const replayed: ReplayedAnswer[] = [];
  for (const { events, profileBefore } of batches) {
    for (const event of events) {
      if (event.type === 'DRILL_STARTED' && event.drill.slug === drill.slug)
        instances.add(event.drillInstanceId);
      if (event.type !== 'COMPLETED_PROMPT' && event.type !== 'FAILED_PROMPT') continue;
      const { drillInstanceId, prompt: asked, response: answer } = event;
      if (!instances.has(drillInstanceId)) continue;
      const key = `${drillInstanceId} ${asked.slug}`;
      const at = standing.get(key) ?? { failures: 0, done: false };
      standing.set(key, at);
      const was =
        event.type === 'COMPLETED_PROMPT' ? (event.graded ? 'right' : 'noted') : failed(event.abandoned);
      const wouldBe = judge(drill, asked.slug, answer ?? '', profileBefore.language, at);
      replayed.push({
        drillInstanceId,
        answeredAt: event.occurredAt,
        prompt: asked.slug,
        answer,
        was,
        wouldBe,
      });
    }
  }
  return replayed;
}

const failed = (abandoned: boolean): Verdict => (abandoned ? 'abandoned' : 'wrong');

/** Judges one answer, and notes in `at` what that makes of the prompt. */
function judge(
  drill: Drill,
  slug: string,
  answer: string,
  language: string,
  at: { failures: number; done: boolean },
): Verdict {
  const prompt = promptOf(drill, slug);
  if (prompt === null) return 'gone';
  if (at.done) return 'unasked';
  const { graded, right } = gradeAnswer(answer, prompt, language, drill.defaultLanguage);
  if (right) {
    at.done = true;
    return graded ? 'right' : 'noted';
  }
  const abandoned = at.failures >= prompt.maxFailures;
  if (abandoned) at.done = true;
  else at.failures += 1;
  return failed(abandoned);
}
