import type { AlarmRow } from './alarm.ts';
import { alarmsOf } from './alarms.ts';
import type { DashboardBody } from './dashboard/body.ts';
import { goldenSignals } from './dashboard/golden-signals.ts';
import { layOut, type Section } from './dashboard/layout.ts';
import { cacheSection, databaseSection, webSection } from './dashboard/store-sections.ts';
import { queueSection, serviceSection, streamSection } from './dashboard/work-sections.ts';
import type { MonitoredResources } from './resources.ts';
import { type Thresholds, thresholds } from './thresholds.ts';

export interface DashboardFacts {
  region: string;
  /** ARN by the alarm's name in alarms.ts. */
  alarmArns: Readonly<Record<string, string>>;
  /** ARNs of the composite alarms. */
  compositeArns: readonly string[];
}

/** Most alarms that one alarm widget shows. */
const ALARMS_OF_A_WIDGET = 100;
const ALARM_WIDGET_HEIGHT = 4;

/** The dashboard of an environment: what people notice first, then alarms, then each thing that may be behind it. Pure. */
export function dashboardOf(
  resources: MonitoredResources<string>,
  { region, alarmArns, compositeArns }: DashboardFacts,
  limits: Thresholds = thresholds,
): DashboardBody {
  const alarms = alarmsOf(resources, limits);
  const context = { region, alarms };
  return {
    start: '-PT3H',
    periodOverride: 'inherit',
    widgets: layOut([
      goldenSignals(resources.namespace, limits, context),
      alarmSection(alarms, alarmArns, compositeArns),
      queueSection(resources, context),
      streamSection(resources, context),
      serviceSection(resources, context),
      databaseSection(resources, context),
      cacheSection(resources, context),
      webSection(resources, context),
    ]),
  };
}

function alarmSection(
  alarms: readonly AlarmRow<string>[],
  alarmArns: Readonly<Record<string, string>>,
  compositeArns: readonly string[],
): Section {
  const arns = alarms.map(({ name }) => {
    const arn = alarmArns[name];
    if (arn === undefined) throw new Error(`no ARN is known of the alarm ${name}`);
    return arn;
  });
  const chunks = Array.from({ length: Math.ceil(arns.length / ALARMS_OF_A_WIDGET) }, (_, i) =>
    arns.slice(i * ALARMS_OF_A_WIDGET, (i + 1) * ALARMS_OF_A_WIDGET),
  );
  return {
    title: 'Alarms',
    note: 'The description of each alarm names its page in docs/runbooks/.',
    tiles: [
      {
        width: 24,
        height: ALARM_WIDGET_HEIGHT / 2,
        content: { type: 'alarm', properties: { title: 'By context', alarms: compositeArns } },
      },
      ...chunks.map((part, i) => ({
        width: 24,
        height: ALARM_WIDGET_HEIGHT,
        content: {
          type: 'alarm' as const,
          properties: { title: chunks.length > 1 ? `All, part ${i + 1}` : 'All', alarms: part },
        },
      })),
    ],
  };
}
