/** The part of a deployment of an ECS service that tells how it ended. */
export interface Deployment {
  status?: string | undefined;
  taskDefinition?: string | undefined;
  rolloutState?: string | undefined;
  rolloutStateReason?: string | undefined;
}

/**
 * Why a service does not run what was just deployed; null when it does. The circuit breaker puts the tasks before back
 * and the service is steady again, which a deployment that only waits for steadiness takes for success.
 */
export function rolloutFault(
  service: string,
  taskDefinition: string,
  deployments: readonly Deployment[],
): string | null {
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  if (primary === undefined) return `${service} has no deployment`;
  if (primary.taskDefinition === taskDefinition) {
    return primary.rolloutState === 'FAILED'
      ? `${service}: ${primary.rolloutStateReason ?? 'it failed'}`
      : null;
  }
  const failed = deployments.find((deployment) => deployment.taskDefinition === taskDefinition);
  const reason = primary.rolloutStateReason ?? failed?.rolloutStateReason ?? 'no reason is given';
  return `${service} was rolled back to ${primary.taskDefinition ?? 'another version'} instead of running ${taskDefinition}: ${reason}`;
}
