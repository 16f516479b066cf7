import { type Role, roles } from '#shared/api-keys/role.ts';
import { type Config, optionalText, type Settings } from '#shared/config.ts';
import { CarillonError } from '#shared/errors.ts';

/** Sign-in of people at the load balancer: all of these, or none. */
export const oidcSettings = {
  OIDC_ISSUER: optionalText({
    help: 'Issuer of the identity provider at which the load balancer signs people in.',
  }),
  OIDC_CLIENT_ID: optionalText({ help: 'Client id of the load balancer at that provider.' }),
  ALB_ARN: optionalText({
    help: 'ARN of our load balancer: what any other one has signed is refused.',
  }),
  OIDC_ROLE_CLAIM: optionalText({
    help: 'Claim that says what groups somebody is in: a text or a list of texts.',
  }),
  OIDC_ROLES: optionalText({
    help: 'Role of each group, as group=role with commas between them. Somebody in several has the highest; somebody in none does not get in.',
  }),
} satisfies Settings;

/** Whom the load balancer may sign in, and as what. */
export interface OidcConfig {
  issuer: string;
  clientId: string;
  loadBalancerArn: string;
  roleClaim: string;
  roleOf: ReadonlyMap<string, Role>;
}

const ARN =
  /^arn:aws(-cn|-us-gov)?:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[^/]+\/[0-9a-f]+$/;

/** Null: nobody is signed in at the load balancer. Throws `invalid_configuration` with all faults. */
export function oidcConfigOf(config: Config<typeof oidcSettings>): OidcConfig | null {
  const given = Object.keys(oidcSettings).filter((name) => config[name as keyof typeof config] !== null);
  if (given.length === 0) return null;
  const {
    ALB_ARN: loadBalancerArn,
    OIDC_CLIENT_ID: clientId,
    OIDC_ISSUER: issuer,
    OIDC_ROLE_CLAIM: roleClaim,
    OIDC_ROLES: list,
  } = config;
  const faults = Object.keys(oidcSettings)
    .filter((name) => !given.includes(name))
    .map(
      (name) =>
        `${name} is missing, although ${given.join(', ')} ${given.length === 1 ? 'is' : 'are'} given.`,
    );
  if (issuer !== null && !/^https:\/\//.test(issuer)) faults.push('OIDC_ISSUER must begin with https://.');
  if (loadBalancerArn !== null && !ARN.test(loadBalancerArn)) {
    faults.push('ALB_ARN is no ARN of an application load balancer.');
  }
  const roleOf = new Map<string, Role>();
  for (const entry of list === null ? [] : list.split(',')) {
    const at = entry.lastIndexOf('=');
    const [group, word] = [entry.slice(0, Math.max(0, at)).trim(), entry.slice(at + 1).trim()];
    const role = roles.find((each) => each === word);
    if (group === '' || role === undefined) {
      faults.push(
        `OIDC_ROLES has ${JSON.stringify(entry)}: must be group=role, with a role of ${roles.join(', ')}.`,
      );
    } else if (roleOf.has(group)) faults.push(`OIDC_ROLES has the group ${JSON.stringify(group)} twice.`);
    else roleOf.set(group, role);
  }
  if (
    faults.length > 0 ||
    issuer === null ||
    clientId === null ||
    loadBalancerArn === null ||
    roleClaim === null
  ) {
    throw new CarillonError(
      'invalid_configuration',
      `Sign-in at the load balancer has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
  return { issuer, clientId, loadBalancerArn, roleClaim, roleOf };
}
