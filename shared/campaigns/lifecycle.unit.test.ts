import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type CampaignStatus,
  commands,
  isEnded,
  legalCommands,
  type Standing,
  statuses,
  step,
  transition,
} from './lifecycle.ts';

const standing = (status: CampaignStatus): Standing => ({
  status,
  pausedFrom: status === 'paused' ? 'active' : null,
});

describe('The life of a campaign', () => {
  for (const [from, command, to] of [
    ['draft', 'start', 'scheduled'],
    ['draft', 'schedule', 'scheduled'],
    ['scheduled', 'unschedule', 'draft'],
    ['scheduled', 'stop', 'stopped'],
    ['loading', 'pause', 'paused'],
    ['active', 'pause', 'paused'],
    ['active', 'stop', 'stopped'],
    ['paused', 'resume', 'active'],
    ['paused', 'stop', 'stopped'],
  ] as const) {
    it(`leads from ${from} by ${command} to ${to}`, () => {
      const result = transition(standing(from), command);
      assert.equal(result.kind === 'to' && result.standing.status, to);
    });
  }

  for (const [status, command, legal] of [
    ['draft', 'pause', ['schedule', 'start']],
    ['draft', 'stop', ['schedule', 'start']],
    ['paused', 'start', ['resume', 'stop']],
    ['completed', 'stop', []],
    ['completed', 'resume', []],
    ['failed', 'start', []],
    ['stopped', 'resume', []],
  ] as const) {
    it(`refuses to ${command} what is ${status}, and says what may be told`, () => {
      assert.deepEqual(transition(standing(status), command), { kind: 'illegal', legal });
    });
  }

  it('goes on while it loads, when it was paused while it loaded', () => {
    const paused = transition(standing('loading'), 'pause');
    assert.ok(paused.kind === 'to');
    assert.deepEqual(paused.standing, { status: 'paused', pausedFrom: 'loading' });
    const resumed = transition(paused.standing, 'resume');
    assert.deepEqual(resumed, { kind: 'to', standing: { status: 'loading', pausedFrom: null } });
  });

  it('is left where it stands by a command that is told again, whatever was told before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands)), (told) => {
        let at = standing('draft');
        for (const command of told) {
          const once = transition(at, command);
          if (once.kind === 'to') at = once.standing;
          const twice = transition(at, command);
          if (once.kind === 'illegal') assert.equal(twice.kind, 'illegal');
          else
            assert.ok(
              twice.kind === 'unchanged' || (twice.kind === 'to' && twice.standing.status === at.status),
            );
          assert.equal(at.status === 'paused', at.pausedFrom !== null);
        }
      }),
    );
  });

  it('has no way out of its end', () => {
    for (const status of statuses.filter(isEnded)) {
      assert.deepEqual(legalCommands(status), []);
      for (const taken of ['load', 'activate', 'complete', 'fail'] as const) {
        assert.throws(() => step(status, taken), new RegExp(`is ${status} cannot ${taken}`));
      }
    }
    assert.deepEqual(
      [
        step('scheduled', 'load'),
        step('loading', 'activate'),
        step('active', 'complete'),
        step('paused', 'fail'),
      ],
      ['loading', 'active', 'completed', 'failed'],
    );
  });
});
