import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { anyCommand, factsFor, people } from '#shared/dialog/any-command.ts';
import { execute } from '#shared/dialog/batch.ts';
import { executeBatch } from '#shared/dialog/execute-batch.ts';
import {
  handwashing,
  id,
  instance,
  now,
  oneQuestion,
  oneStatement,
  personWith,
  reminderOf,
  startOf,
  texted,
  update,
} from '#shared/dialog/sample-dialog.ts';
import { anyCodePoint } from '#test/code-points.ts';
import { type DrillInstance, foldReports, type ReportChanges } from './fold.ts';
import { foldAnswer } from './wrong-answer.ts';

/** What commands of one person, validated, come to, 7 s apart. */
function batchesOf(...commands: DialogCommand[]): DialogEventBatch[] {
  let state: DialogState = personWith();
  return commands.flatMap((command, n) => {
    const result = execute({ ...command, commandId: id(n + 1) }, state, factsFor(new Set())(command), at(n));
    if (result === null) return [];
    state = result.state;
    return [result.batch];
  });
}
const at = (n: number): Date => new Date(now.getTime() + n * 7000);

const reportsOf = (...commands: DialogCommand[]): ReportChanges => foldReports(batchesOf(...commands), []);
/** So that drills can begin: ids that no other command has. */
const validated = people.map((phoneNumber, n) => ({
  ...{ ...update({ profile: { validated: true } }, 70 + n), phoneNumber },
}));
/** Counts by prompt. */
const countsOf = ({ increments }: ReportChanges): Record<string, object> =>
  Object.fromEntries(increments.map(({ counts, promptSlug }) => [promptSlug, counts]));
const start = startOf(handwashing.slug);

