import { createRequire, Module } from 'node:module';

/**
 * For `node --import` before Pulumi's language runner: leaves out what costs two thirds of an evaluation and adds nothing
 * to it. What the program registers, and how, is the runner's own doing as before.
 *
 * - The TypeScript compiler and V8's inspector, which turn functions into code for AWS Lambda and for dynamic
 *   providers. The program has none; a function that was to be turned would fail here, loudly.
 * - Source maps of Pulumi's own files. Node needs none for modules whose types it strips.
 * - The stack that every promise of the runtime keeps for a report of leaked promises; the report itself stays.
 * - Debug messages to the engine, a call each, which the stand-in would drop.
 */
const require = createRequire(import.meta.resolve('@pulumi/pulumi/cmd/run/index.js'));

function inPlaceOf(specifier: string, exports: unknown): void {
  const filename = require.resolve(specifier);
  const module = new Module(filename);
  Object.assign(module, { filename, loaded: true, exports });
  require.cache[filename] = module;
}

const absent = (name: string): object =>
  new Proxy(
    {},
    {
      get: (_, property) => {
        if (property === '__esModule') return true;
        throw new Error(
          `an evaluation has no ${name} (${String(property)}): see infra/testing/lean-runner.ts`,
        );
      },
    },
  );

inPlaceOf('typescript', absent('TypeScript compiler'));
inPlaceOf('../../runtime/closure/v8Hooks', { isInitializedAsync: async () => undefined });
inPlaceOf('source-map-support/register', {});

const debuggable: {
  debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown>;
} = require('../../runtime/debuggable');
const { debuggablePromise } = debuggable;
debuggable.debuggablePromise = (promise, context) => {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(promise, context);
  } finally {
    Error.stackTraceLimit = limit;
  }
};

const log: { debug: () => Promise<void> } = require('../../log');
log.debug = async () => undefined;
