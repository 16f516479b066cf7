import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Evaluation } from './resource-record.ts';
import { presetEvaluation } from './stacks.ts';

/**
 * For `node --import` before mocha: the evaluations of the file that CARILLON_EVALUATIONS names take the place of new
 * ones, whatever was done to them. Assertions under that are assertions about those records.
 */
const record = z.custom<Evaluation>((value) => typeof value === 'object' && value !== null);
const file = process.env.CARILLON_EVALUATIONS;
// A program that is evaluated anew inherits how modules are loaded, not the file.
if (file !== undefined) {
  const evaluations = z.record(z.string(), record).parse(JSON.parse(readFileSync(file, 'utf8')));
  for (const [key, evaluation] of Object.entries(evaluations)) presetEvaluation(key, evaluation);
}
