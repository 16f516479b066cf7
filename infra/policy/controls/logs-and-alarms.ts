import { type Control, when } from '../control.ts';
import { given, isTrue, listAt, numberAt } from '../inputs.ts';

const LOG_GROUPS = ['aws:cloudwatch/logGroup:LogGroup'];

export const logControls: readonly Control[] = [
  {
    name: 'log-retention',
    ids: ['CKV_AWS_66'],
    title: 'Logs are kept for a time that was chosen.',
    types: LOG_GROUPS,
    check: ({ inputs }) => when((numberAt(inputs, 'retentionInDays') ?? 0) === 0, 'kept for ever'),
  },
  {
    name: 'log-retention-year',
    ids: ['CKV_AWS_338'],
    title: 'Logs are kept for a year.',
    types: LOG_GROUPS,
    check: ({ inputs }) => {
      const days = numberAt(inputs, 'retentionInDays') ?? 0;
      return when(days !== 0 && days < 365, `kept for ${days} days`);
    },
  },
  {
    name: 'log-encrypted',
    ids: ['CKV_AWS_158'],
    title: 'Logs are encrypted with a key of the environment.',
    types: LOG_GROUPS,
    check: ({ inputs }) => when(!given(inputs, 'kmsKeyId'), 'not encrypted with a key of its own'),
  },
  {
    name: 'alarm-acts',
    ids: ['CKV_AWS_319'],
    title: 'Alarms act when they go off.',
    types: ['aws:cloudwatch/metricAlarm:MetricAlarm', 'aws:cloudwatch/compositeAlarm:CompositeAlarm'],
    // Part of a composite alarm, which acts for it.
    check: ({ inputs }) =>
      when(
        (given(inputs, 'actionsEnabled') && !isTrue(inputs, 'actionsEnabled')) ||
          listAt(inputs, 'alarmActions').length === 0,
        'nothing happens when it goes off',
      ),
  },
];
