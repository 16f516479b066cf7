import {
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from '@pulumi/policy';
import { plainValues, readAt } from './checked-values.ts';
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
    validateResource: (args, report) => {
      const resource = { ...named(args), propertyDependencies: {} };
      if (judges(control, resource)) apply(control, resource, args, [resource], report);
    },
  };
}

function acrossStack(control: Control): StackValidationPolicy {
  return {
    ...described(control),
    validateStack: ({ resources }, report) => {
      const stack = resources.map((resource) => ({
        ...named(resource),
        propertyDependencies: urnsOf(resource),
      }));
      const undecided: (() => void)[] = [];
      resources.forEach((given, i) => {
        const resource = stack[i];
        if (!resource || !judges(control, resource)) return;
        try {
          apply(control, resource, given, stack, report);
        } catch (error) {
          // The library reports what cannot be known by what is thrown, and stops at the first: the rest comes first.
          undecided.push(() => {
            throw error;
          });
        }
      });
      undecided[0]?.();
    },
  };
}

const described = (control: Control) => ({
  name: control.name,
  description: `${control.title} (${control.ids.join(', ')})`,
  url: sourceOf(control),
});

function apply(
  control: Control,
  resource: Resource,
  given: ResourceValidationArgs | PolicyResource,
  stack: readonly Resource[],
  report: ReportViolation,
): void {
  const verdict = verdictOf(control, resource, stack);
  const exemption = exemptionOf(control.name, resource);
  if (exemption && exemption.until >= today) return;
  if (verdict.kind === 'violated') {
    const ended = exemption ? ` (its exemption ended on ${exemption.until})` : '';
    report(`${resource.name}: ${verdict.reason}${ended}. ${control.ids.join(', ')}`, resource.urn);
  }
  // Reading the value where the library keeps it makes it say that this cannot be known yet, and where.
  if (verdict.kind === 'undecided') readAt(given.props, verdict.path);
}

const named = ({ urn, type, name, props }: ResourceValidationArgs | PolicyResource) => ({
  urn,
  type,
  name,
  inputs: plainValues(props),
});

const urnsOf = ({ propertyDependencies }: PolicyResource): Resource['propertyDependencies'] =>
  Object.fromEntries(
    Object.entries(propertyDependencies).map(([name, made]) => [name, made.map(({ urn }) => urn)]),
  );

new PolicyPack('carillon', {
  enforcementLevel: 'mandatory',
  policies: controls.map((control) => (control.across ? acrossStack(control) : ofResource(control))),
});
