import assert from 'node:assert/strict';
import { readInfraSettings } from './read.ts';

const complete = {
  'carillon:class': 'dev',
  'carillon:domain': 'texts.example.org',
  'carillon:hostedZoneId': 'Z0123456789EXAMPLE',
  'carillon:carrier':
    '{"twilioAccountSid":"AC00000000000000000000000000000000","originationNumber":"+14155550100","messagesPerSecond":1}',
  'carillon:organisation': '{"name":"Example","contact":"help@example.org"}',
};

const faultsOf = (configuration: Record<string, string>): string => {
  try {
    readInfraSettings(configuration);
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message;
  }
  return '';
};

describe('The configuration of a stack', () => {
  it('is filled up from its class, field by field', () => {
    const settings = readInfraSettings({ ...complete, 'carillon:database': '{"maxAcu":8}' });
    assert.deepEqual(settings.database, {
      engineVersion: '17',
      minAcu: 0.5,
      maxAcu: 8,
      instances: 1,
      backupDays: 7,
      insightsDays: 7,
    });
    assert.equal(settings.network.natGateways, 1);
  });

  it('says all faults at once, each with its value and what to do', () => {
    const faults = faultsOf({
      'carillon:class': 'staging',
      'carillon:database': '{"backupDays":90}',
      'carillon:logs': '{"retentionDays":10}',
      'carillon:colour': 'blue',
      'carillon:services': '{"byName":{"sendr":{"minTasks":1}}}',
    });
    for (const expected of [
      /carillon:class is "staging": .*Set carillon:class to dev/,
      /carillon:domain is missing: .*Set carillon:domain/,
      /carillon:database.backupDays is 90: .*Give days of point-in-time recovery/,
      /carillon:logs.retentionDays is 10: .*Give one of 1, 3/,
      /carillon:carrier is missing: .*/,
      /carillon:organisation is missing: .*/,
      /carillon:colour is not a setting/,
      /carillon:services.byName.sendr is not a setting/,
    ]) {
      assert.match(faults, expected);
    }
  });

  it('wants one certificate: its own, or a zone to prove one in', () => {
    const { 'carillon:hostedZoneId': _, ...without } = complete;
    assert.match(faultsOf(without), /exactly one of hostedZoneId and certificateArn/);
  });

  it('refuses in production what may lose data', () => {
    const faults = faultsOf({
      ...complete,
      'carillon:class': 'prod',
      'carillon:protect': 'false',
      'carillon:database': '{"instances":1}',
      'carillon:services': '{"spotForAll":true}',
    });
    assert.match(faults, /carillon:protect is false: must be true in prod/);
    assert.match(faults, /carillon:database.instances is 1: must be at least 2 in prod/);
    assert.match(faults, /carillon:services.spotForAll is true: must be false in prod/);
  });

  for (const cidr of ['10.0.0.0/16', '10.255.0.0/16', '172.16.0.0/16', '172.31.0.0/16', '192.168.0.0/16']) {
    it(`takes the private range ${cidr}`, () => {
      assert.equal(faultsOf({ ...complete, 'carillon:network': JSON.stringify({ cidr }) }), '');
    });
  }

  for (const cidr of [
    '10.256.0.0/16',
    '10.40.8.0/16',
    '172.15.0.0/16',
    '172.32.0.0/16',
    '192.0.0.0/16',
    '192.169.0.0/16',
  ]) {
    it(`refuses ${cidr}, which is not private or no range`, () => {
      const faults = faultsOf({ ...complete, 'carillon:network': JSON.stringify({ cidr }) });
      assert.match(faults, /carillon:network.cidr is .*: must be a \/16 of RFC 1918/);
    });
  }

  it('has the database watched for a time that can be had', () => {
    const faults = (insightsDays: number) =>
      faultsOf({ ...complete, 'carillon:database': JSON.stringify({ insightsDays }) });
    for (const days of [7, 31, 465, 713, 731]) assert.equal(faults(days), '', String(days));
    for (const days of [0, 8, 30, 32, 365, 732, 744]) assert.match(faults(days), /insightsDays is \d+: /);
  });

  it('leaves secrets alone', () => {
    assert.equal(faultsOf({ ...complete, 'carillon:secrets': '{"TWILIO_AUTH_TOKEN":"x"}' }), '');
  });
});
