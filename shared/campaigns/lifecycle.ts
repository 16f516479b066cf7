/**
 * The life of a campaign, as a state machine:
 *
 *   draft     --schedule, start--> scheduled --unschedule--> draft
 *   scheduled --a slot is free---> loading   --its audience is complete--> active --nobody is left--> completed
 *   loading, active --pause------> paused    --resume--> what it was
 *   scheduled, loading, active, paused --stop--> stopped
 *   scheduled, loading, active, paused --it cannot go on--> failed
 */

export const statuses = [
  'draft',
  'scheduled',
  'loading',
  'active',
  'paused',
  'completed',
  'stopped',
  'failed',
] as const;
export type CampaignStatus = (typeof statuses)[number];

/** What people tell a campaign to do. Each may be told twice: the second time changes nothing. */
export const commands = ['schedule', 'unschedule', 'start', 'pause', 'resume', 'stop'] as const;
export type CampaignCommand = (typeof commands)[number];

/** What the orchestrator does to it. */
export type CampaignStep = 'load' | 'activate' | 'complete' | 'fail';

const underWay = ['loading', 'active', 'paused'] as const satisfies readonly CampaignStatus[];

/** Those that go on, or will once they are resumed. */
export const isUnderWay = (status: CampaignStatus): boolean => underWay.some((each) => each === status);

/** Those whose end is known. */
export const endedStatuses = ['completed', 'stopped', 'failed'] as const satisfies readonly CampaignStatus[];

export const isEnded = (status: CampaignStatus): boolean => endedStatuses.some((each) => each === status);

/** Where a campaign stands. */
export interface Standing {
  status: CampaignStatus;
  /** Of a paused one: what it was. */
  pausedFrom: 'loading' | 'active' | null;
}

export type Transition =
  | { kind: 'to'; standing: Standing }
  /** It is done already. */
  | { kind: 'unchanged' }
  | { kind: 'illegal'; legal: readonly CampaignCommand[] };

/** Where a command leads from each status; `null`: it is there already; absent: it may not be told. */
const table: Readonly<Record<CampaignStatus, Partial<Record<CampaignCommand, CampaignStatus | null>>>> = {
  draft: { schedule: 'scheduled', unschedule: null, start: 'scheduled' },
  // Scheduled for another time, or told not to wait: the row changes, the status does not.
  scheduled: { schedule: 'scheduled', unschedule: 'draft', start: 'scheduled', stop: 'stopped' },
  loading: { start: null, resume: null, pause: 'paused', stop: 'stopped' },
  active: { start: null, resume: null, pause: 'paused', stop: 'stopped' },
  paused: { pause: null, resume: 'active', stop: 'stopped' },
  completed: {},
  stopped: { stop: null },
  failed: {},
};

/** What a command does to a campaign that stands there. */
export function transition({ status, pausedFrom }: Standing, command: CampaignCommand): Transition {
  const to = table[status][command];
  if (to === undefined) return { kind: 'illegal', legal: legalCommands(status) };
  if (to === null) return { kind: 'unchanged' };
  if (command === 'resume')
    return { kind: 'to', standing: { status: pausedFrom ?? 'active', pausedFrom: null } };
  const from = status === 'loading' || status === 'active' ? status : null;
  return { kind: 'to', standing: { status: to, pausedFrom: to === 'paused' ? from : null } };
}

/**
 * What may be told to a campaign now, and would change something. One that is paused until it is approved or has a slot goes on by
 * itself: it can be paused, and what is to be resumed is what somebody paused.
 */
export function commandsFor({
  status,
  waitsFor,
}: Pick<Standing, 'status'> & { waitsFor: string | null }): CampaignCommand[] {
  const legal = legalCommands(status);
  if (status !== 'paused' || waitsFor === null || waitsFor === 'resume') return legal;
  return commands.filter(
    (command) => command === 'pause' || (command !== 'resume' && legal.includes(command)),
  );
}

/** What may be told to a campaign of this status, and would change something. */
export const legalCommands = (status: CampaignStatus): CampaignCommand[] =>
  commands.filter((command) => (table[status][command] ?? null) !== null);

const steps: Readonly<Record<CampaignStep, { from: readonly CampaignStatus[]; to: CampaignStatus }>> = {
  load: { from: ['scheduled'], to: 'loading' },
  activate: { from: ['loading'], to: 'active' },
  complete: { from: ['active'], to: 'completed' },
  fail: { from: ['scheduled', 'loading', 'active', 'paused'], to: 'failed' },
};

/** Where a step of the orchestrator leads. Throws where it may not be taken: that is a fault of ours. */
export function step(status: CampaignStatus, taken: CampaignStep): CampaignStatus {
  const { from, to } = steps[taken];
  if (!from.includes(status)) throw new Error(`a campaign that is ${status} cannot ${taken}`);
  return to;
}
