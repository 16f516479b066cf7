import assert from 'node:assert/strict';
import fc from 'fast-check';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { anyHistory } from './any-change.ts';
import { type ConsentChange, consentChange } from './change.ts';
import { foldStandings, isBlocked, type Standings } from './standing.ts';

let next = 0;
const change = (status: ConsentChange['status'], more: Partial<ConsentChange> = {}): ConsentChange => {
  next += 1;
  return consentChange({
    changeId: `change-${next}`,
    phoneNumber: phoneNumber('+14155550101'),
    status,
    method: 'sms',
    requestedAt: new Date(Date.UTC(2026, 10, 1) + next * 60_000),
    cause: 'test',
    ...more,
  });
};
const stop = (more: Partial<ConsentChange> = {}) => change('opted_out', more);
const start = (more: Partial<ConsentChange> = {}) => change('opted_in', more);
const consent = (...granted: ConsentChange['granted']) => change('opted_in', { method: 'web', granted });
const status = (standings: Standings, scope = 'sender') => standings.get(scope)?.status;
const granted = (standings: Standings, scope = 'sender') =>
  standings.get(scope)?.consents.map((each) => each.granted);

describe('Where a person stands', () => {
  it('after STOP and START is opted in to the service: no consent is made by it', () => {
    const standings = foldStandings([stop(), start()]);
    assert.equal(status(standings), 'opted_in');
    assert.deepEqual(granted(standings), []);
  });

  it('after START without anything before it is no consent either', () => {
    assert.deepEqual(granted(foldStandings([start()])), []);
  });

  it('after STOP and START keeps of earlier consents that the service goes on, and nothing more', () => {
    const before = [consent('informational'), consent('marketing_in_writing', 'artificial_voice')];
    assert.deepEqual(granted(foldStandings(before)), [
      ['informational'],
      ['marketing_in_writing', 'artificial_voice'],
    ]);
    assert.deepEqual(granted(foldStandings([...before, stop(), start()])), [['informational']]);
  });

  it('has marketing again only by new consent', () => {
    const before = [consent('marketing_in_writing'), stop(), start()];
    const again = consent('marketing_in_writing', 'informational');
    assert.deepEqual(granted(foldStandings(before)), [['informational']]);
    assert.deepEqual(granted(foldStandings([...before, again])), [['marketing_in_writing', 'informational']]);
  });

  it('has no marketing by a consent that was given before a STOP and comes in after the START', () => {
    const written = consent('marketing_in_writing');
    for (const method of ['import', 'web'] as const) {
      const late = { ...written, changeId: `late-${method}`, method };
      assert.deepEqual(granted(foldStandings([stop(), start(), late])), [['informational']], method);
    }
  });

  it('has back with START what was granted before the STOP, also when that was heard of in between', () => {
    const registered = start({ granted: ['informational'], foundLate: true });
    const stopped = stop();
    const meanwhile = foldStandings([stopped, registered]);
    assert.equal(status(meanwhile), 'opted_out');
    assert.deepEqual(granted(foldStandings([stopped, registered, start()])), [['informational']]);
  });

  it('keeps the newest of consents to the same', () => {
    const second = consent('informational', 'marketing_in_writing');
    const standings = foldStandings([consent('informational'), second]);
    assert.deepEqual(
      standings.get('sender')?.consents.map(({ changeId }) => changeId),
      [second.changeId],
    );
  });

  it('is blocked by a request that is pending', () => {
    const standings = foldStandings([change('pending_opt_out', { method: 'email', deadline: '2026-12-10' })]);
    assert.equal(isBlocked(standings, 'flu'), true);
    assert.equal(standings.get('sender')?.deadline, '2026-12-10');
  });

  it('is opted out when a pending request is carried through, and no later request makes it pending again', () => {
    const pending = change('pending_opt_out', { method: 'email', deadline: '2026-12-10' });
    const done = stop({ method: 'manual' });
    const again = change('pending_opt_out', { method: 'web', deadline: '2026-12-24' });
    assert.equal(status(foldStandings([pending, done])), 'opted_out');
    assert.equal(status(foldStandings([pending, done, again])), 'opted_out');
  });

  it('has the earlier deadline of two pending requests', () => {
    const [sooner, later] = ['2026-12-10', '2026-12-24'].map((deadline) =>
      change('pending_opt_out', { method: 'email', deadline }),
    );
    for (const history of [
      [sooner, later],
      [later, sooner],
    ]) {
      const standings = foldStandings(history.flatMap((each) => each ?? []));
      assert.equal(standings.get('sender')?.deadline, '2026-12-10');
    }
  });

  it('is blocked for every topic by a stop for everything, and an opt-in to one topic does not lift it', () => {
    const standings = foldStandings([
      stop(),
      change('opted_in', { scope: 'flu', granted: ['informational'] }),
    ]);
    assert.equal(isBlocked(standings, 'flu'), true);
  });

  it('is blocked for one topic by a stop of that topic, and for what has no topic', () => {
    const standings = foldStandings([stop({ scope: 'flu' })]);
    assert.deepEqual(
      ['flu', 'hands', null].map((topic) => isBlocked(standings, topic)),
      [true, false, true],
    );
  });

  it('is open for every topic after START', () => {
    const standings = foldStandings([stop({ scope: 'flu' }), stop(), start()]);
    assert.deepEqual(
      ['flu', 'hands', null].map((topic) => isBlocked(standings, topic)),
      [false, false, false],
    );
  });

  it('is not changed by an imported opt-in while it is blocked', () => {
    for (const block of [stop(), stop({ scope: 'flu' })]) {
      const imported = change('opted_in', { method: 'import', granted: ['informational'] });
      assert.deepEqual(foldStandings([block, imported]), foldStandings([block]));
    }
  });

  it('is not changed by a START that was sent before, or at the same time as, the STOP that we heard first', () => {
    const heard = stop();
    for (const earlier of [0, 1]) {
      const requestedAt = new Date(heard.requestedAt.getTime() - earlier);
      assert.equal(status(foldStandings([heard, start({ foundLate: true, requestedAt })])), 'opted_out');
    }
    const requestedAt = new Date(heard.requestedAt.getTime() + 1);
    assert.equal(status(foldStandings([heard, start({ foundLate: true, requestedAt })])), 'opted_in');
  });

  it('is as if what was taken back had never been said', () => {
    const before = consent('marketing_in_writing');
    const misread = stop();
    const back = start({
      method: 'manual',
      reverses: { changeId: misread.changeId, reason: 'misread_text' },
    });
    assert.deepEqual(foldStandings([before, misread, back]), foldStandings([before]));
    const real = stop();
    assert.deepEqual(foldStandings([before, misread, real, back]), foldStandings([before, real]));
  });

  it('never says that something is granted by what came before the last revocation, but the service', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const reversed = new Set(history.flatMap(({ reverses }) => reverses?.changeId ?? []));
        const counts = history.filter(
          ({ changeId, reverses }) => reverses === null && !reversed.has(changeId),
        );
        const standings = foldStandings(history);
        for (const [scope, { consents }] of standings) {
          const last = counts.findLastIndex(
            (each) => each.status !== 'opted_in' && (each.scope === scope || each.scope === 'sender'),
          );
          const older = new Set(counts.slice(0, last + 1).map(({ changeId }) => changeId));
          for (const { changeId, granted: kinds } of consents) {
            if (older.has(changeId)) assert.deepEqual(kinds, ['informational']);
          }
        }
      }),
    );
  });
});
