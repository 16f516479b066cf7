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

/** Ids that must be covered: those of the three catalogues that concern what an environment is made of. */
const CATALOGUE = `
  ECS.1 ECS.2 ECS.3 ECS.4 ECS.5 ECS.8 ECS.9 ECS.10 ECS.12 AwsSolutions-ECS2 AwsSolutions-ECS4 AwsSolutions-ECS7
  CKV_AWS_333 CKV_AWS_335 CKV_AWS_334 CKV_AWS_336 CKV_AWS_332 CKV_AWS_65 CKV_AWS_249 CKV_AWS_223 CKV_AWS_224
  ECR.1 ECR.2 ECR.3 CKV_AWS_163 CKV_AWS_51 CKV_AWS_136 CKV_AWS_32
  RDS.2 RDS.6 RDS.7 RDS.11 RDS.12 RDS.13 RDS.15 RDS.16 RDS.19 RDS.20 RDS.21 RDS.22 RDS.23 RDS.24 RDS.27 RDS.37
  AwsSolutions-RDS11 CKV_AWS_96 CKV_AWS_327 CKV_AWS_139 CKV_AWS_162 CKV_AWS_313 CKV_AWS_118 CKV_AWS_17 CKV_AWS_226
  CKV_AWS_324 CKV_AWS_133 CKV_AWS_353 CKV_AWS_354
  ElastiCache.1 ElastiCache.4 ElastiCache.6 ElastiCache.7
  SQS.1 SQS.3 CKV_AWS_27 CKV_AWS_168 CKV_AWS_387 CKV_AWS_72 AwsSolutions-SQS2 AwsSolutions-SQS3 AwsSolutions-SQS4
  Kinesis.1 Kinesis.3 CKV_AWS_43 CKV_AWS_185 SNS.1 SNS.4 AwsSolutions-SNS3
  ELB.1 ELB.4 ELB.5 ELB.6 ELB.12 ELB.13 ELB.16 ELB.17 ELB.18 WAF.10 WAF.12 ACM.1 ACM.2
  CKV_AWS_131 CKV_AWS_91 CKV_AWS_150 CKV_AWS_328 CKV_AWS_103 CKV_AWS_2 CKV2_AWS_28 CKV2_AWS_31 CKV_AWS_192 CKV_AWS_261
  EC2.2 EC2.6 EC2.10 EC2.15 EC2.18 EC2.19 EC2.55 EC2.56 CKV2_AWS_12 CKV2_AWS_11 CKV_AWS_130 CKV_AWS_24 CKV_AWS_25
  CKV_AWS_260 CKV_AWS_277 CKV_AWS_23 CKV_AWS_382 CKV2_AWS_5
  SecretsManager.1 SecretsManager.4 CKV_AWS_304 CKV_AWS_149 KMS.5 CKV_AWS_33 CKV_AWS_7
  IAM.1 IAM.21 CKV_AWS_62 CKV_AWS_63 CKV_AWS_286 CKV_AWS_287 CKV_AWS_288 CKV_AWS_289 CKV_AWS_290 CKV_AWS_355
  CKV_AWS_60 CKV_AWS_61 CKV_AWS_66 CKV_AWS_338 CKV_AWS_158 CKV_AWS_319
  S3.1 S3.2 S3.3 S3.5 S3.8 S3.9 S3.12 S3.13 CKV_AWS_18 CKV_AWS_21 CKV_AWS_145
`;

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

  it('together cover what the catalogues say of the parts of an environment', () => {
    const covered = new Set<string>(controls.flatMap(({ ids }) => ids));
    assert.deepEqual(
      CATALOGUE.trim()
        .split(/\s+/)
        .filter((id) => !covered.has(id)),
      [],
    );
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