describe('The fold of dialog events into reports', () => {
  it('counts what became of each prompt, to the closing word', () => {
    const done = reportsOf(start, texted('5 days'), texted('b'), texted('at the sink'), texted('yes, sure'));
    assert.deepEqual(countsOf(done), {
      'how-long': { reached: 1, wrong: 1, passed: 1 },
      where: { reached: 1, noted: 1 },
      gel: { reached: 1, wrong: 1, abandoned: 1 },
      goodbye: { reached: 1, completed: 1, closed: 1 },
    });
    assert.deepEqual(
      done.increments.map(({ place, language, drillVersion }) => [place, language, drillVersion]),
      [0, 1, 2, 3].map((place) => [place, 'en', 1]),
    );
    assert.deepEqual(
      done.wrongAnswers.map(({ answer, example, count, promptSlug }) => [promptSlug, answer, example, count]),
      [
        ['how-long', '5 days', '5 days', 1],
        ['gel', 'yes sure', 'yes, sure', 1],
      ],
    );
    assert.deepEqual(
      done.instances.map(({ ended, prompt }) => [ended?.how, prompt.slug]),
      [['completed', 'goodbye']],
    );
  });

  it('counts a right answer at the first try, and times the first answer alone', () => {
    const { increments } = reportsOf(start, texted('20 seconds'));
    assert.deepEqual(increments[0]?.counts, { reached: 1, passed: 1, passed_first: 1 });
    const second = reportsOf(start, texted('no idea'), texted('20 seconds')).increments[0];
    for (const row of [increments[0], second]) {
      // 7 s.
      assert.deepEqual(
        row?.answerTimes.flatMap((count, bucket) => (count ? bucket : [])),
        [1],
      );
      assert.equal(row?.answerTimes[1], 1);
    }
  });

  it('completes a drill of a statement, and one that ends with a question', () => {
    assert.deepEqual(countsOf(reportsOf(startOf(oneStatement.slug))), {
      ready: { reached: 1, completed: 1, closed: 1 },
    });
    assert.deepEqual(countsOf(reportsOf(startOf(oneQuestion.slug), texted('a'))), {
      last: { reached: 1, passed: 1, passed_first: 1, completed: 1 },
    });
  });

  const endings: [string, DialogCommand, object][] = [
    ['replaced', startOf(oneQuestion.slug, id(901)), { dropped_replaced: 1 }],
    ['opted_out', texted('stop', { consent: 'opted_out' }), { dropped_opted_out: 1 }],
    ['reset', update({ profile: {}, purgeDrillState: true }), { dropped_reset: 1 }],
  ];
  for (const [how, command, counts] of endings) {
    it(`counts a prompt that is left unanswered: ${how}`, () => {
      const left = reportsOf(start, command);
      assert.deepEqual(countsOf(left)['how-long'], { reached: 1, ...counts });
      assert.equal(
        left.instances.find(({ drillInstanceId }) => drillInstanceId === instance)?.ended?.how,
        how,
      );
    });
  }

  it('counts a reminder, once as the dialog gives it once', () => {
    const { increments } = reportsOf(start, reminderOf('how-long'), reminderOf('how-long'));
    assert.deepEqual(increments[0]?.counts, { reached: 1, reminded: 1 });
  });

  it('counts an answer in the language that its prompt was asked in', () => {
    const spanish = update({ profile: { language: 'es' } });
    const { increments } = reportsOf(start, spanish, texted('20 segundos'));
    assert.deepEqual(
      increments.map(({ counts, language, promptSlug }) => [promptSlug, language, counts]),
      [
        ['how-long', 'en', { reached: 1, passed: 1, passed_first: 1 }],
        ['where', 'es', { reached: 1 }],
      ],
    );
  });

  it('passes over events of a drill that it does not know', () => {
    const batches = batchesOf(start, texted('20 seconds'), texted('sink'));
    const started = batches.findIndex(({ events }) => events[0]?.type === 'DRILL_STARTED');
    const { instances, increments, wrongAnswers } = foldReports(batches.slice(started + 1), []);
    assert.deepEqual([instances, increments, wrongAnswers], [[], [], []]);
  });

  it('comes to the same in any parts, and leaves nobody out', () => {
    const runs = fc.tuple(fc.array(anyCommand, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(runs, ([commands, size]) => {
        const { batches } = executeBatch({
          ...{ states: new Map(), versions: new Map(), processed: new Set<string>(), now },
          commands: [...validated, ...commands],
          factsOf: factsFor(new Set()),
        });
        const whole = foldReports(batches, []);
        const inFlight = new Map<string, DrillInstance>();
        const parts: ReportChanges[] = [];
        for (let from = 0; from < batches.length; from += size) {
          const part = foldReports(batches.slice(from, from + size), [...inFlight.values()]);
          for (const each of part.instances) {
            if (each.ended === null) inFlight.set(each.phoneNumber, each);
            else if (inFlight.get(each.phoneNumber)?.drillInstanceId === each.drillInstanceId)
              inFlight.delete(each.phoneNumber);
          }
          parts.push(part);
        }
        assert.deepEqual(sums(parts), sums([whole]));
        const waiting = [...sums([whole]).values()].reduce((sum, counts) => sum + waitingOf(counts), 0);
        assert.equal(waiting, whole.instances.filter(({ ended }) => ended === null).length);
        assert.equal(waiting, inFlight.size);
      }),
    );
  });
});

function sums(parts: readonly ReportChanges[]): Map<string, Record<string, number>> {
  const all = new Map<string, Record<string, number>>();
  for (const { answerTimes, counts, place, ...key } of parts.flatMap(({ increments }) => increments)) {
    const name = JSON.stringify([Object.values(key), place]);
    const row = all.get(name) ?? {};
    for (const [measure, count] of [...Object.entries(counts), ...Object.entries(answerTimes)])
      row[measure] = (row[measure] ?? 0) + count;
    all.set(name, row);
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Asked, and nothing has become of it. */
function waitingOf(counts: Record<string, number>): number {
  const of = (measure: string): number => counts[measure] ?? 0;
  const dropped = Object.entries(counts).filter(([measure]) => measure.startsWith('dropped_'));
  return (
    of('reached') -
    ['passed', 'noted', 'abandoned', 'closed'].reduce((sum, measure) => sum + of(measure), 0) -
    dropped.reduce((sum, [, count]) => sum + count, 0)
  );
}

describe('A wrong answer', () => {
  it('is the same in other letters and with other punctuation, and keeps how it was written', () => {
    assert.deepEqual(foldAnswer('  A)  Five\nseconds! '), {
      answer: 'a five seconds',
      example: 'A) Five seconds!',
    });
    assert.equal(foldAnswer('a five seconds').answer, foldAnswer('  A)  Five\nseconds! ').answer);
  });

  it('is not listed without a word', () => {
    for (const said of [null, '', ' ', '\u{1F44D}', '...']) {
      assert.deepEqual(foldAnswer(said), { answer: '', example: null });
    }
  });

  it('is short, and text that PostgreSQL takes, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint, maxLength: 300 }), (said) => {
        const { answer, example } = foldAnswer(said);
        for (const text of [answer, example ?? '']) {
          assert.ok(Array.from(text).length <= 60 && text.isWellFormed() && !text.includes('\0'));
        }
      }),
    );
  });
});
