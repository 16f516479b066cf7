import assert from 'node:assert/strict';
import { UNKNOWN } from '../testing/resource-record.ts';
import { type Control, judges, sourceOf, verdictOf } from './control.ts';
import { areas, controls } from './controls.ts';
import { containerCases } from './testing/cases/containers.ts';
import { cacheCases, databaseCases, fileCases, imageCases } from './testing/cases/data.ts';
import { messagingCases } from './testing/cases/messaging.ts';
import { networkCases } from './testing/cases/network.ts';
import { iamCases, keyCases, logCases } from './testing/cases/rights.ts';
import { webCases } from './testing/cases/web.ts';
import { type Cases, sample } from './testing/sample.ts';

const cases: Cases = {
  ...containerCases,
  ...imageCases,
  ...databaseCases,
  ...cacheCases,
  ...messagingCases,
  ...webCases,
  ...networkCases,
  ...keyCases,
  ...iamCases,
  ...logCases,
  ...fileCases,
};

const named = (name: string): Control => {
  const control = controls.find((each) => each.name === name);
  assert.ok(control, `there is a control ${name}`);
  return control;
};

describe('Every control', () => {
  it('is tried with resources that pass and resources that it reports', () => {
    assert.deepEqual(Object.keys(cases).toSorted(), controls.map(({ name }) => name).toSorted());
    for (const [name, { good, bad }] of Object.entries(cases))
      assert.ok(good.length > 0 && bad.length > 0, name);
  });

  it('has a name of its own, ids that no other has, a sentence, and a page that explains it', () => {
    const ids = controls.flatMap((control) => control.ids);
    assert.equal(new Set(ids).size, ids.length, ids.filter((id, i) => ids.indexOf(id) !== i).join());
    assert.equal(new Set(controls.map(({ name }) => name)).size, controls.length);
    for (const control of controls) {
      assert.match(control.title, /^[A-Z].*\.$/, control.name);
      assert.match(control.name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(sourceOf(control), /^(https:\/\/|docs\/controls\.md)/);
    }
  });
});

for (const { title, controls: ofArea } of areas)
  describe(`Controls: ${title.toLowerCase()}`, () => {
    for (const control of ofArea)
      it(`${control.ids.join(', ')}: ${control.title}`, () => {
        const tried = cases[control.name];
        assert.ok(tried);
        for (const [kind, samples] of [
          ['holds', tried.good],
          ['violated', tried.bad],
        ] as const)
          for (const { resource, stack } of samples) {
            assert.ok(judges(control, resource), `it judges ${JSON.stringify(resource)}`);
            const verdict = verdictOf(control, resource, stack);
            assert.equal(verdict.kind, kind, JSON.stringify({ verdict, resource }));
            if (verdict.kind === 'violated') assert.ok(verdict.reason.length > 3);
          }
      });
  });

describe('A control', () => {
  it('is undecided, and says where, when what decides is known only after the deployment', () => {
    const task = sample('aws:ecs/taskDefinition:TaskDefinition', {
      networkMode: 'awsvpc',
      containerDefinitions: UNKNOWN,
    });
    assert.deepEqual(verdictOf(named('read-only-root'), task.resource, task.stack), {
      kind: 'undecided',
      path: 'containerDefinitions',
    });
  });

  it('takes a key that is made in the same deployment for given', () => {
    const queue = sample('aws:sqs/queue:Queue', { kmsMasterKeyId: UNKNOWN });
    assert.deepEqual(verdictOf(named('queue-encrypted'), queue.resource, queue.stack), { kind: 'holds' });
  });

  it('says nothing of resources that it does not judge', () => {
    const { resource } = sample('aws:sqs/queue:Queue', {}, { name: 'sms-bulk-dead.fifo' });
    assert.equal(
      judges(named('queue-dead-letters'), resource),
      false,
      'a dead-letter queue has none of its own',
    );
    const { resource: vpc } = sample('aws:ec2/vpc:Vpc', {}, { stack: 'dev' });
    assert.equal(judges(named('endpoint-ec2'), vpc), false, 'asked for in production only');
  });
});
