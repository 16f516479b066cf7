import assert from 'node:assert/strict';
import fc from 'fast-check';
import { anyHistory } from './any-change.ts';
import { foldStandings, hasLifted, isBlocked } from './standing.ts';
import { isLifted, type Turn } from './turns.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 12, minute));
const turn = (position: number, opens: boolean, more: Partial<Turn> = {}): Turn => ({
  changeId: `change-${position}`,
  position,
  opens,
  requestedAt: at(position),
  foundLate: false,
  ...more,
});

describe('A revocation', () => {
  it('is lifted by an opt-in after it, also when the person has revoked again since', () => {
    assert.equal(isLifted('change-1', [turn(1, false), turn(2, true)]), true);
    assert.equal(isLifted('change-1', [turn(1, false), turn(2, true), turn(3, false)]), true);
  });

  it('is not lifted by what came before it, or by another revocation', () => {
    assert.equal(isLifted('change-2', [turn(1, true), turn(2, false), turn(3, false)]), false);
  });

  it('is not lifted by an opt-in that was asked for before it and recorded after it', () => {
    const revocation = turn(1, false, { requestedAt: at(5) });
    assert.equal(isLifted('change-1', [revocation, turn(2, true, { requestedAt: at(4) })]), false);
    assert.equal(isLifted('change-1', [revocation, turn(2, true, { requestedAt: at(5) })]), true);
    const late = turn(2, true, { requestedAt: at(5), foundLate: true });
    assert.equal(isLifted('change-1', [revocation, late]), false);
  });

  it('that is not known has not been lifted', () => {
    assert.equal(isLifted('change-9', [turn(1, false), turn(2, true)]), false);
  });

  it('is lifted exactly when the standings say that it was', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const whole = history.filter(({ reverses, scope }) => reverses === null && scope === 'sender');
        const turns = whole
          .map((change, position) => ({ ...change, position, opens: change.status === 'opted_in' }))
          .filter(({ opens, method }) => !opens || method !== 'import');
        for (const [index, change] of whole.entries()) {
          if (change.status === 'opted_in') continue;
          const opened = whole
            .slice(index + 1)
            .some((_, later) => !isBlocked(foldStandings(whole.slice(0, index + 2 + later)), 'any topic'));
          // Somebody who is let through has had every revocation lifted; what else was lifted was stopped again since.
          if (opened) assert.equal(isLifted(change.changeId, turns), true);
        }
      }),
    );
  });
});

describe('An opt-in', () => {
  it('has lifted something exactly when fewer scopes block after it, whatever came later', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        for (const [index, { changeId, reverses }] of history.entries()) {
          const blocking = (length: number): number =>
            [...foldStandings(history.slice(0, length)).values()].filter(
              ({ status }) => status !== 'opted_in',
            ).length;
          const fewer = blocking(index + 1) < blocking(index);
          if (fewer) assert.equal(hasLifted(history, changeId), true);
          else if (reverses === null) assert.equal(hasLifted(history, changeId), false);
        }
      }),
    );
  });
});
