import {
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from '@pulumi/policy';
import { plainValues } from './checked-values.ts';
import { type Control, judges, type Resource, sourceOf, verdictOf } from './control.ts';
import { controls } from './controls.ts';
import { exemptionOf } from './exemptions.ts';

/**
 * The policy pack: every control as a policy, mandatory. `pulumi up --policy-pack infra/policy` ends at a violation,
 * before the resource is made; controls across resources speak when all are known. What cannot be decided before the
 * deployment is reported as that (advisory), and decided in the update. Exempt resources are not reported while their
 * exemption lasts.
 */
const today = new Date().toISOString().slice(0, 10);

function ofResource(control: Control): ResourceValidationPolicy {
  return {
    ...described(control),
    validateResource: ({ urn, type, name, props }, report) => {
      const errors: Error[] = [];
      const resource = new SeenResource({ urn, type, name, props, propertyDependencies: {} }, errors);
      judge(control, [resource], errors, report);
    },
  };
}

function acrossStack(control: Control): StackValidationPolicy {
  return {
    ...described(control),
    validateStack: ({ resources }, report) => {
      const errors: Error[] = [];
      judge(
        control,
        resources.map((resource) => new SeenResource(resource, errors)),
        errors,
        report,
      );
    },
  };
}

type Handed = Pick<PolicyResource, 'urn' | 'type' | 'name' | 'props' | 'propertyDependencies'>;

/** A resource as the library hands it out. A control looks into few of all: what nobody asks for is not unwrapped. */
class SeenResource implements Resource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly #resource: Handed;
  readonly #errors: Error[];
  #inputs: Resource['inputs'] | undefined;
  #dependencies: Resource['propertyDependencies'] | undefined;

  constructor(resource: Handed, errors: Error[]) {
    this.#resource = resource;
    this.#errors = errors;
    this.urn = resource.urn;
    this.type = resource.type;
    this.name = resource.name;
  }

  get inputs(): Resource['inputs'] {
    this.#inputs ??= plainValues(this.#resource.props, this.#errors);
    return this.#inputs;
  }

  get propertyDependencies(): Resource['propertyDependencies'] {
    this.#dependencies ??= urnsOf(this.#resource.propertyDependencies);
    return this.#dependencies;
  }
}

const described = (control: Control) => ({
  name: control.name,
  description: `${control.title} (${control.ids.join(', ')})`,
  url: sourceOf(control),
});

/** Reports all violations; then, if something could not be decided, throws what makes the library report that. */
function judge(
  control: Control,
  stack: readonly Resource[],
  errors: readonly Error[],
  report: ReportViolation,
): void {
  const undecided: string[] = [];
  for (const resource of stack) {
    if (!judges(control, resource)) continue;
    const verdict = verdictOf(control, resource, stack);
    const exemption = exemptionOf(control.name, resource);
    if (exemption && exemption.until >= today) continue;
    if (verdict.kind === 'violated') {
      const ended = exemption ? ` (its exemption ended on ${exemption.until})` : '';
      report(`${resource.name}: ${verdict.reason}${ended}. ${control.ids.join(', ')}`, resource.urn);
    }
    if (verdict.kind === 'undecided') undecided.push(verdict.path);
  }
  const [path] = undecided;
  if (path === undefined) return;
  throw (
    errors.find(({ message }) => message.includes(`.${path} `)) ??
    errors[0] ??
    new Error(`${path} is not known`)
  );
}

const urnsOf = (dependencies: PolicyResource['propertyDependencies']): Resource['propertyDependencies'] =>
  Object.fromEntries(Object.entries(dependencies).map(([name, made]) => [name, made.map(({ urn }) => urn)]));

new PolicyPack('carillon', {
  enforcementLevel: 'mandatory',
  policies: controls.map((control) => (control.across ? acrossStack(control) : ofResource(control))),
});
