import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Component } from '../component.ts';
import { restsBetween } from '../services/weekly-schedule.ts';
import type { ObservedEnvironment } from './observed.ts';

/**
 * Kept quiet for so long after the services start again: half an hour until tasks work, and an hour because a rest over
 * a change of clocks is an hour longer or shorter than its schedule says. What is still wrong then is told.
 */
export const MORNING_MINUTES = 90;
/** Alarms that one rule may name. */
const MOST_ALARMS = 100;

/**
 * Outside office hours there are no tasks on purpose. Rules of CloudWatch keep the alarms that would say so from acting
 * meanwhile, and the composite alarms above them; all others act at night as well. A muted alarm goes on judging, and
 * one that still fires when the rest is over acts then:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules-behaviour.html
 */
export class NightlyQuiet extends Component {
  constructor(
    { prefix, settings }: ObservedEnvironment,
    alarmNames: readonly pulumi.Output<string>[],
    options: pulumi.ComponentResourceOptions,
  ) {
    super('carillon:observability:NightlyQuiet', 'nightly-quiet', options);
    const { offHours } = settings;
    const rests = offHours === undefined ? [] : restsBetween(offHours.start, offHours.stop);
    for (const rest of rests) {
      for (let first = 0; first < alarmNames.length; first += MOST_ALARMS) {
        const name = `quiet-from-${rest.days.join('-').toLowerCase()}-${first / MOST_ALARMS + 1}`;
        new aws.cloudwatch.AlarmMuteRule(
          name,
          {
            name: `${prefix}${name}`,
            description: 'No tasks on purpose: nobody is told that there are none',
            rule: {
              schedule: {
                expression: `cron(${rest.minute} ${rest.hour} * * ${rest.days.join(',')})`,
                duration: `PT${rest.minutes + MORNING_MINUTES}M`,
                ...(offHours === undefined ? {} : { timezone: offHours.timeZone }),
              },
            },
            muteTargets: { alarmNames: alarmNames.slice(first, first + MOST_ALARMS) },
          },
          this.inside,
        );
      }
    }
    this.registerOutputs();
  }
}
