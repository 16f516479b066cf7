/**
 * One resource as the engine stand-in saw it registered: what assertions, policy tests, the cost table and the
 * dashboard tests read.
 */
export interface ResourceRecord {
  urn: string;
  /** Type token: `aws:sqs/queue:Queue`, `carillon:messaging:Queue`. */
  type: string;
  /** Logical name: the last part of the URN. */
  name: string;
  /** Whether a provider makes it; false for components. */
  custom: boolean;
  /** URN of the parent; empty for the stack itself. */
  parent: string;
  /**
   * Plain values. A secret is unwrapped and named in `secretPaths`; a value that only a deployment can know is the
   * string `UNKNOWN`.
   */
  inputs: Readonly<Record<string, unknown>>;
  /** What the stand-in gave back: the inputs with invented ids and ARNs, unless this is a preview. */
  outputs: Readonly<Record<string, unknown>>;
  /** Paths into `inputs`, with dots and indexes (`environment.0.value`). */
  secretPaths: readonly string[];
  /** URNs it depends on, explicit ones and those of its inputs. */
  dependencies: readonly string[];
  /** URNs behind each input. */
  propertyDependencies: Readonly<Record<string, readonly string[]>>;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: readonly string[];
  /** URN and id of the provider, as the protocol writes it; empty for components. */
  provider: string;
  /** Names of the hooks that must succeed before it is created or updated. */
  hooks?: Readonly<Record<string, readonly string[]>>;
  /** How long the provider may take, as `45m`; empty where its own default holds. */
  customTimeouts?: Readonly<Record<'create' | 'update' | 'delete', string>>;
}

export const UNKNOWN = '<known after deployment>';

/** One evaluation of the whole program. */
export interface Evaluation {
  stack: string;
  mode: 'preview' | 'update';
  resources: readonly ResourceRecord[];
  /** Diagnostics of severity warning and above that the program wrote. */
  diagnostics: readonly string[];
  /** What the program exports. */
  stackOutputs: Readonly<Record<string, unknown>>;
}
