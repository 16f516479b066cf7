import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type ServiceRow, services } from '#shared/topology.ts';
import { imageTagOf } from '../image/image-tag.ts';
import { judgementsOf } from '../policy/report.ts';
import { allStatements } from '../testing/policies.ts';
import { awsResources, ofType, textOf, theOne } from '../testing/records.ts';
import {
  EVERYTHING_ON,
  evaluateEverythingOn,
  evaluateFanOut,
  evaluateStack,
  evaluateWith,
} from '../testing/stacks.ts';
import { containerOf } from '../testing/task-containers.ts';

describe('What a stack may switch on', () => {
  it('is interface endpoints: then only tasks that speak to carriers or deliver webhooks, and signing in with the look at what it signed, have a way to the internet', async () => {
    const evaluation = await evaluateEverythingOn();
    const endpoints = ofType(evaluation, 'aws:ec2/vpcEndpoint:VpcEndpoint');
    const services = endpoints.map((endpoint) =>
      textOf(endpoint, 'serviceName').split('.').slice(3).join('.'),
    );
    assert.deepEqual(services.sort(), [
      'bedrock-agent-runtime',
      'ec2',
      'ecr.api',
      'ecr.dkr',
      'kinesis-streams',
      'kms',
      'logs',
      's3',
      'secretsmanager',
      'sqs',
    ]);
    const out = ofType(evaluation, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule').filter(
      ({ inputs }) => inputs.cidrIpv4 !== undefined,
    );
    assert.deepEqual(
      out.map(({ name }) => name),
      ['sign-in-https', 'sign-in-keys', 'carriers-https', 'webhooks-https'],
    );
  });

  it('is a Bedrock agent: then the service that asks it may do so, of that alias, and no other service', async () => {
    const evaluation = await evaluateEverythingOn();
    const asking = allStatements(evaluation).flatMap(({ resource, statement }) =>
      statement.Action.includes('bedrock:InvokeAgent') ? [[resource.inputs.role, statement.Resource]] : [],
    );
    assert.deepEqual(asking, [
      [
        'carillon-dev-inbox-task',
        ['arn:aws:bedrock:us-east-1:123456789012:agent-alias/AGENT00001/ALIAS00001'],
      ],
    ]);
    const { environment } = containerOf(theOne(evaluation, 'aws:ecs/taskDefinition:TaskDefinition', 'inbox'));
    assert.deepEqual(
      ['AGENT_RESPONDER', 'SUPERVISOR_AGENT_ID', 'SUPERVISOR_ALIAS_ID'].map(
        (name) => environment.find((variable) => variable.name === name)?.value,
      ),
      ['bedrock', 'AGENT00001', 'ALIAS00001'],
    );
    const without = allStatements(await evaluateStack('prod'));
    assert.ok(
      !without.some(({ statement }) => statement.Action.some((action) => action.startsWith('bedrock'))),
    );
  });

  it('is interface endpoints of production: then no control of endpoints needs its exemption, and each zone has them', async () => {
    const evaluation = await evaluateWith('prod', { 'carillon:network': { interfaceEndpoints: true } });
    const judged = judgementsOf(evaluation).filter(({ control }) => control.name.startsWith('endpoint-'));
    assert.deepEqual(
      judged.map(({ control, verdict }) => [control.name, verdict]),
      [
        ['endpoint-ec2', 'holds'],
        ['endpoint-ecr-api', 'holds'],
        ['endpoint-ecr-images', 'holds'],
      ],
    );
    for (const { inputs } of ofType(evaluation, 'aws:ec2/vpcEndpoint:VpcEndpoint')) {
      if (inputs.vpcEndpointType !== 'Interface') continue;
      assert.equal(z.array(z.string()).parse(inputs.subnetIds).length, 3);
      assert.equal(inputs.privateDnsEnabled, true);
    }
    const out = ofType(evaluation, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule');
    assert.deepEqual(
      out.filter(({ inputs }) => inputs.cidrIpv4 !== undefined).map(({ name }) => name),
      ['carriers-https', 'webhooks-https'],
    );
  });

  it('is the S3 gateway only, when it says nothing', async () => {
    const endpoints = ofType(await evaluateStack('prod'), 'aws:ec2/vpcEndpoint:VpcEndpoint');
    assert.deepEqual(
      endpoints.map(({ inputs }) => inputs.vpcEndpointType),
      ['Gateway'],
    );
  });

  it("is a profile of the AWS CLI: the provider has it as well as the deployment's own calls", async () => {
    const evaluation = await evaluateWith('dev', { 'aws:profile': 'carillon' }, 'preview');
    assert.equal(theOne(evaluation, 'pulumi:providers:aws', 'aws').inputs.profile, 'carillon');
    const without = theOne(await evaluateStack('prod'), 'pulumi:providers:aws', 'aws');
    assert.equal(without.inputs.profile, undefined);
  });

  it('is streams on demand, which have no shards of ours', async () => {
    const evaluation = await evaluateEverythingOn();
    for (const { inputs } of ofType(evaluation, 'aws:kinesis/stream:Stream')) {
      assert.deepEqual(inputs.streamModeDetails, { streamMode: 'ON_DEMAND' });
      assert.equal(inputs.shardCount, undefined);
    }
  });

  it('is enhanced fan-out: then every consumer is registered with the stream that it reads, once', async () => {
    const type = 'aws:kinesis/streamConsumer:StreamConsumer';
    const evaluation = await evaluateFanOut('prod');
    const registered = ofType(evaluation, type).map(({ name, inputs }) => [
      name,
      inputs.name,
      inputs.streamArn,
    ]);
    assert.deepEqual(
      registered.sort(),
      Object.values<ServiceRow>(services)
        .flatMap(({ consumes }) => Object.entries(consumes))
        .map(([consumer, stream]) => [
          consumer,
          `carillon-prod-${consumer}`,
          `arn:aws:kinesis:us-east-1:123456789012:stream/carillon-prod-${stream}`,
        ])
        .sort(),
    );
    assert.deepEqual(ofType(await evaluateStack('prod'), type), []);
    assert.deepEqual(ofType(await evaluateStack('dev'), type), []);
  });

  it('is a number of AWS End User Messaging, whose opt-outs are ours', async () => {
    const evaluation = await evaluateEverythingOn();
    const number = theOne(
      evaluation,
      'aws:pinpoint/smsvoicev2PhoneNumber:Smsvoicev2PhoneNumber',
      'toll-free',
    );
    assert.equal(number.inputs.numberType, 'TOLL_FREE');
    assert.equal(number.inputs.selfManagedOptOutsEnabled, true);
    assert.equal(number.inputs.twoWayChannelEnabled, true);
    const without = awsResources(await evaluateStack('prod')).filter(({ type }) =>
      type.includes('Smsvoicev2'),
    );
    assert.deepEqual(without, []);
  });

  it('is a certificate of its own, with a domain whose zone is elsewhere', async () => {
    const evaluation = await evaluateEverythingOn();
    const certificateArn = EVERYTHING_ON['carillon:certificateArn'];
    assert.equal(
      theOne(evaluation, 'aws:lb/listener:Listener', 'https').inputs.certificateArn,
      certificateArn,
    );
    assert.deepEqual(ofType(evaluation, 'aws:route53/record:Record'), []);
  });

  it('is one NAT gateway for all zones, or one for each', async () => {
    assert.equal(ofType(await evaluateStack('dev'), 'aws:ec2/natGateway:NatGateway').length, 1);
    assert.equal(ofType(await evaluateStack('prod'), 'aws:ec2/natGateway:NatGateway').length, 3);
  });

  it('is an image that pulumi builds, when no digest is given: by digest either way', async () => {
    const built = ofType(await evaluateStack('dev'), 'awsx:ecr:Image');
    assert.deepEqual(
      built.map(({ inputs }) => inputs.platform),
      ['linux/arm64'],
    );
    const root = fileURLToPath(new URL('../../', import.meta.url));
    assert.equal(
      textOf(theOne(await evaluateStack('dev'), 'awsx:ecr:Image', 'services'), 'imageTag'),
      await imageTagOf(root),
      'its tag follows what it is built from',
    );
    assert.deepEqual(ofType(await evaluateStack('prod'), 'awsx:ecr:Image'), []);
  });
});
