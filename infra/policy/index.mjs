// What Pulumi starts. Its runner for policy packs loads TypeScript through ts-node, which knows no ES modules; from here
// on Node loads it, and takes the types out by itself.
import './pack.ts';
