import type { ServiceName } from '#shared/topology.ts';
import type { ScalingTargets } from '../targets.ts';
import type { Day } from './day.ts';
import { CARRIER_MESSAGES_PER_SECOND } from './environment.ts';
import type { BacklogName } from './pipeline.ts';
import { drawing, type Panel } from './svg.ts';

const BLUE = '#0969da';
const GREEN = '#1a7f37';
const ORANGE = '#bc4c00';
const PURPLE = '#8250df';

/** Services whose number of tasks is worth a look, with the colour of what they work on. */
const FLEETS: readonly { service: ServiceName; colour: string }[] = [
  { service: 'gateway', colour: '#57606a' },
  { service: 'dialog', colour: PURPLE },
  { service: 'outbound', colour: ORANGE },
  { service: 'sender', colour: BLUE },
];

/** Average of the minutes around each, so that bursts of seconds read as a rate. */
const smooth = (values: readonly number[], minutes: number): number[] =>
  values.map((_, i) => {
    const near = values.slice(Math.max(0, i - minutes), i + minutes + 1);
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });

/** docs/scaling.svg: what came in, how long it waited, and how many tasks there were. */
export function dayPicture(day: Day, targets: ScalingTargets): string {
  const { minutes } = day;
  const aged = (name: BacklogName): number[] => minutes.map(({ ages }) => ages[name] ?? 0);
  const allowed = (queue: 'sms-replies.fifo' | 'sms-bulk.fifo') => ({
    value: targets.allowedDelaySeconds[queue],
    label: `allowed: ${targets.allowedDelaySeconds[queue]} s`,
  });
  const waits: Panel[] = [
    {
      title: 'Oldest reply that waits',
      unit: 'seconds',
      height: 110,
      style: 'area',
      lines: [{ label: 'replies', colour: GREEN, values: aged('sms-replies.fifo') }],
      aim: allowed('sms-replies.fifo'),
    },
    {
      title: 'Oldest planned message that waits',
      unit: 'seconds; the carrier sets the pace',
      height: 110,
      style: 'area',
      lines: [{ label: 'bulk', colour: BLUE, values: aged('sms-bulk.fifo') }],
    },
    {
      title: 'Oldest record on a stream',
      unit: 'seconds',
      height: 110,
      style: 'area',
      lines: [
        { label: 'outbound', colour: ORANGE, values: aged('outbound') },
        { label: 'dialog', colour: PURPLE, values: aged('dialog') },
      ],
      aim: {
        value: targets.iteratorAgeMs / 1_000,
        label: `another task: ${targets.iteratorAgeMs / 1_000} s`,
      },
    },
  ];
  return drawing(
    'A day through the scaling plans',
    `Drills at 9, 10 and 11, a campaign of a million in the afternoon, storms of texts at night; the carrier takes ${CARRIER_MESSAGES_PER_SECOND} a second.`,
    [
      {
        title: 'Messages',
        unit: 'per second, averages of 15 minutes',
        height: 130,
        style: 'area',
        lines: [
          {
            label: 'planned',
            colour: BLUE,
            values: smooth(
              minutes.map(({ starts }) => starts),
              7,
            ),
          },
          {
            label: 'texts of people',
            colour: GREEN,
            values: smooth(
              minutes.map(({ texts }) => texts),
              7,
            ),
          },
          {
            label: 'sent',
            colour: '#24292f',
            values: smooth(
              minutes.map(({ sent }) => sent),
              7,
            ),
          },
        ],
      },
      ...waits,
      ...FLEETS.map(
        ({ service, colour }): Panel => ({
          title: `Tasks of ${service}`,
          unit: '',
          height: 44,
          style: 'steps',
          lines: [{ label: service, colour, values: minutes.map(({ tasks }) => tasks[service]) }],
        }),
      ),
    ],
  );
}
