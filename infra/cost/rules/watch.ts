import type { ResourceRecord } from '../../testing/resource-record.ts';
import { type Bill, field, gigabytes, listOf, MONTH_HOURS, messagesPerMonth, type Rules } from '../line.ts';

/** New log data of a group in a month, in GB: the network's own, the database's, or a part of what services write. */
function logGigabytes(group: ResourceRecord, bill: Bill): number {
  if (group.name.includes('flow')) return bill.assumptions.flowLogGigabytes;
  const others = bill.resources.filter(
    ({ type, name }) => type === group.type && !name.includes('flow'),
  ).length;
  const written = gigabytes(messagesPerMonth(bill) * bill.assumptions.logBytesPerMessage);
  return (written + bill.assumptions.idleLogGigabytes) / others;
}

/** Logs are stored compressed to about a seventh. */
const COMPRESSED = 0.15;

export const watchRules: Rules = {
  'aws:cloudwatch/logGroup:LogGroup': (group, bill) => {
    const ingested = logGigabytes(group, bill);
    const keptMonths = Math.min(bill.month, Number(group.inputs.retentionInDays ?? 3_650) / 30);
    return [
      { price: 'logIngestion', quantity: ingested },
      { price: 'logStorage', quantity: ingested * keptMonths * COMPRESSED },
    ];
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': ({ inputs }) => {
    const measured = listOf(inputs.metricQueries).filter(
      (query) => field(query, 'metric') !== undefined,
    ).length;
    return [{ price: 'alarmMetric', quantity: Math.max(1, measured) }];
  },
  'aws:cloudwatch/compositeAlarm:CompositeAlarm': () => [{ price: 'compositeAlarm', quantity: 1 }],
  'aws:cloudwatch/alarmMuteRule:AlarmMuteRule': { free: 'the price page of CloudWatch names none for it' },
  'aws:cloudwatch/dashboard:Dashboard': () => [{ price: 'dashboard', quantity: 1 }],
  // Notices are mails, and few.
  'aws:sns/topic:Topic': () => [{ price: 'mails', quantity: 100 }],
  // Stands for what all services write of their own, once.
  'pulumi:pulumi:Stack': (_stack, { assumptions, hours }) => [
    { price: 'metric', quantity: (assumptions.ownMetrics * hours) / MONTH_HOURS },
  ],
  'aws:sns/topicPolicy:TopicPolicy': { free: 'AWS does not charge for it' },
  'aws:sns/topicSubscription:TopicSubscription': { free: 'charged with its topic' },
  'aws:cloudwatch/eventRule:EventRule': { free: "events of AWS's own services are free" },
  'aws:cloudwatch/eventTarget:EventTarget': { free: "events of AWS's own services are free" },
  'aws:cloudwatch/logResourcePolicy:LogResourcePolicy': { free: 'AWS does not charge for it' },
  'aws:iam/role:Role': { free: 'AWS does not charge for IAM' },
  'aws:iam/rolePolicy:RolePolicy': { free: 'AWS does not charge for IAM' },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': { free: 'AWS does not charge for IAM' },
  'aws:ssm/parameter:Parameter': { free: 'standard parameters are free' },
  'pulumi:providers:aws': { free: 'a part of the program' },
};
