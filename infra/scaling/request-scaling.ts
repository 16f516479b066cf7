import type { ScalingNames, TargetTracking } from './plan-shape.ts';
import { SCALE_IN_COOLDOWN_SECONDS, SCALE_OUT_COOLDOWN_SECONDS, type ScalingTargets } from './targets.ts';

const cooldowns = {
  scaleOutCooldownSeconds: SCALE_OUT_COOLDOWN_SECONDS,
  scaleInCooldownSeconds: SCALE_IN_COOLDOWN_SECONDS,
};

/** By requests a minute and task; the processor stands in for requests that cost more than others. */
export const trackRequests = <T>(
  ratePerTask: number,
  targets: ScalingTargets,
  names: ScalingNames<T>,
): readonly TargetTracking<T>[] => [
  {
    name: 'requests',
    metric: { kind: 'predefined', type: 'ALBRequestCountPerTarget', resourceLabel: names.requestsLabel() },
    target: Math.round(ratePerTask * 60 * targets.requestShare),
    ...cooldowns,
  },
  trackProcessor(targets),
];

/** By the processor alone: for what waits in tables, where nothing of AWS counts it. */
export const trackProcessor = (targets: ScalingTargets): TargetTracking<never> => ({
  name: 'cpu',
  metric: { kind: 'predefined', type: 'ECSServiceAverageCPUUtilization' },
  target: targets.cpuPercent,
  ...cooldowns,
});
