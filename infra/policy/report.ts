import type { Evaluation, ResourceRecord } from '../testing/resource-record.ts';
import { type Control, judges, sourceOf, verdictOf } from './control.ts';
import { areas } from './controls.ts';
import { type Exemption, exemptionOf, exemptions } from './exemptions.ts';

/** What a control says of one resource of an evaluated stack. */
export interface Judgement {
  control: Control;
  resource: ResourceRecord;
  verdict: 'holds' | 'violated' | 'undecided';
  reason: string;
  exemption: Exemption | undefined;
}

/** Every control on every resource that it judges. */
export function judgementsOf({ resources }: Evaluation): readonly Judgement[] {
  return areas
    .flatMap(({ controls }) => controls)
    .flatMap((control) =>
      resources
        .filter((resource) => judges(control, resource))
        .map((resource): Judgement => {
          const verdict = verdictOf(control, resource, resources);
          return {
            control,
            resource,
            verdict: verdict.kind,
            reason:
              verdict.kind === 'violated' ? verdict.reason : verdict.kind === 'undecided' ? verdict.path : '',
            exemption: exemptionOf(control.name, resource),
          };
        }),
    );
}

/** Of a control in one stack, in few words. Without numbers, so that another queue does not change the page. */
function summary(control: Control, judgements: readonly Judgement[]): string {
  const own = judgements.filter((judgement) => judgement.control === control);
  if (own.length === 0) return 'nothing to judge';
  const exempt = (judgement: Judgement): boolean =>
    judgement.verdict !== 'holds' && judgement.exemption !== undefined;
  const open = own.filter((judgement) => judgement.verdict !== 'holds' && !exempt(judgement));
  return [
    ...(open.some(({ verdict }) => verdict === 'violated') ? ['**violated**'] : []),
    ...(open.some(({ verdict }) => verdict === 'undecided') ? ['undecided'] : []),
    ...(own.some(({ verdict }) => verdict === 'holds') ? ['holds'] : []),
    ...(own.some(exempt) ? ['exempt'] : []),
  ].join(', ');
}

/** The tables of docs/controls.md, from evaluated updates of all stacks. */
export function controlTables(evaluations: readonly Evaluation[]): string {
  const stacks = evaluations.map((evaluation) => ({ evaluation, judgements: judgementsOf(evaluation) }));
  const head = ['control', 'what holds', ...evaluations.map(({ stack }) => stack)];
  return areas
    .map(({ title, controls }) => {
      const rows = controls.map((control) => [
        idsOf(control),
        control.title,
        ...stacks.map(({ judgements }) => summary(control, judgements)),
      ]);
      return `### ${title}\n\n${table(head, rows)}`;
    })
    .join('\n\n');
}

const idsOf = (control: Control): string => {
  const page = sourceOf(control);
  const [first, ...rest] = control.ids;
  return [page.startsWith('https:') ? `[${first}](${page})` : first, ...rest].join(', ');
};

export const exemptionTable = (): string =>
  table(
    ['control', 'stack', 'resource', 'why', 'until'],
    exemptions.map(({ control, stack, type, resource, reason, until }) => [
      control,
      stack ?? 'all',
      `${type.split(':').at(-1)}${resource ? ` \`${resource}\`` : ''}`,
      reason,
      until,
    ]),
  );

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
