import { distance } from 'fastest-levenshtein';
import { numbersOf } from '#shared/drills/tokens.ts';

/** Wrong answers that mean the same, as an author reads them. */

export interface CountedAnswer {
  /** Its tokens, with spaces between them. */
  answer: string;
  /** As somebody wrote it. */
  example: string;
  count: number;
  /** Whether more than one person wrote it. */
  isShared: boolean;
}

export interface AnswerGroup {
  example: string;
  count: number;
  /** Different ones in the group. */
  answers: number;
}

/** As where answers are graded: words that are no longer are the same or they are not. */
const SHORT = 3;

/** Whether two answers are the same but for slips: as forgiving as the grading of answers is, also with numbers. */
export function alike(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [joined(a), joined(b)];
  const length = Math.min(left.length, right.length);
  const allowed = Math.floor(length / 4);
  if (length <= SHORT || Math.abs(left.length - right.length) > allowed) return left === right;
  return (
    numbersOf(a.split(' ')).join(' ') === numbersOf(b.split(' ')).join(' ') &&
    distance(left, right) <= allowed
  );
}

const joined = (answer: string): string => answer.replaceAll(' ', '');

/**
 * Groups of like answers, the most frequent first, at most `most`. Each answer goes to the first of the more frequent ones
 * that it is like. A group in which there is nothing that more than one person wrote is left out: what only one person said
 * is theirs.
 */
export function groupsOf(answers: readonly CountedAnswer[], most: number): AnswerGroup[] {
  const groups: CountedAnswer[][] = [];
  for (const each of [...answers].sort(byCount)) {
    const group = groups.find(([first]) => first !== undefined && alike(first.answer, each.answer));
    if (group === undefined) groups.push([each]);
    else group.push(each);
  }
  return groups
    .flatMap((group): AnswerGroup[] => {
      const shared = group.find(({ isShared }) => isShared);
      if (shared === undefined) return [];
      const count = group.reduce((sum, each) => sum + each.count, 0);
      return [{ example: shared.example, count, answers: group.length }];
    })
    .sort((a, b) => b.count - a.count)
    .slice(0, most);
}

const byCount = (a: CountedAnswer, b: CountedAnswer): number =>
  b.count - a.count || (a.answer < b.answer ? -1 : 1);
