import { useTexts } from '../../../texts/language.tsx';
import classes from './imports.module.css';
import { importTexts } from './texts.ts';

const steps = ['file', 'columns', 'check', 'commit', 'report'] as const;
export type Step = (typeof steps)[number];

/** How far an import is on its way. */
export function Steps({ at }: { at: Step }) {
  const say = useTexts(importTexts);
  const reached = steps.indexOf(at);
  return (
    <ol className={classes.steps} aria-label={say('steps')}>
      {steps.map((step, place) => (
        <li
          key={step}
          className={classes.step}
          data-done={place < reached || undefined}
          aria-current={step === at ? 'step' : undefined}
        >
          {say(`step_${step}`)}
        </li>
      ))}
    </ol>
  );
}
