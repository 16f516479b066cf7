import type { ScalingTargets } from '../targets.ts';
import { comparisons } from './compare.ts';
import type { Day } from './day.ts';
import { BACKLOGS, type BacklogName, SERVICES } from './pipeline.ts';

/** The figures of docs/scaling.md, as Markdown. */

const one = (value: number): string => value.toFixed(1);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const waitsOf = ({ waits }: Day, name: BacklogName): { p95: number; longest: number } => {
  const found = waits[name];
  if (found === undefined) throw new Error(`nothing waits in ${name}`);
  return found;
};

/** The day with the chosen targets, next to the same day with every task there all the time. */
export function dayTables(chosen: Day, everything: Day): string {
  const waits = BACKLOGS.map((name) => {
    const [ours, floor] = [waitsOf(chosen, name), waitsOf(everything, name)];
    return [name, `${ours.p95} s`, `${ours.longest} s`, `${floor.p95} s`, `${floor.longest} s`];
  });
  const fleets = SERVICES.map((service) => {
    const [ours, floor] = [chosen.fleets[service], everything.fleets[service]];
    return [
      service,
      one(ours.taskHours),
      one(floor.taskHours),
      String(ours.most),
      String(ours.changes),
      `${Math.round(ours.busiest)} %`,
    ];
  });
  return [
    table(['waits in', 'p95', 'longest', 'p95, all tasks always', 'longest, all tasks always'], waits),
    '',
    table(['service', 'task-hours', 'all tasks always', 'most tasks', 'scalings', 'busiest minute'], fleets),
  ].join('\n');
}

/** What each target would have given. `chosen` marks the one that the product uses. */
export function comparisonTables(play: (targets: ScalingTargets) => Day, used: ScalingTargets): string {
  return comparisons
    .map(({ title, service, backlogs, contenders }) => {
      const rows = contenders.map(({ label, targets }) => {
        const day = play(targets);
        const mark = JSON.stringify(targets) === JSON.stringify(used) ? ' (chosen)' : '';
        const { taskHours, changes, busiest } = day.fleets[service];
        return [
          `${label}${mark}`,
          ...backlogs.flatMap((name: BacklogName) => [
            `${waitsOf(day, name).p95} s`,
            `${waitsOf(day, name).longest} s`,
          ]),
          one(taskHours),
          String(changes),
          `${Math.round(busiest)} %`,
        ];
      });
      const waits = backlogs.flatMap((name) => [`${name} p95`, `${name} longest`]);
      const head = ['target', ...waits, `task-hours of ${service}`, 'scalings', 'busiest minute'];
      return `### ${title}\n\n${table(head, rows)}`;
    })
    .join('\n\n');
}
