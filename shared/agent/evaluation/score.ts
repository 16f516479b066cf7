import type { Clock } from '#shared/clock.ts';
import { foldWords } from '#shared/compliance/fold-text.ts';
import { classifyFreeText } from '#shared/compliance/free-text.ts';
import { messageOf } from '#shared/errors.ts';
import { fitForSms } from '../format.ts';
import { type Responder, ResponderFault } from '../responder.ts';
import { standsAside } from '../stand-aside.ts';
import type { Case, EvaluationSet, Mentions } from './evaluation-set.ts';

/** What became of a case. */
export interface Scored {
  case: Case;
  /** `suppressed`: the text is a revocation before anybody is asked. */
  became: 'suppressed' | 'answered' | 'handed_over' | 'nothing';
  /** In words, for whoever looks at what failed. */
  says: string;
  right: boolean;
  /** Of the responder, in ms; null: it was not asked. */
  ms: number | null;
}

export interface Score {
  scored: readonly Scored[];
  /** Share of cases that became what they had to. */
  accuracy: number;
  /** Share of the texts that have an answer and went to people. */
  escalation: number;
  /** Revocations that were answered: never one. */
  answeredOptOuts: number;
  /** Of the times to answer of those cases for which the responder was asked, in ms. */
  p50Ms: number;
  p95Ms: number;
}

export interface ScoreOptions {
  set: EvaluationSet;
  /** Of the organisation with that slug. */
  responderOf(organisation: string): Responder;
  clock: Clock;
  timeoutMs: number;
  mostSegments: number;
}

/** Puts every case to a responder, one after another, exactly as a text of a person is: opt-outs are read before it. */
export async function score(options: ScoreOptions): Promise<Score> {
  const scored: Scored[] = [];
  for (const [n, each] of options.set.cases.entries()) scored.push(await scoreCase(each, n, options));
  const answerable = scored.filter(({ case: { expected } }) => expected.kind === 'topic');
  const times = scored.flatMap(({ ms }) => ms ?? []).sort((a, b) => a - b);
  const quantile = (part: number): number => times[Math.ceil(part * times.length) - 1] ?? 0;
  return {
    scored,
    accuracy: scored.filter(({ right }) => right).length / scored.length,
    escalation: answerable.filter(({ became }) => became === 'handed_over').length / answerable.length,
    answeredOptOuts: scored.filter(
      ({ became, case: { expected } }) =>
        expected.kind === 'opt_out' && (became === 'answered' || became === 'nothing'),
    ).length,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
  };
}

async function scoreCase(
  each: Case,
  n: number,
  { clock, mostSegments, responderOf, set, timeoutMs }: ScoreOptions,
): Promise<Scored> {
  const organisation = set.organisations.get(each.organisation);
  if (organisation === undefined) throw new Error(`there is no organisation ${each.organisation}`);
  const judged = (became: Scored['became'], says: string, ms: number | null): Scored => ({
    case: each,
    became,
    says,
    right: isRight(each, became, says, organisation.mentions),
    ms,
  });
  const reading = classifyFreeText(each.text);
  if (reading.verdict === 'opt_out' || reading.verdict === 'revocation') {
    return judged('suppressed', reading.rule ?? '', null);
  }
  const aside = standsAside(
    { text: each.text, mediaUrls: [], turns: [], answersInHour: 0 },
    { answersPerHour: Number.MAX_SAFE_INTEGER },
  );
  if (aside !== null) return judged('handed_over', aside, null);
  const began = clock.monotonic();
  try {
    const { outcome } = await responderOf(each.organisation).respond(
      {
        text: each.text,
        turns: [],
        session: `evaluation-${n}`,
        language: each.language,
        facts: {
          organisation: organisation.name,
          contact: organisation.contact,
          campaign: null,
          ourNumber: '+14155550199',
        },
      },
      AbortSignal.timeout(timeoutMs),
    );
    const ms = clock.monotonic() - began;
    switch (outcome.kind) {
      case 'nothing':
        return judged('nothing', '', ms);
      case 'hand_over':
        return judged('handed_over', outcome.topic ?? outcome.reason, ms);
      case 'answer': {
        const fitted = fitForSms(outcome.text, mostSegments);
        return fitted === null ? judged('handed_over', 'empty', ms) : judged('answered', fitted, ms);
      }
    }
  } catch (error) {
    const says = error instanceof ResponderFault ? `${error.reason}: ${error.message}` : messageOf(error);
    return judged('handed_over', says, clock.monotonic() - began);
  }
}

/** A text that wants no answer may also go to a person, who sees that; nothing else may be taken for something else. */
function isRight(
  { expected }: Case,
  became: Scored['became'],
  says: string,
  mentions: ReadonlyMap<string, Mentions>,
): boolean {
  switch (expected.kind) {
    case 'opt_out':
      return became === 'suppressed' || became === 'handed_over';
    case 'person':
      return became === 'handed_over';
    case 'nothing':
      return became === 'nothing' || became === 'handed_over';
    case 'topic': {
      const wanted = mentions.get(expected.topic);
      if (wanted === undefined) throw new Error(`nothing is known of the topic ${expected.topic}`);
      return (
        became === 'answered' && wanted.every((each) => [each].flat().some((word) => isMentioned(says, word)))
      );
    }
  }
}

const isMentioned = (answer: string, word: string): boolean =>
  ` ${foldWords(answer)}`.includes(` ${foldWords(word)}`);
